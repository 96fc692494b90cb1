import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { bindingKey } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { toQuantity } from "ethers";

import { readDeployment } from "../../scripts/lib/deployments.ts";
import { NOW } from "../helpers/contractClock.ts";
import { deployer } from "../helpers/contractDeploy.ts";
import { type SignedLink, attest, person, signLink, signRelease } from "../helpers/contractLinks.ts";
import {
  LATEST,
  type MirrorChain,
  type MirrorWorld,
  append,
  attester,
  bare,
  countEvents,
  lengthOf,
  relayer,
  sentTo,
  signList,
  statusOf,
  useMirrorWorld,
  write,
} from "../helpers/mirrorWorld.ts";
import { RpcProxy } from "../helpers/rpcProxy.ts";

const alice = person("alice");
const bob = person("bob");
const wallet = person("wallet");

/** The blocks that a call of eth_getLogs asks for. */
function rangeOf(params: unknown[]): readonly [number, number] {
  const [{ fromBlock, toBlock }] = params as [{ fromBlock: string; toBlock: string }];
  return [Number(fromBlock), Number(toBlock)];
}

describe("npm run mirror, run by run", () => {
  const world = useMirrorWorld(8453, 42161);
  let base: MirrorChain;
  let arbitrum: MirrorChain;
  let proxy: RpcProxy;
  beforeEach(() => ([base, arbitrum] = world.chains as [MirrorChain, MirrorChain]));
  afterEach(() => proxy?.stop());

  /** Something of everything; the mirror takes six transactions for it. */
  async function fill(): Promise<Record<"github" | "ethereum" | "dns" | "listed", SignedLink>> {
    const github = signLink(alice, { platform: "github", identity: "alice" });
    const ethereum = signLink(alice, {
      ...{ platform: "ethereum", identity: wallet.wallet, cosigner: wallet },
      after: github,
    });
    const dns = signLink(alice, { platform: "dns", identity: "alice.example", after: ethereum });
    const listed = signLink(bob, { platform: "github", identity: "bob", attested: () => bare(0) });
    await append(base, github, ethereum);
    const key = bindingKey(alice.address, "github", "alice");
    await write(base.registry, "confirm", key, github.id, "", attest([attester], { linkId: github.id }));
    await write(base.registry, "release", signRelease(alice, wallet));
    const gone = attest([attester], { linkId: github.id, found: false, checkedAt: NOW + 60 });
    await write(base.registry, "suspend", key, github.id, gone);
    await append(base, dns);
    const again = signLink(alice, {
      ...{ platform: "ethereum", identity: wallet.wallet, cosigner: wallet },
      after: dns,
    });
    await append(base, again);
    const { attestations } = signList([listed], [attester]);
    await write(base.registry, "appendBatch", [listed.submission], attestations);
    return { github, ethereum: again, dns, listed };
  }

  async function expectMirrored(links: Awaited<ReturnType<typeof fill>>): Promise<void> {
    expect(await statusOf(arbitrum, alice, links.github)).to.equal("suspended");
    expect(await statusOf(arbitrum, alice, links.ethereum)).to.equal("confirmed");
    expect(await statusOf(arbitrum, alice, links.dns)).to.equal("claimed");
    expect(await statusOf(arbitrum, bob, links.listed)).to.equal("confirmed");
    expect(await lengthOf(arbitrum, alice)).to.equal(4);
    expect(await countEvents(arbitrum, "LinkRefused")).to.equal(0);
    expect(await countEvents(arbitrum, "BindingReleased")).to.equal(1);
  }

  const SENDS = 6;
  for (const when of ["before", "after"] as const) {
    for (let nth = 1; nth <= SENDS; nth++) {
      it(`is finished by the next run, killed right ${when} transaction ${nth} of ${SENDS}`, async () => {
        const links = await fill();
        proxy = await RpcProxy.start(arbitrum.anvil.url);
        const run = world.startMirror(base, arbitrum, LATEST, { RPC_URL_42161: proxy.url });
        let count = 0;
        proxy.tamper = async ({ method }, ask) => {
          if (method !== "eth_sendRawTransaction" || ++count !== nth) return ask();
          const answer = when === "after" ? await ask() : null;
          run.child.kill("SIGKILL");
          return answer;
        };
        expect((await run.finished).signal).to.equal("SIGKILL");
        expect(await sentTo(arbitrum)).to.equal(when === "after" ? nth : nth - 1);
        const next = await world.mirror(base, arbitrum);
        expect(next, next.stdout).to.include({ code: 0, sent: SENDS });
        await expectMirrored(links);
      });
    }
  }

  const another = person("another relayer");
  for (const [payers, other] of [
    ["two payers", another],
    ["one payer", relayer],
  ] as const) {
    it(`does no harm twice at once, by ${payers}`, async () => {
      const links = await fill();
      await arbitrum.anvil.provider.send("anvil_setBalance", [another.address, toQuantity(10n ** 18n)]);
      const keys = [relayer.privateKey, other.privateKey];
      const runs = await Promise.all(keys.map((key) => world.mirror(base, arbitrum, LATEST, { RELAYER_KEY: key })));
      for (const { code, stdout, stderr } of runs) {
        expect({ code, stderr }, stdout).to.deep.equal({ code: 0, stderr: "" });
      }
      expect(await statusOf(arbitrum, alice, links.github)).to.equal("suspended");
      expect(await statusOf(arbitrum, alice, links.ethereum)).to.equal("confirmed");
      expect(await statusOf(arbitrum, bob, links.listed)).to.equal("confirmed");
      expect(await lengthOf(arbitrum, alice)).to.equal(4);
      const before = await sentTo(arbitrum);
      expect(await world.mirror(base, arbitrum)).to.include({ code: 0, sent: before });
    });
  }

  it("goes on with the links that two runs at once refuse each other", async () => {
    const links: SignedLink[] = [];
    for (let index = 0; index < 5; index++) {
      const after = links.at(-1);
      links.push(signLink(alice, { platform: "github", identity: `a${index}`, ...(after ? { after } : {}) }));
    }
    await append(base, ...links);
    proxy = await RpcProxy.start(arbitrum.anvil.url);
    let other: ReturnType<MirrorWorld["mirror"]> | undefined;
    proxy.tamper = async ({ method }, ask) => {
      if (method !== "eth_sendRawTransaction" || other) return ask();
      // The other run, in between.
      other = world.mirror(base, arbitrum, LATEST, { RELAYER_KEY: deployer.privateKey });
      await other;
      return ask();
    };
    const one = await world.mirror(base, arbitrum, LATEST, { RPC_URL_42161: proxy.url });
    // The first may have lost its patience with its node, and be done before it.
    for (const { code, stdout } of [one, (await other)!]) expect(code, stdout).to.equal(0);
    expect(await countEvents(arbitrum, "LinkRefused")).to.equal(5);
    expect(await lengthOf(arbitrum, alice)).to.equal(5);
  });

  it("reads up to the last finalised block, unless told how many blocks must stand upon it", async () => {
    await append(base, signLink(alice, { platform: "github", identity: "alice" }));
    expect(await world.mirror(base, arbitrum, [])).to.include({ code: 0, sent: 0 });
    expect(await world.mirror(base, arbitrum, ["--confirmations", "1"])).to.include({ code: 0, sent: 0 });
    await base.anvil.provider.send("anvil_mine", ["0x1"]);
    expect(await world.mirror(base, arbitrum, ["--confirmations", "1"])).to.include({ code: 0, sent: 1 });
    await append(base, signLink(bob, { platform: "github", identity: "bob" }));
    await base.anvil.provider.send("anvil_mine", ["0x80"]);
    expect(await world.mirror(base, arbitrum, [])).to.include({ code: 0, sent: 2 });
  });

  it("reads in pieces that the server allows, again where it fails, and goes on where it was interrupted", async () => {
    await append(base, signLink(alice, { platform: "github", identity: "alice" }));
    await base.anvil.provider.send("anvil_mine", [toQuantity(70)]);
    await append(base, signLink(bob, { platform: "github", identity: "bob" }));
    proxy = await RpcProxy.start(base.anvil.url);
    const env = { RPC_URL_8453: proxy.url };
    const first = (await readDeployment(world.deployments, 8453))!.contracts.ProofRegistry.block;
    const args = [...LATEST, "--chunk", "20"];
    const run = world.startMirror(base, arbitrum, args, env);
    proxy.tamper = ({ method, params }, ask) => {
      if (method !== "eth_getLogs") return ask();
      const [from, to] = rangeOf(params);
      if (from >= first + 40) run.child.kill("SIGKILL");
      if (to - from >= 8) throw new Error("block range is too wide");
      return ask();
    };
    expect((await run.finished).signal).to.equal("SIGKILL");
    // What a killed run has half written is read again.
    const [file] = (await readdir(world.cache)).map((name) => join(world.cache, name)) as [string];
    const kept = await readFile(file, "utf8");
    const lines = kept.trim().split("\n");
    expect(lines).to.have.length(2);
    await writeFile(file, `\n${lines[0]}\n${lines[1]!.slice(0, 60)}`);

    proxy.calls.length = 0;
    let failures = 1;
    proxy.tamper = ({ method, params }, ask) => {
      if (method === "eth_getLogs" && rangeOf(params)[0] >= first + 40 && failures-- > 0) throw new Error("try again");
      return ask();
    };
    expect(await world.mirror(base, arbitrum, args, env)).to.include({ code: 0, sent: 1 });
    const reads = proxy.calls.filter(({ method }) => method === "eth_getLogs").map(({ params }) => rangeOf(params));
    expect(Math.min(...reads.map(([from]) => from))).to.equal(JSON.parse(lines[1]!).from);
    expect(await lengthOf(arbitrum, alice)).to.equal(1);
    expect(await lengthOf(arbitrum, bob)).to.equal(1);
    expect(await readdir(world.cache)).to.deep.equal([]);
  });

  it("keeps what it read where it is told to, but not across a reorganisation", async () => {
    const { provider } = base.anvil;
    const snapshot = (await provider.send("evm_snapshot", [])) as string;
    await append(base, signLink(alice, { platform: "github", identity: "alice" }));
    const keep = [...LATEST, "--keep"];
    expect(await world.mirror(base, arbitrum, keep)).to.include({ code: 0, sent: 1 });
    const [file] = (await readdir(world.cache)).map((name) => join(world.cache, name)) as [string];
    proxy = await RpcProxy.start(base.anvil.url);
    await world.mirror(base, arbitrum, keep, { RPC_URL_8453: proxy.url });
    proxy.calls.length = 0;
    await world.mirror(base, arbitrum, keep, { RPC_URL_8453: proxy.url });
    expect(proxy.calls.filter(({ method }) => method === "eth_getLogs")).to.deep.equal([]);
    await provider.send("evm_revert", [snapshot]);
    await append(base, signLink(bob, { platform: "github", identity: "bob" }));
    const { code, stdout } = await world.mirror(base, arbitrum, keep);
    expect(code, stdout).to.equal(0);
    expect(stdout).to.include("1 avatar: 1 link;");
    expect(await lengthOf(arbitrum, bob)).to.equal(1);
    // What it kept now is the chain as it is.
    const kept = await readFile(file, "utf8");
    expect(kept.trim().split("\n")).to.have.length(1);
    expect(await world.mirror(base, arbitrum, keep)).to.include({ code: 0 });
    expect(await readFile(file, "utf8")).to.equal(kept);
  });

  it("waits for what a killed run has sent, and does not send it again", async () => {
    await append(base, signLink(alice, { platform: "github", identity: "alice" }));
    const { provider } = arbitrum.anvil;
    await provider.send("evm_setAutomine", [false]);
    proxy = await RpcProxy.start(arbitrum.anvil.url);
    const run = world.startMirror(base, arbitrum, LATEST, { RPC_URL_42161: proxy.url });
    proxy.tamper = async ({ method }, ask) => {
      const answer = await ask();
      if (method === "eth_sendRawTransaction") run.child.kill("SIGKILL");
      return answer;
    };
    expect((await run.finished).signal).to.equal("SIGKILL");
    expect(await sentTo(arbitrum)).to.equal(0);
    const next = world.startMirror(base, arbitrum, LATEST, { RPC_URL_42161: proxy.url });
    proxy.tamper = async ({ method, params }, ask) => {
      const answer = await ask();
      // It has looked, and seen that there is something.
      if (method === "eth_getTransactionCount" && params[1] === "pending") await provider.send("evm_mine", []);
      return answer;
    };
    const { code, stdout } = await next.finished;
    await provider.send("evm_setAutomine", [true]);
    expect(code, stdout).to.equal(0);
    expect(stdout).to.include("nothing to do; 0 transactions");
    expect(await sentTo(arbitrum)).to.equal(1);
    expect(await lengthOf(arbitrum, alice)).to.equal(1);
  });

  it("does no harm where another run with the same key has sent the very same, not mined yet", async () => {
    await append(base, signLink(alice, { platform: "github", identity: "alice" }));
    proxy = await RpcProxy.start(arbitrum.anvil.url);
    const { provider } = arbitrum.anvil;
    await provider.send("evm_setAutomine", [false]);
    let sends = 0;
    proxy.tamper = async ({ method, params }, ask) => {
      if (method === "eth_sendRawTransaction" && sends++ === 0) await provider.send(method, params);
      // The run waits for it, once it knows.
      if (method === "eth_getTransactionCount" && params[1] === "pending" && sends > 0) {
        await provider.send("evm_setAutomine", [true]);
        await provider.send("evm_mine", []);
      }
      return ask();
    };
    const { code, stdout } = await world.mirror(base, arbitrum, LATEST, { RPC_URL_42161: proxy.url });
    await provider.send("evm_setAutomine", [true]);
    expect(code, stdout).to.equal(0);
    expect(sends).to.be.greaterThan(1);
    expect(await lengthOf(arbitrum, alice)).to.equal(1);
  });

  it("refuses what it cannot do, and says why", async () => {
    const anvilKey = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
    const run = async (args: readonly string[], env: Record<string, string> = {}) => {
      const { code, stderr } = await world.startMirror(base, arbitrum, args, env).finished;
      return `${code} ${stderr}`;
    };
    expect(await run(["--to", "8453"])).to.match(/^2 --from and --to are the same chain\n/);
    expect(await run(["--to", "nowhere"])).to.match(/^2 --to: there is no network nowhere\n/);
    expect(await run(["--confirmations", "-1"])).to.match(/^2 /);
    expect(await run(["--chunk", "0"])).to.match(/^2 --chunk 0 is no number of blocks\n/);
    expect(await run(["--avatar", "0x1234"])).to.match(/^2 public_key: not a secp256k1 public key/);
    expect(await run(["--sideways"])).to.match(/^2 Unknown option/);
    expect(await run(["--to", "optimism"])).to.equal("2 RPC_URL_10 is not set\n");
    expect(await run([], { RPC_URL_42161: base.anvil.url })).to.equal("2 RPC_URL_42161 is the RPC of chain 8453\n");
    expect(await run([], { DEPLOYMENTS_DIR: world.cache })).to.match(
      /^2 \S+8453.json is missing: deploy there first\n$/,
    );
    expect(await run([], { RELAYER_KEY: "" })).to.match(/^2 RELAYER_KEY is not set/);
    expect(await run([], { RELAYER_KEY: "secret" })).to.equal("2 RELAYER_KEY is no private key of 32 bytes in hex\n");
    const published = await run([], { RELAYER_KEY: "", DEPLOYER_KEY: anvilKey });
    expect(published).to.match(/^2 the key of 0x\w+ is published; chain 42161 at \S+ is not local\n$/);
    const secret = "http://127.0.0.1:1/secret-key";
    const down = await run([], { RPC_URL_8453: secret });
    expect(down).to.equal("2 no chain answers at RPC_URL_8453\n");
    expect(await sentTo(arbitrum)).to.equal(0);
    await append(base, signLink(alice, { platform: "github", identity: "alice" }));
    const poor = await run(LATEST, { RELAYER_KEY: person("poor").privateKey });
    expect(poor)
      .to.match(/^1 /)
      .and.to.match(/insufficient funds/i);
    // DEPLOYER_KEY pays where there is no RELAYER_KEY.
    expect(await run(LATEST, { RELAYER_KEY: "", DEPLOYER_KEY: relayer.privateKey })).to.equal("0 ");
    expect(await sentTo(arbitrum)).to.equal(1);
  });
});
