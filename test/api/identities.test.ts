import { setTimeout as sleep } from "node:timers/promises";

import { didKey } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { ask, get, post } from "../helpers/api.ts";
import { signRelease } from "../helpers/contractLinks.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { expectError } from "./proofs.ts";
import { accountIdOf, append, attested, claim, indexed, now, somebody, strangersRegistry } from "./stranger.ts";

interface Named {
  platform: string;
  identity: string;
}

/** As an id says it. */
const idOf = ({ platform, identity }: Named) => `${platform},${identity}`;

describe("who is behind an identity", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });

  /** Somebody with an account, a wallet and a domain. */
  async function bound(name: string) {
    const [person, wallet] = [somebody(), somebody()];
    const account = attested(person, { platform: "github", identity: name, proofLocation: `61570${"0".repeat(27)}` });
    const signed = claim(person, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet, after: account });
    const domain = attested(person, { platform: "dns", identity: `${name}.example`, after: signed, accountId: "" });
    await append(test, [account, signed, domain]);
    return { person, wallet, account, signed, domain, name };
  }

  const asked = (platform: string, identity: string, query = "") =>
    get(test.stack, `/v1/identities/${platform}/${encodeURIComponent(identity)}?${query}`);

  const cardOf = async (platform: string, identity: string, query = "") => {
    const { status, body } = await asked(platform, identity, query);
    expect(status, JSON.stringify(body)).to.equal(200);
    return body;
  };

  const handlesOf = (address: string, query = "") => get(test.stack, `/v1/wallets/${address}/handles?${query}`);

  const search = (query: string) => get(test.stack, `/v1/search?${query}`);

  it("is told with each identity, what it rests on, and where that can be verified", async () => {
    const { person, wallet, account, signed, name } = await bound("who-all");
    const card = await cardOf("github", name);
    expect(card).to.include({ platform: "github", identity: name, level: 3, truncated: false });
    expect(card.as_of).to.be.closeTo(now(), 5);
    expect(card.avatars).to.deep.equal([
      { public_key: person.key.compressed, address: person.wallet, did: didKey(person.key) },
    ]);
    expect(card.identities.map(idOf)).to.have.members([
      `github,${name}`,
      `dns,${name}.example`,
      `ethereum,${wallet.wallet}`,
    ]);
    expect(card.identities[0]).to.deep.include({
      ...{ platform: "github", identity: name, uid: accountIdOf(person), uri: `https://github.com/${name}` },
      ...{ evidence: "account", level: 4, disputed: false, texts: {} },
    });
    const own = card.identities.find(({ platform }: Named) => platform === "ethereum");
    expect(own).to.include({ evidence: "signatures", level: 5, uri: `did:pkh:eip155:1:${wallet.address}` });
    const edge = card.edges.find(({ id }: { id: string }) => own.edges.includes(id));
    expect(edge).to.deep.include({
      ...{ kind: "proof", source: "nextid", disputed: false },
      from: { platform: "nextid", identity: person.key.compressed },
      to: { platform: "ethereum", identity: wallet.wallet },
    });
    const receipt = await test.provider.getTransactionReceipt(edge.references[0].tx_hash);
    const log = receipt!.logs.find(({ index }) => index === edge.references[0].log_index);
    expect(log!.topics).to.include(signed.id);
    expect(edge.references[0]).to.include({ chain_id: 31337, link_id: signed.id, block: receipt!.blockNumber });
    const seen = card.edges.find(({ to }: { to: Named }) => to.platform === "github");
    expect(seen.references[0].proof_location).to.equal(account.submission.proofLocation);
    expect(card.disputed).to.deep.equal([]);
  });

  it("is the same whichever of the identities is asked for, and however it is written", async () => {
    const { person, wallet, name } = await bound("who-same");
    const { component } = await cardOf("github", name);
    for (const [platform, identity] of [
      ["GitHub", `@${name.toUpperCase()}`],
      ["github", `https://github.com/${name}`],
      ["eth", wallet.address],
      ["ethereum", `https://etherscan.io/address/${wallet.address}`],
      ["dns", `https://${name}.example/`],
      ["nextid", person.key.uncompressed],
    ] as const) {
      const card = await cardOf(platform, identity);
      expect(card.component, `${platform} ${identity}`).to.equal(component);
      expect(card.identities, `${platform} ${identity}`).to.have.length(3);
    }
  });

  it("is nobody, in empty lists, of what is unknown, and an error that names it of what is wrong", async () => {
    for (const [platform, identity] of [
      ["github", "who-unknown"],
      ["ethereum", somebody().address],
      ["nextid", somebody().key.compressed],
      ["farcaster", "#99999999"],
      ["solana", "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"],
    ] as const) {
      const card = await cardOf(platform, identity);
      const empty = { avatars: [], identities: [], edges: [], disputed: [], truncated: false };
      expect(card, platform).to.deep.include(empty);
    }
    expectError(await asked("myspace", "tom"), 400, 'platform "myspace" is not known; known are ethereum');
    expectError(await asked("github", "a b"), 400, 'identity "a b" is not a GitHub login');
    expectError(await asked("github", "\u0000"), 400, "is not a GitHub login");
    expectError(await asked("ethereum", "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96046"), 400, "EIP-55");
    expectError(await asked("github", "alice", "level=6"), 400, "Param error: level: must be 1 to 5");
    expectError(await asked("github", "alice", "as_of=yesterday"), 400, "Param error: as_of: must be Unix seconds");
    expectError(await asked("github", "alice", `as_of=${now() + 3600}`), 400, "lies in the future");
    expectError(await asked("github", "alice", "as_of=1:1"), 400, "cannot tell when a block of chain 1 was");
    expectError(await asked("github", "alice", "as_of=31337:999999999"), 400, "chain 31337 has no block 999999999 yet");
    expectError(await asked("github", "alice", "cap=x"), 400, "Param error: cap: must be an integer");
  });

  it("is not told by what the avatar alone says, unless one asks for that, and never joins people by it", async () => {
    const [victim, attacker] = [await bound("who-victim"), somebody()];
    // An attacker claims the victim's account, and what is no identity at all.
    const first = claim(attacker, { platform: "github", identity: victim.name });
    const second = claim(attacker, { platform: "dns", identity: "../\u202e", after: first });
    await append(test, [first, second]);
    const card = await cardOf("github", victim.name);
    expect(card.avatars.map((avatar: { public_key: string }) => avatar.public_key)).to.deep.equal([
      victim.person.key.compressed,
    ]);
    expect((await cardOf("nextid", attacker.key.compressed)).identities).to.deep.equal([]);
    const all = await cardOf("nextid", attacker.key.compressed, "level=1");
    const claimed = all.edges.filter(({ from }: { from: Named }) => from.identity === attacker.key.compressed);
    expect(claimed).to.have.length(2);
    for (const edge of claimed)
      expect(edge).to.include({ evidence: "statement" }).and.to.have.property("level").below(3);
    expect(all.avatars).to.have.length(2);
    expect(all.identities.map(idOf)).to.include.members(["dns,../\u202e", `github,${victim.name}`]);
  });

  it("is whoever had it confirmed last; who had it before is shown as disputed", async () => {
    const [before, after] = [somebody(), somebody()];
    const old = attested(before, { platform: "github", identity: "who-handed", createdAt: now() - 86_400 });
    await append(test, [old]);
    expect((await cardOf("github", "who-handed")).avatars[0].public_key).to.equal(before.key.compressed);
    const fresh = attested(after, { platform: "github", identity: "who-handed", accountId: accountIdOf(before) });
    await append(test, [fresh]);
    const card = await cardOf("github", "who-handed");
    expect(card.avatars.map((avatar: { public_key: string }) => avatar.public_key)).to.deep.equal([
      after.key.compressed,
    ]);
    expect(card.identities[0]).to.include({ identity: "who-handed", disputed: true });
    expect(card.disputed).to.have.length(1);
    expect(card.disputed[0]).to.deep.include({
      disputed: true,
      from: { platform: "nextid", identity: before.key.compressed },
    });
    const loser = await cardOf("nextid", before.key.compressed);
    expect(loser.identities).to.deep.equal([]);
    expect(loser.disputed.map(({ to }: { to: Named }) => idOf(to))).to.deep.equal(["github,who-handed"]);
  });

  it("is gone at once with what it rested on, and is still told as of before, by time and by block", async () => {
    const { person, wallet, name } = await bound("who-past");
    const registry = await strangersRegistry(test);
    const { number, timestamp } = (await test.provider.getBlock("latest"))!;
    // Blocks of one second are told apart by nobody.
    while (now() <= timestamp) await sleep(20);
    const { hash } = await registry.release(signRelease(person, wallet, { createdAt: now() }));
    await indexed(test, hash);
    expect((await cardOf("github", name)).identities.map(idOf)).not.to.include(`ethereum,${wallet.wallet}`);
    expect((await cardOf("ethereum", wallet.address)).identities).to.deep.equal([]);
    for (const asOf of [`31337:${number}`, String(timestamp)]) {
      const card = await cardOf("ethereum", wallet.address, `as_of=${asOf}`);
      expect(card.identities.map(idOf), asOf).to.include.members([`ethereum,${wallet.wallet}`, `github,${name}`]);
    }
    expect((await cardOf("github", name, "as_of=1700000000")).identities).to.deep.equal([]);
  });

  it("stops at a cap, and says so", async () => {
    const { name } = await bound("who-capped");
    const card = await cardOf("github", name, "cap=2");
    expect(card.truncated).to.equal(true);
    expect(card.identities.length + card.avatars.length).to.be.at.most(2);
    expect(card.identities[0]).to.include({ identity: name });
  });

  it("is answered shortly while nothing changed, and anew when something did", async () => {
    const { person, domain, name } = await bound("who-cached");
    const path = `/v1/identities/github/${name}`;
    const { headers } = await ask(test.stack, path);
    expect(headers.get("cache-control")).to.equal("no-cache");
    // Unless told otherwise, fetch asks past all caches when it is given a tag.
    const again = (tag: string) =>
      fetch(test.stack.apiUrl + path, { headers: { "if-none-match": tag, "cache-control": "max-age=0" } });
    expect((await again(headers.get("etag")!)).status).to.equal(304);
    expect((await again('W/"another"')).status).to.equal(200);
    await append(test, [attested(person, { platform: "dns", identity: `${name}-2.example`, after: domain })]);
    expect((await again(headers.get("etag")!)).status).to.equal(200);
  });

  it("is told of up to a hundred at once, in their order", async () => {
    const [one, two] = [await bound("who-one"), await bound("who-two")];
    const ids = [
      `dns,${two.name}.example`,
      `github,@${one.name}`,
      "github,who-nobody",
      `ethereum,${two.wallet.address}`,
    ];
    const { status, body } = await post(test.stack, "/v1/identities", { ids, cap: 10 });
    expect(status, JSON.stringify(body)).to.equal(200);
    expect(body.identities.map(idOf)).to.deep.equal([
      `dns,${two.name}.example`,
      `github,${one.name}`,
      "github,who-nobody",
      `ethereum,${two.wallet.wallet}`,
    ]);
    const people = body.identities.map(({ avatars }: { avatars: { public_key: string }[] }) => avatars[0]?.public_key);
    const [first, second] = [one.person.key.compressed, two.person.key.compressed];
    expect(people).to.deep.equal([second, first, undefined, second]);
    const past = await post(test.stack, "/v1/identities", { ids, as_of: 1_700_000_000, level: 5 });
    for (const card of past.body.identities)
      expect(card).to.deep.include({ identities: [], as_of: 1_700_000_000, level: 5 });

    const refused = (change: object) => post(test.stack, "/v1/identities", { ids, ...change });
    expectError(
      await refused({ ids: ["github,alice", "alice"] }),
      400,
      'ids.1: "alice" is not an identity as platform',
    );
    expectError(await refused({ ids: ["github,a b"] }), 400, 'ids.0: identity "a b" is not a GitHub login');
    expectError(await refused({ ids: [] }), 400, "ids");
    expectError(await refused({ ids: Array.from({ length: 101 }, () => "github,alice") }), 400, "ids");
    expectError(await refused({ level: 0 }), 400, "level");
    expectError(await refused({ as_of: "1:1" }), 400, "cannot tell when a block of chain 1 was");
    expectError(await refused({ as_of: "soon" }), 400, "as_of: must be Unix seconds");
  });

  describe("a wallet's handles", () => {
    it("are the accounts and names of whom it belongs to, with evidence", async () => {
      const { person, wallet, name } = await bound("who-wallet");
      const { status, body } = await handlesOf(wallet.address);
      expect(status, JSON.stringify(body)).to.equal(200);
      expect(body).to.include({ platform: "ethereum", identity: wallet.wallet });
      expect(body.handles.map(idOf)).to.have.members([`github,${name}`, `dns,${name}.example`]);
      expect(body.avatars[0].public_key).to.equal(person.key.compressed);
      for (const handle of body.handles) {
        const edge = body.edges.find(({ id }: { id: string }) => id === handle.edges[0]);
        expect(idOf(edge.to)).to.equal(idOf(handle));
        expect(edge.references[0])
          .to.have.property("link_id")
          .match(/^0x[0-9a-f]{64}$/);
      }
      // The domain's record alone is weaker than the account, whose number was seen.
      expect((await handlesOf(wallet.address, "level=4")).body.handles.map(idOf)).to.deep.equal([`github,${name}`]);
    });

    it("are none of an unknown wallet, and an error of what is none", async () => {
      const unknown = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM";
      expect((await handlesOf(unknown)).body).to.deep.include({ platform: "solana", handles: [], avatars: [] });
      expectError(
        await handlesOf("alice.eth"),
        400,
        /"alice.eth" is not an Ethereum address .*, nor the address of a Solana/,
      );
    });

    it("are not given by an account that somebody only claims", async () => {
      const [attacker, { wallet }] = [somebody(), await bound("who-rich")];
      const account = attested(attacker, { platform: "github", identity: "who-thief" });
      await append(test, [account, claim(attacker, { platform: "github", identity: "who-rich", after: account })]);
      expect((await handlesOf(wallet.address)).body.handles.map(idOf)).not.to.include("github,who-thief");
    });
  });

  describe("a search by the beginning", () => {
    it("finds what begins so, in order, whatever the case it is typed in", async () => {
      const { name } = await bound("begins-alpha");
      await bound("begins-beta");
      const { body } = await search("prefix=@Begins-");
      expect(body.identities.map(idOf)).to.deep.equal([
        `github,${name}`,
        "dns,begins-alpha.example",
        "github,begins-beta",
        "dns,begins-beta.example",
      ]);
      expect((await search("prefix=begins-&platform=DNS&limit=1")).body.identities.map(idOf)).to.deep.equal([
        "dns,begins-alpha.example",
      ]);
    });

    it("takes what stands for anything in SQL for itself, and needs a beginning", async () => {
      for (const text of ["%", "_", "\\", "be%alpha", "begins_alpha"]) {
        expect((await search(`prefix=${encodeURIComponent(text)}`)).body, text).to.deep.equal({ identities: [] });
      }
      expectError(await search("prefix="), 400, "Param missing: prefix");
      expectError(await search("prefix=a&platform=myspace"), 400, 'platform "myspace" is not known');
    });
  });
});
