import { PROOF_REGISTRY_ABI, bindingKey, packAttestations, signAttestation } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import {
  Interface,
  type LogParams,
  ZeroHash,
  dataLength,
  dataSlice,
  id,
  toBeHex,
  toQuantity,
  zeroPadValue,
} from "ethers";

import { NOW } from "../helpers/contractClock.ts";
import { type SignedLink, attest, person, signLink, signRelease } from "../helpers/contractLinks.ts";
import {
  type MirrorChain,
  append,
  attester,
  countEvents,
  lengthOf,
  sentTo,
  statusOf,
  useMirrorWorld,
  write,
} from "../helpers/mirrorWorld.ts";
import { RpcProxy } from "../helpers/rpcProxy.ts";

const alice = person("alice");
const bob = person("bob");
const wallet = person("wallet");
const mallory = person("mallory");
const registry = new Interface(PROOF_REGISTRY_ABI);
const attested = (linkId: string) => attest([attester], { linkId, accountId: "7" });

/** A log as JSON-RPC has it. */
type RawLog = Omit<LogParams, "topics"> & { topics: string[]; logIndex: string; blockNumber: string };

/** Writes a log anew, with some of its values changed. */
function rewrite(log: RawLog, change: Record<string, unknown>): RawLog {
  const { fragment, args } = registry.parseLog(log)!;
  const values = fragment.inputs.map(({ name }) => (name in change ? change[name] : args.getValue(name)) as unknown);
  return {
    ...log,
    ...registry.encodeEventLog(fragment, values),
    topics: [...registry.encodeEventLog(fragment, values).topics],
  };
}

/** An event that never was, behind a log. */
function invent(behind: RawLog, name: string, values: unknown[]): RawLog {
  const { data, topics } = registry.encodeEventLog(name, values);
  return { ...behind, data, topics: [...topics], logIndex: toQuantity(Number(behind.logIndex) + 100) };
}

function nameOf(log: RawLog): string {
  return registry.parseLog(log)!.name;
}

/** Changes one kind of event of one link. */
function changing(name: string, { id: linkId }: SignedLink, change: (log: RawLog) => RawLog[]) {
  return (logs: RawLog[]) =>
    logs.flatMap((log) => (nameOf(log) === name && log.topics.includes(linkId) ? change(log) : [log]));
}

function header(log: RawLog): string {
  return registry.parseLog(log)!.args.getValue("header") as string;
}

/** Bytes of which one is another. */
function byteAt(hex: string, at: number, byte: number): string {
  return `${hex.slice(0, 2 + 2 * at)}${toBeHex(byte, 1).slice(2)}${hex.slice(4 + 2 * at)}`;
}

/** Gives a link another proof. */
function proving(link: SignedLink, proof: string) {
  return changing("LinkAppended", link, (log) => [rewrite(log, { proof })]);
}

describe("npm run mirror, from a server that lies", () => {
  const world = useMirrorWorld(8453, 42161);
  let base: MirrorChain;
  let arbitrum: MirrorChain;
  let proxy: RpcProxy;
  beforeEach(async () => {
    [base, arbitrum] = world.chains as [MirrorChain, MirrorChain];
    proxy = await RpcProxy.start(base.anvil.url);
  });
  afterEach(() => proxy.stop());

  const first = signLink(alice, { platform: "github", identity: "alice", attested });
  const second = signLink(alice, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet, after: first });
  const third = signLink(alice, { platform: "dns", identity: "alice.example", after: second });
  const other = signLink(bob, { platform: "github", identity: "bob", attested });

  /** Mirrors what the chain has, as the server tells it. */
  function mirrorLies(tell: (logs: RawLog[]) => RawLog[]) {
    proxy.tamper = async ({ method }, ask) => {
      const answer = await ask();
      return method === "eth_getLogs" ? tell(answer as RawLog[]) : answer;
    };
    return world.mirror(base, arbitrum, undefined, { RPC_URL_8453: proxy.url });
  }

  const LIES: [string, (log: RawLog) => RawLog[], string][] = [
    ["another identity", (log) => [rewrite(log, { identity: "mallory" })], "is not signed by the avatar"],
    ["another platform", (log) => [rewrite(log, { platform: "twitter" })], "is not signed by the avatar"],
    ["a platform that the contract refuses", (log) => [rewrite(log, { platform: "GitHub" })], "platform: must be"],
    ["another time", (log) => [rewrite(log, { header: byteAt(header(log), 20, 1) })], "is not signed by the avatar"],
    ["another uuid", (log) => [rewrite(log, { header: byteAt(header(log), 3, 0xee) })], "is not signed by the avatar"],
    ["another action", (log) => [rewrite(log, { header: byteAt(header(log), 30, 1) })], "is not signed by the avatar"],
    [
      "an action that there is not",
      (log) => [rewrite(log, { header: byteAt(header(log), 30, 7) })],
      "does nothing known",
    ],
    ["another sequence", (log) => [rewrite(log, { header: byteAt(header(log), 28, 9) })], "is missing"],
    ["no previous link", (log) => [rewrite(log, { header: byteAt(header(log), 29, 255) })], "does not quote the link"],
    ["another signature", (log) => [rewrite(log, { r: id("r") })], ""],
    ["a high s", (log) => [rewrite(log, { vs: `0x7f${"ff".repeat(31)}` })], ""],
    ["another link id", (log) => [rewrite(log, { linkId: id("another") })], "has another id"],
    ["another key of the identity", (log) => [rewrite(log, { identityKey: id("x") })], "another identity than its key"],
    ["a location with a line break", (log) => [rewrite(log, { proofLocation: "a\nb" })], "proof_location: must be"],
    [
      "text that is no UTF-8",
      (log) => [{ ...log, data: log.data.replace(Buffer.from("b.example").toString("hex"), "ff".repeat(9)) }],
      "",
    ],
    ["no link at all", () => [], "is missing"],
  ];
  it("sends nothing of a link that it says otherwise than was signed, nor what stands upon it; the rest it does", async () => {
    const chains = LIES.map(([what]) => {
      const avatar = person(what);
      const links = [signLink(avatar, { platform: "github", identity: "alice", attested })];
      for (const identity of ["alice.example", "b.example", "c.example"]) {
        links.push(signLink(avatar, { platform: "dns", identity, after: links.at(-1)! }));
      }
      return { avatar, links };
    });
    for (const { links } of chains) {
      const submissions = links.map(({ submission }) => submission);
      await write(base.registry, "appendBatch", submissions, "0x");
    }
    await append(base, other);
    const { code, stdout, stderr } = await mirrorLies((logs) =>
      LIES.reduce((told, [, change], index) => changing("LinkAppended", chains[index]!.links[2]!, change)(told), logs),
    );
    expect({ code, stderr }, stdout).to.deep.equal({ code: 1, stderr: "" });
    for (const [index, [what, , reason]] of LIES.entries()) {
      const { avatar } = chains[index]!;
      const start = `untrusted ${avatar.key.compressed}: what base (8453) says behind link 2 is not as signed: `;
      const line = stdout.split("\n").find((one) => one.startsWith(start));
      expect(line, `${what}\n${stdout}`).to.include(reason);
      expect(await lengthOf(arbitrum, avatar), what).to.equal(2);
    }
    expect(await lengthOf(arbitrum, bob)).to.equal(1);
    expect(await countEvents(arbitrum, "LinkRefused")).to.equal(0);
    // What it said is not kept: once it tells the truth, all goes on.
    const honest = await mirrorLies((logs) => logs);
    expect(honest.code, honest.stdout).to.equal(0);
    for (const { avatar } of chains) expect(await lengthOf(arbitrum, avatar)).to.equal(4);
  });

  it("pays for no proof but the other side's own: others' signatures stay behind, and links without one", async () => {
    await append(base, first, second, third, other);
    const strangers = Array.from({ length: 64 }, (_, index) => person(`stranger ${index}`));
    const rubbish = attest(strangers, { linkId: other.id, accountId: "8" });
    const { stdout } = await mirrorLies((logs) =>
      proving(other, rubbish)(proving(second, `0x${"ab".repeat(5000)}`)(logs)),
    );
    expect(stdout).to.include(
      `link 2 ${second.id}: the wallet ${wallet.wallet} signed as a contract (ERC-1271), which is not`,
    );
    expect(await lengthOf(arbitrum, alice)).to.equal(1);
    expect(await statusOf(arbitrum, bob, other)).to.equal("claimed");
    const sent = await arbitrum.registry.queryFilter("LinkAppended");
    const proofs = sent.map((log) => registry.parseLog(log)!.args.getValue("proof") as string);
    expect(proofs).to.deep.equal([first.submission.proof, "0x"]);
    expect(await sentTo(arbitrum)).to.equal(1);
    await mirrorLies((logs) => logs);
    expect(await statusOf(arbitrum, bob, other)).to.equal("confirmed");
    expect(await statusOf(arbitrum, alice, second)).to.equal("confirmed");
  });

  it("leaves an attester's signature out where something else was signed, and mixes none with a stranger's", async () => {
    await append(base, first, other);
    const mixed = attest([attester, mallory], { linkId: first.id, accountId: "7" });
    const wrong = packAttestations("8", [
      {
        checkedAt: NOW,
        signature: signAttestation(attester.privateKey, {
          linkId: other.id,
          found: true,
          accountId: "7",
          checkedAt: NOW,
        }),
      },
    ]);
    await mirrorLies((logs) => proving(first, mixed)(proving(other, wrong)(logs)));
    expect(await statusOf(arbitrum, alice, first)).to.equal("confirmed");
    expect(await statusOf(arbitrum, bob, other)).to.equal("claimed");
    const [log] = await arbitrum.registry.queryFilter(arbitrum.registry.filters.LinkAppended!(alice.address));
    expect(dataLength(registry.parseLog(log!)!.args.getValue("proof") as string)).to.equal(2 + 73);
  });

  it("does not turn a binding on the word of strangers, nor by the right word about another link", async () => {
    await append(base, first, second, other);
    const key = bindingKey(alice.address, "github", "alice");
    const gone = { found: false, checkedAt: NOW + 60, accountId: "7" };
    const forged = attest([mallory], { linkId: first.id, ...gone });
    const misled = attest([attester], { linkId: other.id, ...gone });
    const { code, stdout } = await mirrorLies((logs) => {
      const last = logs.at(-1)!;
      if (!last) return logs;
      const next = (name: string, values: unknown[], place: number) => ({
        ...invent(last, name, values),
        logIndex: toQuantity(200 + place),
      });
      return [
        ...logs,
        next("BindingSuspended", [key, first.id, forged], 0),
        next("BindingSuspended", [key, first.id, misled], 1),
        next("BindingReinstated", [key, first.id, "0x"], 2),
        next("FindingsAttested", [[id("finding")], NOW, forged.slice(0, 2) + forged.slice(6)], 3),
        next("BindingConfirmed", [key, first.id, "", "0x0137"], 4),
        next("BindingSuspended", [id("no binding"), first.id, forged], 5),
        next("BindingSuspended", [key, second.id, misled], 6),
      ];
    });
    expect(code, stdout).to.equal(1);
    expect(stdout).to.include("BindingSuspended of link").and.to.include("1 stray event passed over");
    expect(await statusOf(arbitrum, alice, first)).to.equal("confirmed");
    expect(await countEvents(arbitrum, "BindingSuspended")).to.equal(0);
    // All that was sent are the links.
    expect(await sentTo(arbitrum)).to.equal(1);
  });

  it("does not release on anybody's word but the wallet's", async () => {
    await append(base, first, second, other);
    const releases = [
      { ...signRelease(alice, mallory), identity: wallet.wallet },
      { ...signRelease(alice, wallet), proof: "0x" },
      { ...signRelease(alice, wallet), header: byteAt(signRelease(alice, wallet).header, 3, 0xee) },
      { ...signRelease(alice, wallet), publicKeyX: dataSlice(mallory.key.uncompressed, 1, 33) },
      { ...signRelease(alice, wallet), platform: "github", identity: "alice" },
      second.submission,
    ];
    for (const release of releases) {
      const { platform, identity } = release;
      const key = registry
        .parseLog(
          (await base.registry.queryFilter(base.registry.filters.LinkAppended!(alice.address)))[
            platform === "github" ? 0 : 1
          ]!,
        )!
        .args.getValue("identityKey") as string;
      const { stdout } = await mirrorLies((logs) => {
        const last = logs.at(-1);
        return last ? [...logs, invent(last, "BindingReleased", [alice.address, key, release])] : logs;
      });
      expect(await statusOf(arbitrum, alice, second), `${identity}\n${stdout}`).to.equal("confirmed");
      expect(await sentTo(arbitrum)).to.equal(1);
    }
  });

  it("does not believe in avatars that nobody is, in other contracts' logs, nor in the same log twice", async () => {
    await append(base, first, other);
    const { x, y } = { x: dataSlice(mallory.key.uncompressed, 1, 33), y: dataSlice(mallory.key.uncompressed, 33) };
    const invented = await mirrorLies((logs) => {
      const last = logs.find((log) => nameOf(log) === "LinkAppended" && log.topics.includes(first.id));
      if (!last) return logs;
      const { args } = registry.parseLog(last)!;
      const values = [...args.toArray()];
      return [
        ...logs,
        ...logs,
        { ...invent(last, "AvatarRegistered", [x, y]), logIndex: toQuantity(300) },
        { ...invent(last, "LinkAppended", [mallory.address, ...values.slice(1)]), logIndex: toQuantity(301) },
        { ...invent(last, "AvatarRegistered", [x, ZeroHash]), logIndex: toQuantity(302) },
        { ...invent(last, "LinkAppended", [person("nobody").address, ...values.slice(1)]), logIndex: toQuantity(303) },
        { ...last, topics: [id("Unknown()")], data: "0x", logIndex: toQuantity(304) },
      ];
    });
    expect(invented.code).to.equal(1);
    expect(invented.stdout).to.include(`untrusted ${mallory.key.compressed}: what base (8453) says behind link 0 is`);
    expect(invented.stdout).to.match(/; \d+ stray events passed over\n/);
    expect(await lengthOf(arbitrum, mallory)).to.equal(0);
    expect(await lengthOf(arbitrum, alice)).to.equal(1);

    const foreign = await mirrorLies((logs) => logs.map((log) => ({ ...log, address: zeroPadValue("0x01", 20) })));
    expect(foreign.code).to.equal(1);
    expect(foreign.stderr).to.include("with a log that was not asked for");
  });

  it("mirrors a revocation that it cannot hide for good", async () => {
    await append(base, first);
    const gone = attest([attester], { linkId: first.id, found: false, checkedAt: NOW + 60, accountId: "7" });
    await write(base.registry, "suspend", bindingKey(alice.address, "github", "alice"), first.id, gone);
    const hidden = await mirrorLies((logs) => logs.filter((log) => nameOf(log) !== "BindingSuspended"));
    expect(hidden.code).to.equal(0);
    expect(await statusOf(arbitrum, alice, first)).to.equal("confirmed");
    // The next run reads all from the beginning.
    expect((await mirrorLies((logs) => logs)).stdout).to.include(": 1 suspension\n");
    expect(await statusOf(arbitrum, alice, first)).to.equal("suspended");
  });
});
