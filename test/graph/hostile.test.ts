import { expect } from "chai";

import { createGraph } from "../../api/graph/graph.ts";
import { behind } from "../../api/graph/prefix.ts";
import type { Graph } from "../../api/graph/types.ts";
import { cardsOf } from "../../api/identities/card.ts";
import { sharedStack } from "../helpers/stack.ts";
import { type GraphDatabase, createGraphDatabase } from "./database.ts";
import { textOf } from "./model.ts";
import { type World, binding, join, makeAvatar, makeWallet, newHash, store } from "./world.ts";

const DAY = 86_400;
const now = Math.floor(Date.now() / 1000);

const [alice, mallory] = [makeAvatar("alice"), makeAvatar("mallory")];
const ALICE = { platform: "nextid", identity: alice.publicKey };
const MALLORY = { platform: "nextid", identity: mallory.publicKey };
const wallet = (digit: string) => ({ platform: "ethereum", identity: `0x${digit.repeat(40)}` });
const hers = wallet("a");
const his = wallet("e");
const pair = ({ platform, identity }: { platform: string; identity: string }): [string, string] => [platform, identity];
const name = (identity: string) => ({ platform: "ens", identity });
/** Mallory's binding of Alice's address. */
const mine = (chainId: number) => binding({ avatar: mallory, ...hers, chainId, time: now - DAY });

/** Alice with her wallet and Mallory with his, a year ago. */
const two = (): World => ({
  bindings: [
    binding({ avatar: alice, ...hers, time: now - 300 * DAY }),
    binding({ avatar: mallory, ...his, time: now - 300 * DAY }),
  ],
  ...{ joins: [], checks: [], names: [] },
});

describe("graph, with an attacker in it", () => {
  let server: string;
  let database: GraphDatabase;
  let graph: Graph;
  before(async () => {
    server = (await sharedStack()).stack.databaseUrl;
    database = await createGraphDatabase(server);
    await database.makeIndexes();
    graph = createGraph(database.db);
  });
  after(() => database.drop());
  afterEach(() => database.empty());

  /** Whether Alice and Mallory are one, at the level that joins people. */
  async function joined(world: World): Promise<boolean> {
    await store(database.db, world);
    const [component, reverse] = await graph.components([ALICE, MALLORY]);
    const one = component!.vertices.some(({ identity }) => identity === mallory.publicKey);
    expect(reverse!.vertices.some(({ identity }) => identity === alice.publicKey)).to.equal(one);
    return one;
  }

  async function texts(...question: Parameters<Graph["beginningWith"]>): Promise<string[]> {
    return (await graph.beginningWith(...question)).map(textOf);
  }

  describe("who would be somebody else", () => {
    it("is joined with them by an alias that both signed", async () => {
      const world = two();
      world.bindings.push(binding({ avatar: mallory, ...ALICE, time: now - DAY }));
      expect(await joined(world)).to.equal(true);
    });

    it("is not joined by a handle that was theirs before", async () => {
      const world = two();
      const handle = { platform: "twitter", identity: "alice" };
      world.bindings.push(binding({ avatar: mallory, ...handle, time: now - 20 * DAY, accountId: "666" }));
      world.bindings.push(binding({ avatar: alice, ...handle, time: now - 10 * DAY, accountId: "1" }));
      expect(await joined(world)).to.equal(false);
      const [holder] = await graph.components([handle]);
      expect(holder!.vertices.map(textOf)).to.include(textOf(ALICE));
      const [around] = await graph.neighbourhoods([handle], 1, { level: 1 });
      expect(around!.edges.map(({ disputed, level }) => [disputed, level]).sort()).to.deep.equal([
        [false, 4],
        [true, 2],
      ]);
    });

    it("takes no handle back by handing in anew what was published before", async () => {
      const world = two();
      const handle = { platform: "twitter", identity: "alice" };
      world.bindings.push(binding({ avatar: alice, ...handle, time: now - 10 * DAY, accountId: "1" }));
      // On chain later, but signed and posted when the handle was his.
      world.bindings.push(
        binding({ avatar: mallory, ...handle, time: now - DAY, createdAt: now - 20 * DAY, accountId: "6" }),
      );
      await store(database.db, world);
      const [holder] = await graph.components([handle]);
      expect(holder!.vertices.map(textOf)).to.include(textOf(ALICE)).and.not.include(textOf(MALLORY));
    });

    it("gets the handle where the holder's proof is gone, as this node saw", async () => {
      const world = two();
      const handle = { platform: "twitter", identity: "alice" };
      const gone = binding({ avatar: alice, ...handle, time: now - 10 * DAY, accountId: "1" });
      world.bindings.push(binding({ avatar: mallory, ...handle, time: now - 20 * DAY, accountId: "6" }), gone);
      const { chainId, linkId } = gone;
      world.checks.push({
        chainId,
        linkId,
        strikes: 2,
        firstFailedAt: now - 5,
        lastCheckedAt: now,
        lastConfirmedAt: null,
      });
      await store(database.db, world);
      const [holder] = await graph.components([handle]);
      expect(holder!.vertices.map(textOf)).to.include(textOf(MALLORY)).and.not.include(textOf(ALICE));
      const [before] = await graph.components([handle], { at: now - 6 });
      expect(before!.vertices.map(textOf)).to.include(textOf(ALICE));
    });

    it("is not joined by claims, nor by names and accounts that say so alone", async () => {
      const world = two();
      world.bindings.push(binding({ avatar: mallory, ...hers, time: now - DAY, status: "claimed" }));
      world.joins.push(join({ kind: "hold", from: pair(his), to: pair(name("mallory.eth")), since: now - DAY }));
      world.joins.push(join({ kind: "resolve", from: pair(name("mallory.eth")), to: pair(hers), since: now - DAY }));
      world.joins.push(join({ kind: "recover", from: pair(hers), to: ["farcaster", "#3"], since: now - DAY }));
      world.joins.push(
        join({ kind: "hold", from: pair(his), to: ["farcaster", "#3"], since: now - DAY, source: "farcaster" }),
      );
      expect(await joined(world)).to.equal(false);
      expect((await graph.path(ALICE, MALLORY, { level: 1 }))?.map(({ level }) => level)).to.deep.equal([5, 2]);
    });

    for (const [how, ties] of Object.entries({
      "by which he goes himself": [
        join({ kind: "resolve", from: pair(name("gift.eth")), to: pair(his), since: now - DAY }),
        join({ kind: "reverse_resolve", from: pair(his), to: pair(name("gift.eth")), since: now - DAY }),
      ],
      "that he still holds elsewhere": [
        join({ kind: "hold", from: pair(his), to: pair(name("gift.eth")), since: now - DAY }),
      ],
    })) {
      it(`is not joined by giving them a name ${how}`, async () => {
        const world = two();
        world.joins.push(
          join({ kind: "hold", from: pair(hers), to: pair(name("gift.eth")), since: now - DAY }),
          ...ties,
        );
        expect(await joined(world)).to.equal(false);
      });
    }

    it("is not joined by giving them a name that his avatar has proven", async () => {
      const world = two();
      world.joins.push(join({ kind: "hold", from: pair(hers), to: pair(name("gift.eth")), since: now - DAY }));
      world.bindings.push(binding({ avatar: mallory, ...name("gift.eth"), time: now - 2 * DAY }));
      expect(await joined(world)).to.equal(false);
    });

    it("is not joined by a name that they once went by and left, which he let resolve to them again", async () => {
      const world = two();
      const left = pair(name("left.eth"));
      world.joins.push(
        join({ kind: "reverse_resolve", from: pair(hers), to: left, since: now - 200 * DAY }),
        join({ kind: "hold", from: pair(hers), to: left, since: now - 201 * DAY, until: now - 100 * DAY }),
        join({ kind: "hold", from: pair(his), to: left, since: now - 10 * DAY }),
        join({ kind: "resolve", from: left, to: pair(hers), since: now - 9 * DAY }),
      );
      world.bindings.push(binding({ avatar: mallory, ...name("left.eth"), time: now - 8 * DAY, accountId: "his" }));
      expect(await joined(world)).to.equal(false);
      // While it was hers it was her name.
      const then = { at: now - 150 * DAY };
      expect((await graph.components([hers], then))[0]!.vertices).to.deep.include(name("left.eth"));
      expect((await graph.vertices([hers]))[0]).to.include({ displayName: null, isPrimary: false });
    });

    it("does not give their account his own stable id, of when the handle was his", async () => {
      const world = two();
      const handle = { platform: "discord", identity: "alice" };
      const [early, late] = alice.address < mallory.address ? [alice, mallory] : [mallory, alice];
      world.bindings.push(binding({ avatar: early, ...handle, time: now - 20 * DAY, accountId: "666" }));
      world.bindings.push(binding({ avatar: late, ...handle, time: now - 10 * DAY, accountId: "1" }));
      await store(database.db, world);
      expect((await graph.vertices([handle]))[0]!.uid).to.equal("1");
    });

    it("does not take their edge's uuid by one of his own", async () => {
      const world = two();
      const [first] = world.bindings;
      world.bindings.push(binding({ avatar: mallory, identity: "copycat", time: now - DAY, uuid: first!.uuid }));
      await store(database.db, world);
      expect((await graph.edge(first!.uuid))?.from).to.deep.equal(ALICE);
    });
  });

  describe("who deploys a contract wallet at their address on another chain", () => {
    const vault = name("vault.eth");
    const called = (since: number) => [
      join({ kind: "hold", from: pair(hers), to: pair(vault), since }),
      join({ kind: "resolve", from: pair(vault), to: pair(hers), since }),
      join({ kind: "reverse_resolve", from: pair(hers), to: pair(vault), since }),
    ];

    it("is not joined with them, nor by handing in their link there as well", async () => {
      const world = two();
      world.bindings.push(mine(10));
      expect(await joined(world)).to.equal(false);
      expect(await graph.path(ALICE, MALLORY)).to.equal(null);
      const [component] = await graph.components([hers], { disputes: 10 });
      expect(component!.vertices).to.deep.include(ALICE);
      expect(component!.disputed.map(({ from, disputed, level }) => [from, disputed, level])).to.deep.equal([
        [MALLORY, true, 2],
      ]);
      expect((await graph.path(ALICE, MALLORY, { level: 2 }))?.map(({ disputed }) => disputed)).to.include(true);
      const [around] = await graph.neighbourhoods([ALICE], 5);
      expect(around!.neighbours.map(({ vertex }) => textOf(vertex))).to.deep.equal([textOf(hers)]);

      // His contract there takes whatever he hands in.
      await database.empty();
      const [first] = world.bindings;
      world.bindings.push({ ...first!, chainId: 10, time: now - DAY / 2, transactionHash: newHash() });
      expect(await joined(world)).to.equal(false);
    });

    it("does not get the names by which it goes, or which it holds, where they are", async () => {
      const world = two();
      world.bindings.shift();
      world.bindings.push(mine(10));
      world.joins.push(...called(now - 100 * DAY));
      await store(database.db, world);
      const [component] = await graph.components([vault]);
      expect(component!.vertices).to.deep.equal([vault, hers]);
      expect(await graph.path(vault, MALLORY)).to.equal(null);

      await database.empty();
      world.joins.length = 1;
      await store(database.db, world);
      const [holder] = await graph.components([vault]);
      expect(holder!.vertices).to.deep.equal([vault]);
      expect((await graph.components([MALLORY]))[0]!.vertices)
        .to.deep.include(hers)
        .and.not.include(vault);
      expect(await graph.path(vault, MALLORY)).to.equal(null);
    });

    it("takes nothing from whoever has the wallet's key, whatever the chain", async () => {
      const world = two();
      const own = { platform: "ethereum", identity: makeWallet("alice") };
      world.bindings.push(
        binding({ avatar: alice, ...own, chainId: 10, time: now - DAY }),
        binding({ avatar: mallory, ...own, chainId: 8453, time: now - DAY }),
      );
      world.joins.push(join({ kind: "hold", from: pair(own), to: pair(vault), since: now - DAY }));
      expect(await joined(world)).to.equal(true);
      expect((await graph.components([ALICE]))[0]!.vertices).to.deep.include(vault);
    });

    it("is not joined where only his side of it is asked for", async () => {
      const world = two();
      const link = mine(10);
      world.bindings.push(link);
      await store(database.db, world);
      const [around] = await graph.neighbourhoods([MALLORY], 1);
      expect(around!.neighbours.map(({ vertex }) => vertex)).to.not.deep.include(hers);
      const [edges] = await graph.incident([MALLORY], { level: 1 });
      const told = edges!.find(({ references: [best] }) => best!.linkId === link.linkId)!;
      expect(told).to.include({ disputed: true, level: 2 });
      expect(await graph.edge(link.uuid)).to.deep.include({ disputed: true, level: 2 });
      expect(await graph.path(MALLORY, hers)).to.equal(null);
      expect((await graph.path(MALLORY, hers, { level: 1 }))!.map(({ level }) => level)).to.deep.equal([2]);
      expect((await graph.components([MALLORY], { cap: 3 }))[0]!.vertices).to.not.deep.include(hers);
    });

    it("does not push them out of a small answer by many avatars that come first", async () => {
      const crowd = Array.from({ length: 12 }, (_, index) => makeAvatar(`told ${index}`));
      crowd.sort((a, b) => (a.publicKey < b.publicKey ? -1 : 1));
      const owner = crowd.pop()!;
      const hersToo = { platform: "nextid", identity: owner.publicKey };
      const bound = crowd.map((avatar) => binding({ avatar, ...hers, chainId: 10, time: now - DAY }));
      await store(database.db, {
        bindings: [binding({ avatar: owner, ...hers, time: now - 300 * DAY }), ...bound],
        ...{ joins: [], checks: [], names: [] },
      });
      for (const cap of [1, 2, 3, 5]) {
        const [component] = await graph.components([hers], { cap, disputes: 100 });
        expect(component!.vertices).to.deep.equal([hers, hersToo].slice(0, cap));
        if (cap > 1) expect(component!.truncated).to.equal(false);
        if (cap > 1) expect(component!.disputed).to.have.length(crowd.length);
        const mallorys = { platform: "nextid", identity: crowd[0]!.publicKey };
        expect((await graph.components([mallorys], { cap }))[0]!.vertices).to.deep.equal([mallorys]);
      }
    });

    it("takes nothing by so many avatars that they are not all read: then no contract counts", async () => {
      const crowd = Array.from({ length: 300 }, (_, index) => makeAvatar(`read ${index}`));
      crowd.sort((a, b) => (a.address < b.address ? -1 : 1));
      const owner = crowd.pop()!;
      const hersToo = { platform: "nextid", identity: owner.publicKey };
      const mallorys = { platform: "nextid", identity: crowd[0]!.publicKey };
      const own = { platform: "ethereum", identity: makeWallet("owner") };
      const bound = crowd.map((avatar) => binding({ avatar, ...hers, chainId: 10, time: now - DAY }));
      await store(database.db, {
        bindings: [...[hers, own].map((it) => binding({ avatar: owner, ...it, time: now - 300 * DAY })), ...bound],
        ...{ joins: [], checks: [], names: [] },
      });
      for (const at of [{}, { at: now }]) {
        const [address, person, stranger] = await graph.components([hers, hersToo, mallorys], { cap: 20, ...at });
        expect(address!.vertices).to.deep.equal([hers]);
        expect(address!.truncated).to.equal(true);
        expect(person!.vertices).to.deep.equal([hersToo, own]);
        expect(stranger!.vertices).to.deep.equal([mallorys]);
      }
    });

    it("is one with them where both have it on the same chains: its contract there said so of both", async () => {
      const world = two();
      world.bindings.push(mine(1));
      expect(await joined(world)).to.equal(true);
    });
  });

  describe("who would make it work", () => {
    it("does not push people's own identities out by names that were given to them", async () => {
      const world = two();
      for (let index = 0; index < 700; index++) {
        world.joins.push(
          join({ kind: "hold", from: pair(hers), to: pair(name(`a${index}.spam.eth`)), since: now - DAY }),
        );
      }
      await store(database.db, world);
      const [component] = await graph.components([hers]);
      expect(component!.truncated).to.equal(true);
      expect(component!.vertices).to.have.length(500);
      expect(component!.vertices).to.deep.include(ALICE);
    });

    it("does not push people's farther identities out by what was given to the nearest", async () => {
      const world = two();
      const handle = { platform: "twitter", identity: "alice" };
      world.bindings.push(binding({ avatar: alice, ...handle, time: now - DAY }));
      for (let index = 10; index < 40; index++) {
        world.joins.push(join({ kind: "hold", from: pair(hers), to: pair(name(`a${index}.eth`)), since: now - DAY }));
      }
      await store(database.db, world);
      const [component] = await graph.components([hers], { cap: 10 });
      const given = [10, 11, 12, 13, 14, 15, 16].map((index) => `ens,a${index}.eth`);
      const near = ["ens,a10.eth", ...given.slice(1), textOf(ALICE)];
      expect(component!.vertices.map(textOf)).to.deep.equal([textOf(hers), ...near, textOf(handle)]);
      expect(component!.edges).to.have.length(9);
      expect(component!.truncated).to.equal(true);
      const [whole] = await graph.components([hers], { cap: 33 });
      expect(whole!.vertices).to.have.length(33);
      expect(whole!.truncated).to.equal(false);
    });

    it("hides nothing of a small answer by what was given to them and taken back", async () => {
      const world = two();
      const real = name("real.eth");
      const [since, until] = [now - 20 * DAY, now - 5 * DAY];
      world.joins.push(join({ kind: "hold", from: pair(hers), to: pair(real), since: now - 100 * DAY, until }));
      for (let index = 10; index < 60; index++) {
        const given = pair(name(`a${index}.eth`));
        world.joins.push(join({ kind: "hold", from: pair(hers), to: given, since, until: since + DAY }));
      }
      await store(database.db, world);
      for (const cap of [3, 4]) {
        const [component] = await graph.components([hers], { cap, at: now - 10 * DAY });
        expect(component!.vertices).to.have.deep.members([hers, ALICE, real]);
        expect(component!.truncated).to.equal(false);
      }
    });

    it("does not break the way to somebody by what was given to whom it leads past", async () => {
      const world = two();
      for (let index = 0; index < 1_100; index++) {
        world.joins.push(join({ kind: "claim", from: pair(hers), to: ["github", `a${index}`], since: now - DAY }));
      }
      // Last of all that she claims, from where another way leads on; he comes from there, and from elsewhere.
      const last = { platform: "github", identity: "zz" };
      world.joins.push(join({ kind: "claim", from: pair(hers), to: pair(last), since: now - DAY }));
      world.bindings.push(binding({ avatar: mallory, ...last, time: now - DAY }));
      for (let index = 0; index < 3; index++) {
        world.bindings.push(binding({ avatar: mallory, identity: `his${index}`, time: now - DAY }));
      }
      const [alone] = [{ platform: "twitter", identity: "alice" }];
      world.bindings.push(binding({ avatar: alice, ...alone, time: now - DAY }));
      await store(database.db, world);
      const way = await graph.path(MALLORY, alone, { level: 1 });
      expect(way?.map(({ to }) => textOf(to))).to.deep.equal([textOf(last), textOf(last), textOf(hers), textOf(alone)]);
    });

    it("costs no more than they have avatars where many are asked who is disputed", async () => {
      const world = two();
      const COUNT = 120;
      for (let index = 0; index < COUNT; index++) {
        world.bindings.push(binding({ avatar: makeAvatar(`many ${index}`), ...hers, time: now - DAY }));
      }
      await store(database.db, world);
      await database.db.query("ANALYZE");
      const read = await database.rowsRead(async () => {
        const asked = { level: 3 as const, at: undefined, time: now };
        const [card] = await cardsOf(graph, [hers], asked, 500);
        expect(card!.avatars).to.have.length(COUNT + 1);
      });
      expect(read.tuples).to.be.lessThan(COUNT * COUNT * 4);
    });

    it("reads no more of claims, names and histories than it answers with", async () => {
      const world = two();
      const COUNT = 20_000;
      const handle = { platform: "twitter", identity: "alice" };
      world.bindings.push(binding({ avatar: alice, ...handle, time: now - 300 * DAY, asOf: now }));
      await store(database.db, world);
      await database.db.query(
        `INSERT INTO indexer_test.binding SELECT b.chain_id, b.key || n, b.avatar || n, b.identity_key, b.platform, b.identity,
           'claimed', b.link || n, b.account_id, b.proof_location, b.as_of, b.attesters, b.attestations, b.created_at,
           b.updated_at, b.transaction_hash, b.log_index
         FROM indexer_test.binding b, generate_series(1, $2) n WHERE b.identity = ANY($1)`,
        [[hers.identity, handle.identity], COUNT],
      );
      await database.db.query(
        `INSERT INTO indexer_test.edge (chain_id, slot, source, kind, from_platform, from_identity, to_platform, to_identity,
           since, block_number, transaction_hash, log_index)
         SELECT 1, 'ens:resolve:' || n, 'ens', 'resolve', 'ens', n || '.spam.eth', 'ethereum', $1,
           $3, n, 'hash', 0 FROM generate_series(1, $2) n`,
        [hers.identity, COUNT, now - DAY],
      );
      await database.db.query("ANALYZE");
      const read = await database.rowsRead(async () => {
        const [component] = await graph.components([hers]);
        expect(component!.vertices.map(textOf)).to.deep.equal([textOf(hers), textOf(ALICE), textOf(handle)]);
        expect(component!.truncated).to.equal(false);
      });
      expect(read.tuples).to.be.lessThan(100);
      const weak = await database.rowsRead(async () => {
        const [component] = await graph.components([hers], { level: 1, cap: 50 });
        expect(component!.vertices).to.have.length(50);
        expect(component!.truncated).to.equal(true);
      });
      expect(weak.tuples).to.be.lessThan(10_000);
      const past = await database.rowsRead(async () => {
        await graph.components([hers], { at: now - 2 * DAY, cap: 50 });
      });
      expect(past.tuples).to.be.lessThan(10_000);
      const described = await database.rowsRead(async () => {
        expect((await graph.vertices([hers]))[0]).to.include({ isPrimary: false, addedAt: now - 300 * DAY });
        await graph.beginningWith("0x");
        await graph.beginningWith("", { platforms: ["ethereum"], limit: 5 });
        await graph.edge(world.bindings[0]!.uuid);
        await graph.path(hers, his);
      });
      expect(described.tuples).to.be.lessThan(2_000);
      for (const { scans } of [read, weak, past, described]) expect(scans).to.equal(0);
    });

    it("answers what no text of the database can be, and no edge's name, with nothing", async () => {
      await store(database.db, two());
      for (const identity of ["\0", "\ud800", "'; DROP TABLE api.checks; --", "x".repeat(100_000)]) {
        const odd = { platform: "ethereum", identity };
        expect(await graph.components([odd, hers])).to.have.length(2);
        expect((await graph.components([odd]))[0]!.edges).to.deep.equal([]);
        expect(await graph.path(odd, hers)).to.equal(null);
        expect((await graph.vertices([hers, odd])).map(({ addedAt }) => addedAt)).to.deep.equal([
          now - 300 * DAY,
          null,
        ]);
        expect(await graph.beginningWith(identity)).to.deep.equal([]);
        expect(await graph.edge(identity)).to.equal(null);
      }
      expect(await graph.components([hers], { at: -1 })).to.have.length(1);
      expect(await graph.components([hers], { at: 1e300 })).to.have.length(1);
    });
  });

  describe("prefixes", () => {
    it("tells what begins so in order, of all platforms or of some, and what counts only", async () => {
      const world = two();
      const handles = ["al", "alan", "alb", "al%", "al_x", "alç", "am", "Al"];
      for (const identity of handles) world.bindings.push(binding({ avatar: alice, identity, time: now - DAY }));
      world.bindings.push(binding({ avatar: mallory, identity: "alan", time: now - DAY }));
      world.bindings.push(binding({ avatar: alice, identity: "alan", platform: "twitter", time: now - DAY }));
      world.bindings.push(binding({ avatar: mallory, identity: "alclaim", status: "claimed", time: now - DAY }));
      const gone = binding({ avatar: mallory, identity: "algone", time: now - DAY });
      world.bindings.push(gone);
      const { chainId, linkId } = gone;
      world.checks.push({ chainId, linkId, strikes: 2, firstFailedAt: now, lastCheckedAt: now, lastConfirmedAt: null });
      world.names.push({ chainId: 1, platform: "ens", identity: "alice.eth", expiresAt: now + DAY });
      world.names.push({ chainId: 1, platform: "ens", identity: "alold.eth", expiresAt: now - DAY });
      await store(database.db, world);
      const all = ["github,al", "github,al%", "github,al_x", "github,alan", "twitter,alan", "github,alb", "ens,alice.eth", "github,alç"]; // prettier-ignore
      expect(await texts("al")).to.deep.equal(all);
      expect(await texts("al", { limit: 3 })).to.deep.equal(all.slice(0, 3));
      expect(await texts("al", { platforms: ["twitter", "ens", "nothing"] })).to.deep.equal([
        "twitter,alan",
        "ens,alice.eth",
      ]);
      expect(await texts("al%")).to.deep.equal(["github,al%"]);
      expect(await texts("alice.eth\u{10ffff}")).to.deep.equal([]);
      expect(await texts(alice.publicKey.slice(0, 12))).to.deep.equal([textOf(ALICE)]);
      expect(await texts("", { limit: 0 })).to.deep.equal([]);
    });

    it("reads no more of what begins otherwise than of what does not begin so", async () => {
      const world = two();
      world.bindings.push(binding({ avatar: alice, identity: "al", time: now - DAY }));
      await store(database.db, world);
      await database.db.query(
        `INSERT INTO indexer_test.binding SELECT b.chain_id, b.key || n, b.avatar, b.identity_key || n, b.platform, 'b' || n,
           b.status, b.link || n, b.account_id, b.proof_location, b.as_of, b.attesters, b.attestations, b.created_at,
           b.updated_at, b.transaction_hash, b.log_index
         FROM indexer_test.binding b, generate_series(1, 20000) n WHERE b.identity = 'al'`,
      );
      await database.db.query("ANALYZE");
      const read = await database.rowsRead(async () => {
        expect(await texts("al")).to.deep.equal(["github,al"]);
        expect(await texts("c")).to.deep.equal([]);
        expect(await texts("b1", { limit: 3 })).to.deep.equal(["github,b1", "github,b10", "github,b100"]);
      });
      expect(read.scans).to.equal(0);
      expect(read.tuples).to.be.lessThan(200);
    });

    it("ends where the last text that begins so ends", () => {
      expect(behind("al")).to.equal("am");
      expect(behind("a\ud7ff")).to.equal("a\ue000");
      expect(behind("a\u{10ffff}")).to.equal("b");
      expect(behind("")).to.equal("\u{10ffff}".repeat(256));
    });
  });
});
