import { bindingKey, signText } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { ContractFactory, ZeroHash, concat, dataSlice, hexlify, toBeHex } from "ethers";

import { readArtifact } from "../../scripts/lib/artifacts.ts";
import { NOW } from "../helpers/contractClock.ts";
import { type Person, type SignedLink, attest, person, signLink, signRelease } from "../helpers/contractLinks.ts";
import {
  type MirrorChain,
  append,
  attester,
  bare,
  countEvents,
  lengthOf,
  sentTo,
  signList,
  statusOf,
  useMirrorWorld,
  write,
} from "../helpers/mirrorWorld.ts";

const alice = person("alice");
const bob = person("bob");
const wallet = person("wallet");
/** An attester on some chains only. */
const another = person("another attester");

const attested = (linkId: string) => attest([attester], { linkId, accountId: "7" });

function keyOf(avatar: Person, { link }: SignedLink): string {
  return bindingKey(avatar.address, link.platform, link.identity);
}

/** Signs for a link, or against it. */
function say(link: SignedLink, checkedAt: number, found = true, by: readonly Person[] = [attester]): string {
  return attest(by, { linkId: link.id, accountId: "7", found, checkedAt });
}

/** Confirms, suspends or reinstates. */
function turn({ registry }: MirrorChain, method: string, link: SignedLink, said: string, avatar = alice) {
  const location = method === "confirm" ? ["elsewhere"] : [];
  return write(registry, method, keyOf(avatar, link), link.id, ...location, said);
}

/** Another avatar as an alias: its signature, and Y of its key. */
function signAlias(avatar: Person, other: Person, after?: SignedLink): SignedLink {
  const link = signLink(avatar, { platform: "nextid", identity: other.key.compressed, ...(after ? { after } : {}) });
  const y = dataSlice(other.key.uncompressed, 33);
  link.submission.proof = concat([signText(other.privateKey, link.text).raw, y]);
  return link;
}

describe("npm run mirror, of what becomes of bindings", () => {
  const world = useMirrorWorld(8453, 42161);
  let base: MirrorChain;
  let arbitrum: MirrorChain;
  beforeEach(() => ([base, arbitrum] = world.chains as [MirrorChain, MirrorChain]));

  /** Mirrors, and then again: that must send nothing. */
  async function mirror(code = 0) {
    const finished = await world.mirror(base, arbitrum);
    expect(finished, finished.stdout).to.include({ code, stderr: "" });
    const again = await world.mirror(base, arbitrum);
    expect(again, again.stdout).to.include({ code, sent: finished.sent });
    return finished;
  }

  it("confirms claims, later suspends, reinstates and suspends them, each by what was seen then", async () => {
    const link = signLink(alice, { platform: "github", identity: "alice" });
    await append(base, link);
    await turn(base, "confirm", link, say(link, NOW));
    expect((await mirror()).stdout).to.include("1 link, 1 confirmation\n");
    const [confirmed] = await arbitrum.registry.queryFilter("BindingConfirmed");
    expect(arbitrum.registry.interface.parseLog(confirmed!)!.args.proofLocation).to.equal("elsewhere");
    await turn(base, "suspend", link, say(link, NOW + 60, false));
    expect((await mirror()).stdout).to.include("1 suspension\n");
    expect(await statusOf(arbitrum, alice, link)).to.equal("suspended");
    await turn(base, "reinstate", link, say(link, NOW + 120));
    await turn(base, "suspend", link, say(link, NOW + 180, false));
    expect((await mirror()).stdout).to.include("1 suspension, 1 reinstatement\n");
    expect(await statusOf(arbitrum, alice, link)).to.equal("suspended");
    // What was confirmed before does not come back.
    await expectRefused(turn(arbitrum, "reinstate", link, say(link, NOW + 120)));
  });

  it("replays each in its place between the links", async () => {
    const first = signLink(alice, { platform: "github", identity: "alice" });
    await append(base, first);
    await turn(base, "confirm", first, say(first, NOW));
    await turn(base, "suspend", first, say(first, NOW + 60, false));
    const second = signLink(alice, { platform: "dns", identity: "alice.example", after: first });
    const third = signLink(alice, { platform: "github", identity: "alice", after: second });
    await append(base, second, third);
    await turn(base, "confirm", third, say(third, NOW + 30));
    const fourth = signLink(alice, { action: "delete", platform: "dns", identity: "alice.example", after: third });
    await append(base, fourth);

    await mirror();
    for (const [name, count] of [
      ["LinkAppended", 4],
      ["BindingConfirmed", 2],
      ["BindingSuspended", 1],
    ] as const) {
      expect(await countEvents(arbitrum, name), name).to.equal(count);
    }
    expect(await statusOf(arbitrum, alice, third)).to.equal("confirmed");
    expect(await statusOf(arbitrum, alice, second)).to.equal("deleted");
  });

  it("confirms by lists what lists confirmed, several avatars by one transaction", async () => {
    const people = ["ann", "ben", "cid"].map((name) => person(name));
    const links = people.map((one, index) =>
      signLink(one, { platform: "github", identity: `user${index}`, attested: () => bare(index) }),
    );
    const submissions = links.map(({ submission }) => submission);
    // One list with its batch, another later.
    const batch = signList(links, [attester]);
    await write(base.registry, "appendBatch", submissions.slice(0, 2), "0x");
    const claims = links.slice(0, 2);
    await write(
      base.registry,
      "confirmBatch",
      claims.map((link, index) => ({
        bindingKey: keyOf(people[index]!, link),
        linkId: link.id,
        proofLocation: "post",
        account: bare(index),
        index,
      })),
      batch.findings,
      batch.attestations,
    );
    const own = signList([links[2]!], [attester, another]);
    links[2]!.submission.proof = bare(0);
    await write(base.registry, "appendBatch", [links[2]!.submission], own.attestations);
    for (const [index, link] of links.entries()) {
      expect(await statusOf(base, people[index]!, link)).to.equal("confirmed");
    }

    const { stdout, sent } = await mirror();
    expect(stdout).to.include("3 avatars: 3 links, 3 confirmations; 3 transactions;");
    expect(sent).to.equal(3);
    for (const [index, link] of links.entries()) {
      expect(await statusOf(arbitrum, people[index]!, link)).to.equal("confirmed");
    }
    // What a stranger there signed along is left out.
    const lists = await arbitrum.registry.queryFilter("FindingsAttested");
    const sizes = lists.map((log) => arbitrum.registry.interface.parseLog(log)!.args.attestations.length);
    expect(sizes).to.deep.equal([2 + 2 * 73, 2 + 2 * 73]);
  });

  it("lets revocations travel: releases by wallet and alias, also where the avatar binds again", async () => {
    const bound = signLink(alice, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet });
    const alias = signAlias(alice, bob, bound);
    await append(base, bound, alias);
    expect((await mirror()).stdout).to.include(": 2 links\n");
    expect(await statusOf(arbitrum, alice, bound)).to.equal("confirmed");
    expect(await statusOf(arbitrum, alice, alias)).to.equal("confirmed");

    const release = signRelease(alice, wallet, { createdAt: NOW + 5 });
    await write(base.registry, "release", release);
    const aliasRelease = signRelease(alice, bob, { platform: "nextid", identity: bob.key.compressed });
    aliasRelease.proof = concat([dataSlice(aliasRelease.proof, 0, 65), dataSlice(bob.key.uncompressed, 33)]);
    await write(base.registry, "release", aliasRelease);
    expect((await mirror()).stdout).to.include(": 2 releases\n");
    expect(await statusOf(arbitrum, alice, bound)).to.equal("deleted");
    expect(await statusOf(arbitrum, alice, alias)).to.equal("deleted");

    const again = signLink(alice, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet, after: alias });
    await append(base, again);
    await mirror();
    expect(await statusOf(arbitrum, alice, again)).to.equal("confirmed");
    // It was used up, so nobody can play it again.
    await expectRefused(write(arbitrum.registry, "release", release));
  });

  it("replays a release before the link that binds again, where the target has neither", async () => {
    const bound = signLink(alice, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet });
    await append(base, bound);
    const release = signRelease(alice, wallet, { createdAt: NOW + 5 });
    await write(base.registry, "release", release);
    await append(
      base,
      signLink(alice, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet, after: bound }),
    );
    expect((await mirror()).stdout).to.include(": 2 links, 1 release\n");
    expect(await countEvents(arbitrum, "BindingReleased")).to.equal(1);
    await expectRefused(write(arbitrum.registry, "release", release));
  });

  it("leaves a binding claimed where its attesters do not attest, says so, and confirms it once they do", async () => {
    await write(base.attesters, "addAttester", another.address, "", "");
    const byAnother = (linkId: string) => attest([another], { linkId, accountId: "7" });
    const link = signLink(alice, { platform: "github", identity: "alice", attested: byAnother });
    const claim = signLink(alice, { platform: "dns", identity: "alice.example", after: link });
    await append(base, link, claim);
    await turn(base, "confirm", claim, say(claim, NOW, true, [another]));
    const { stdout } = await mirror();
    expect(stdout).to.match(
      /^differs   0x\w+: github alice is confirmed on base \(8453\), but claimed on arbitrum \(42161\): those who/m,
    );
    expect(stdout).to.include("2 bindings differ");
    expect(await statusOf(arbitrum, alice, link)).to.equal("claimed");

    await write(arbitrum.attesters, "addAttester", another.address, "", "");
    expect((await mirror()).stdout).to.include(": 2 confirmations\n");
    expect(await statusOf(arbitrum, alice, link)).to.equal("confirmed");
    expect(await statusOf(arbitrum, alice, claim)).to.equal("confirmed");
  });

  it("asks for the target's quorum, not the source's", async () => {
    await write(arbitrum.attesters, "addAttester", another.address, "", "");
    await write(arbitrum.attesters, "setQuorum", "github", 2);
    const one = signLink(alice, {
      platform: "github",
      identity: "one",
      attested: (id) => attest([attester], { linkId: id }),
    });
    const both = (linkId: string) => attest([attester, another], { linkId });
    const two = signLink(bob, { platform: "github", identity: "two", attested: both });
    await append(base, one, two);
    expect((await mirror()).stdout).to.include("1 binding differs");
    expect(await statusOf(arbitrum, alice, one)).to.equal("claimed");
    expect(await statusOf(arbitrum, bob, two)).to.equal("confirmed");
  });

  it("confirms what somebody else brought without its proofs, and does not confirm what was replaced", async () => {
    const replaced = signLink(alice, { platform: "github", identity: "alice", attested });
    const listed = signLink(alice, {
      platform: "dns",
      identity: "a.example",
      attested: () => bare(0),
      after: replaced,
    });
    const later = signLink(alice, { platform: "twitter", identity: "alice", after: listed });
    const again = signLink(alice, {
      platform: "github",
      identity: "alice",
      attested,
      after: later,
      createdAt: NOW + 1,
    });
    await append(base, replaced);
    await write(base.registry, "appendBatch", [listed.submission], signList([listed], [attester]).attestations);
    await append(base, later, again);
    await turn(base, "confirm", later, say(later, NOW));

    const bareLinks = [replaced, listed, later, again].map((link) => ({
      ...link,
      submission: { ...link.submission, proof: "0x", proofLocation: "nowhere" },
    }));
    await append(arbitrum, ...bareLinks);
    expect(await statusOf(arbitrum, alice, again)).to.equal("claimed");
    expect((await mirror()).stdout).to.include(": 3 confirmations\n");
    for (const link of [listed, later, again]) expect(await statusOf(arbitrum, alice, link)).to.equal("confirmed");
    expect(await sentTo(arbitrum)).to.equal(3);
  });

  it("says where a binding stands otherwise for reasons of the target's own, and leaves it so", async () => {
    const bound = signLink(alice, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet });
    const link = signLink(alice, { platform: "github", identity: "alice", after: bound });
    await append(base, bound, link);
    await turn(base, "confirm", link, say(link, NOW));
    await mirror();
    await write(arbitrum.registry, "release", signRelease(alice, wallet));
    await turn(arbitrum, "suspend", link, say(link, NOW + 60, false));
    const { stdout, sent } = await mirror();
    expect(stdout).to.include(
      `ethereum ${wallet.wallet} is confirmed on base (8453), but deleted on arbitrum (42161)\n`,
    );
    expect(stdout).to.include("github alice is confirmed on base (8453), but suspended on arbitrum (42161)\n");
    expect(sent).to.equal(2);
    // The newer word travels back.
    const back = await world.mirror(arbitrum, base);
    expect(back.stdout).to.include(": 1 suspension, 1 release\n");
    expect((await mirror()).stdout).to.include("0 bindings differ");
  });

  it("takes over chains that were imported without their beginning", async () => {
    const old = signText(alice.privateKey, "lost");
    const { base64: prev } = old;
    const first = signLink(alice, { platform: "github", identity: "alice", prev, createdAt: 1_600_000_000 });
    const second = signLink(alice, { platform: "dns", identity: "alice.example", after: first });
    // Inside a batch, 64 zeros would stand for the signature in front.
    const zeros = Buffer.alloc(65).toString("base64");
    const odd = signLink(bob, { platform: "github", identity: "bob", prev: zeros, createdAt: 1_600_000_000 });
    await append(base, first, second, odd);
    const { stdout } = await mirror();
    expect(stdout).to.include("2 avatars: 3 links; 2 transactions;");
    const imported = await arbitrum.registry.queryFilter("ChainImported");
    expect(imported.map((log) => arbitrum.registry.interface.parseLog(log)!.args.previous)).to.deep.equal([
      old.raw,
      hexlify(Buffer.from(zeros, "base64")),
    ]);
  });

  it("takes wallets with keys anywhere, and contract wallets where they are", async () => {
    const { abi, bytecode } = await readArtifact("test/OwnedWallet");
    const factory = new ContractFactory(abi, bytecode, base.registry.runner);
    const contractAddress = await (await factory.deploy(wallet.address, ZeroHash)).getAddress();
    const address = contractAddress.toLowerCase();
    const eoa = signLink(alice, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet });
    const contract = signLink(alice, { platform: "ethereum", identity: address, cosigner: wallet, after: eoa });
    const behind = signLink(alice, { platform: "dns", identity: "alice.example", after: contract });
    const other = signLink(bob, { platform: "dns", identity: "bob.example" });
    await append(base, eoa, contract, behind, other);

    const { stdout } = await mirror(1);
    expect(stdout).to.include(
      `refused   ${alice.key.compressed}: link 2 ${contract.id}: the wallet ${address} signed as a contract (ERC-1271), which is not there\n`,
    );
    expect(await lengthOf(arbitrum, alice)).to.equal(1);
    expect(await lengthOf(arbitrum, bob)).to.equal(1);

    // The same address, but somebody else's.
    const { provider } = arbitrum.anvil;
    await provider.send("anvil_setCode", [address, await base.anvil.provider.getCode(address)]);
    await provider.send("anvil_setStorageAt", [address, "0x0", toBeHex(bob.address, 32)]);
    expect((await mirror(1)).stdout).to.include(`the wallet contract ${address} does not take its signature there`);
    await provider.send("anvil_setStorageAt", [address, "0x0", toBeHex(wallet.address, 32)]);
    expect((await mirror()).stdout).to.include(": 2 links\n");
    expect(await statusOf(arbitrum, alice, contract)).to.equal("confirmed");
  });

  it("sends long chains in batches, of which none takes too much gas", async () => {
    const links: SignedLink[] = [];
    for (let index = 0; index < 130; index++) {
      const after = links.at(-1);
      const proof = index % 2 === 0 ? { attested } : {};
      links.push(signLink(alice, { platform: "github", identity: `a${index}`, ...(after ? { after } : {}), ...proof }));
    }
    for (let start = 0; start < links.length; start += 65) {
      const some = links.slice(start, start + 65).map(({ submission }) => submission);
      await write(base.registry, "appendBatch", some, "0x");
    }
    const { sent } = await mirror();
    expect(sent).to.equal(2);
    expect(await lengthOf(arbitrum, alice)).to.equal(130);
    const latest = await arbitrum.anvil.provider.getBlockNumber();
    for (const block of [latest, latest - 1]) {
      expect(Number((await arbitrum.anvil.provider.getBlock(block))!.gasUsed)).to.be.lessThan(10_000_000);
    }
    expect(await statusOf(arbitrum, alice, links[128]!)).to.equal("confirmed");
  });
});

async function expectRefused(call: Promise<void>): Promise<void> {
  const error = await call.then(
    () => null,
    (reason: Error) => reason,
  );
  expect(error).to.have.property("code", "CALL_EXCEPTION");
}
