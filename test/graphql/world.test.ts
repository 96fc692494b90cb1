import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { expect } from "chai";
import { pino } from "pino";

import { createGraph } from "../../api/graph/graph.ts";
import { MAX_VERTICES } from "../../api/graphql/loaders.ts";
import { follow } from "../../api/graphql/following.ts";
import { REQUEST_LIMITS, type RequestLimits } from "../../api/graphql/budget.ts";
import { type GraphqlAnswer, answer } from "../../api/graphql/execute.ts";
import type { Watch } from "../../api/observe/readiness.ts";
import { type GraphDatabase, createGraphDatabase } from "../graph/database.ts";
import { type World, binding, join, makeAvatar, store } from "../graph/world.ts";
import { sharedStack } from "../helpers/stack.ts";
import { documents } from "./vectors.ts";

const now = Math.floor(Date.now() / 1000);
const DAY = 24 * 3600;
/** An address of one digit. */
const address = (digit: number | string): string => `0x${String(digit).padStart(40, "0")}`;

/** Somebody with names in registries; a crowd of whom everybody knows everybody; and many small groups. */
const alice = makeAvatar("Alice");
const [wallet, other] = [address("a11ce"), address("b0b")];
const GROUPS = 100;
const GROUP_SIZE = 12;
const CROWD = 520;

/** As those of every request, but smaller, so that a small world is too much for them. */
const LIMITS: RequestLimits = { vertices: 1_000, edges: 4_000, fields: 40_000, milliseconds: 10_000 };

function world(): World {
  const bindings = [
    binding({ avatar: alice, platform: "ethereum", identity: wallet, time: now - 10 * DAY }),
    binding({ avatar: alice, platform: "twitter", identity: "alice", accountId: "12", time: now - 9 * DAY }),
    binding({ avatar: alice, platform: "github", identity: "stale", accountId: "13", time: now - 120 * DAY }),
  ];
  for (let group = 0; group < GROUPS; group++) {
    const avatar = makeAvatar(`group ${group}`);
    for (let member = 0; member < GROUP_SIZE - 1; member++)
      bindings.push(
        binding({ avatar, identity: `group-${group}-${member}`, accountId: `${group}${member}x`, time: now }),
      );
  }
  const hub = makeAvatar("hub");
  for (let member = 0; member < CROWD; member++)
    bindings.push(binding({ avatar: hub, identity: `crowd-${member}`, accountId: `c${member}`, time: now }));
  const since = now - 20 * DAY;
  const ens = (name: string): [string, string] => ["ens", name];
  const eth = (who: string): [string, string] => ["ethereum", who];
  return {
    bindings,
    joins: [
      join({ kind: "hold", from: eth(wallet), to: ens("alice.eth"), since }),
      join({ kind: "resolve", from: ens("alice.eth"), to: eth(wallet), since }),
      join({ kind: "reverse_resolve", from: eth(wallet), to: ens("alice.eth"), since }),
      join({ kind: "hold", from: eth(wallet), to: ens("second.eth"), since: since + 1 }),
      join({ kind: "resolve", from: ens("second.eth"), to: eth(other), since }),
      join({ kind: "reverse_resolve", from: eth(other), to: ens("alice.eth"), since }),
      join({ kind: "hold", from: eth(wallet), to: ["farcaster", "#3"], source: "farcaster", since, chainId: 10 }),
    ],
    checks: [],
    names: [
      { chainId: 1, platform: "ens", identity: "alice.eth", expiresAt: now + 100 * DAY },
      { chainId: 1, platform: "ens", identity: "second.eth", expiresAt: 2 ** 33 },
      { chainId: 1, platform: "ens", identity: "late.eth", expiresAt: now - 10 * DAY },
      { chainId: 1, platform: "ens", identity: "gone.eth", expiresAt: now - 100 * DAY },
      { chainId: 10, platform: "farcaster", identity: "#3", expiresAt: null },
    ],
  };
}

describe("GraphQL over a graph", function () {
  this.timeout(60_000);
  let database: GraphDatabase;
  let queries = 0;
  let sources: Parameters<typeof answer>[1];
  let blocks = { indexed: 100, head: 100 };
  before(async function () {
    this.timeout(120_000);
    database = await createGraphDatabase((await sharedStack()).stack.databaseUrl);
    await store(database.db, world());
    const texts = { avatar: "https://alice.example/me.png", description: "Alice", "com.twitter": "not_me" };
    await database.db.query("UPDATE indexer.name SET texts = $1 WHERE identity = 'alice.eth'", [texts]);
    await database.makeIndexes();
    await database.db.query("ANALYZE");
    const counting = new Proxy(database.db, {
      get: (pool, key) => {
        if (key === "query") queries++;
        const value: unknown = Reflect.get(pool, key);
        return typeof value === "function" ? value.bind(pool) : value;
      },
    });
    sources = {
      graph: createGraph(counting),
      // How far the chain is, of which there is none here.
      following: follow(database.db, 1, { blocks: async () => blocks } as unknown as Watch),
      log: pino({ level: "silent" }),
    };
  });
  after(() => database?.drop());

  async function ask(query: string, variables?: Record<string, unknown>, gone?: AbortSignal): Promise<GraphqlAnswer> {
    return answer({ query, variables: variables ?? null }, sources, gone);
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- a wire shape that the test itself looks at
  async function data(query: string, variables?: Record<string, unknown>): Promise<any> {
    const { data: found, errors } = await ask(query, variables);
    expect(errors, JSON.stringify(errors)).to.equal(undefined);
    return JSON.parse(JSON.stringify(found));
  }

  describe("names", () => {
    it("of an address: those it holds, the one it calls its own, and an account elsewhere", async () => {
      const { identity } = await data(`{ identity(platform: ethereum, identity: "${wallet}") {
        displayName primaryName isPrimary reverse network
        nft(category: ["ENS"]) { id category chain owner { identity } expiredAt symbol address }
        page: nft(limit: 1, offset: 1) { id } none: nft(category: [erc721]) { id }
        reverseRecords { system name reverse source }
        resolvedAddress { address } ownerAddress { address network } avatar { id }
      } }`);
      expect(identity).to.deep.equal({
        ...{ displayName: "alice.eth", primaryName: "alice.eth", isPrimary: true, reverse: true, network: "ethereum" },
        nft: [
          {
            ...{ id: "alice.eth", category: "ens", chain: "ethereum", owner: { identity: wallet } },
            ...{ expiredAt: now + 100 * DAY, symbol: null, address: "" },
          },
          {
            ...{ id: "second.eth", category: "ens", chain: "ethereum", owner: { identity: wallet } },
            ...{ expiredAt: 2 ** 31 - 1, symbol: null, address: "" },
          },
        ],
        ...{ page: [{ id: "second.eth" }], none: [] },
        reverseRecords: [{ system: "ens", name: "alice.eth", reverse: true, source: "ens" }],
        resolvedAddress: [{ address: wallet }],
        ownerAddress: [{ address: wallet, network: "ethereum" }],
        avatar: { id: `nextid,${alice.publicKey}` },
      });
    });

    it("by themselves: whose they are, and what they stand for, which need not be the same", async () => {
      const { first, second, none } = await data(`{
        first: domain(domainSystem: "ENS", name: "Alice.eth") { ...D }
        second: domain(domainSystem: ens, name: "second.eth") { ...D }
        none: domain(domainSystem: "dotbit", name: "alice.bit") { ...D }
      } fragment D on ResolveEdge { system name source reverse expiredAt resolved { identity } owner { identity } reverseRecord { identity } }`);
      expect(first).to.deep.equal({
        ...{ system: "ens", name: "alice.eth", source: "ens", reverse: true, expiredAt: now + 100 * DAY },
        ...{ resolved: { identity: wallet }, owner: { identity: wallet }, reverseRecord: { identity: "alice.eth" } },
      });
      expect(second).to.deep.include({
        ...{ reverse: false, resolved: { identity: other }, owner: { identity: wallet }, reverseRecord: null },
      });
      expect(none).to.equal(null);
      const { identity, nft } = await data(`{
        identity(platform: ens, identity: "alice.eth") {
          ownedBy { identity } ownerAddress { address } resolveAddress { chain address } reverse avatarUrl
          profile { address displayName description texts addresses { address } }
        }
        nft(chain: "ethereum", category: ENS, id: "second.eth") { owner { identity } id transaction }
      }`);
      expect(identity).to.deep.equal({
        ...{ ownedBy: { identity: wallet }, ownerAddress: [{ address: wallet }], reverse: true },
        ...{ resolveAddress: [{ chain: "ethereum", address: wallet }], avatarUrl: "https://alice.example/me.png" },
        profile: {
          ...{ address: wallet, displayName: "alice.eth", description: "Alice", addresses: [{ address: wallet }] },
          texts: { avatar: "https://alice.example/me.png", description: "Alice", "com.twitter": "not_me" },
        },
      });
      expect(nft).to.deep.include({ owner: { identity: wallet }, id: "second.eth" });
    });

    it("join nobody where only one side says so", async () => {
      const { identity } = await data(`{ identity(platform: ethereum, identity: "${other}") {
        identityGraph { vertices { id } } primaryName all: identityGraph(level: 2) { vertices { id } }
      } }`);
      expect(identity.identityGraph.vertices).to.deep.equal([{ id: `ethereum,${other}` }]);
      expect(identity.primaryName).to.equal(null);
      expect(identity.all.vertices).to.deep.include({ id: "ens,alice.eth" });
    });

    it("are asked for by the address that holds them, and left out where not primary ones are asked for", async () => {
      const { identities } = await data(
        `{ identities(ids: ["farcaster,${wallet}", "ens,${wallet}", "lens,${wallet}"]) { id aliases } }`,
      );
      expect(identities.map(({ id }: { id: string }) => id)).to.deep.equal(["farcaster,#3", "ens,alice.eth"]);
      expect(identities[0].aliases).to.include(`farcaster,${wallet}`);
      const graph = (reverse: string) => `identityGraph${reverse} { vertices { id } edges { source target } }`;
      const { identity } = await data(`{ identity(platform: twitter, identity: "alice") {
        all: ${graph("")} primary: ${graph("(reverse: true)")} others: ${graph("(reverse: false)")}
        neighbor(depth: 5, reverse: true) { identity { id } }
      } }`);
      const ids = ({ vertices }: { vertices: { id: string }[] }) => vertices.map(({ id }) => id);
      expect(ids(identity.all)).to.include.members(["ens,alice.eth", "ens,second.eth", "twitter,alice"]);
      expect(ids(identity.primary)).to.include("ens,alice.eth").and.not.include("ens,second.eth");
      expect(ids(identity.others)).to.include("ens,second.eth").and.not.include("ens,alice.eth");
      expect(JSON.stringify(identity.primary.edges)).not.to.include("second.eth");
      expect(JSON.stringify(identity.neighbor)).to.include("alice.eth").and.not.include("second.eth");
    });

    it("are free only where the registry is indexed and has none", async () => {
      const search = async (name: string) =>
        (
          await data(
            "query ($n: String) { domainAvailableSearch(name: $n) { platform name tld availability status } }",
            { n: name },
          )
        ).domainAvailableSearch;
      const entry = (name: string, status: string) => [
        { platform: "ens", name, tld: "eth", availability: status === "available", status },
      ];
      expect(await search("Alice")).to.deep.equal(entry("alice.eth", "taken"));
      expect(await search("alice.lens")).to.deep.equal(entry("alice.eth", "taken"));
      expect(await search("late")).to.deep.equal(entry("late.eth", "protected"));
      expect(await search("gone.eth")).to.deep.equal(entry("gone.eth", "available"));
      expect(await search("nobody-has-this")).to.deep.equal(entry("nobody-has-this.eth", "available"));
      expect(await search("no name")).to.deep.equal([]);
      const lists = await data(
        '{ availableNameSystem availableUpstreams availablePlatforms nameSuggest(name: "AL") { platform name } }',
      );
      expect(lists.availableNameSystem).to.deep.equal(["ens"]);
      expect(lists.availableUpstreams).to.deep.equal(["nextid", "ens", "farcaster"]);
      expect(lists.availablePlatforms).to.include.members(["twitter", "farcaster"]).and.not.include("basenames");
      expect(lists.nameSuggest).to.deep.equal([{ platform: "ens", name: "alice.eth" }]);
    });

    it("and accounts say how old what is known of them is", async () => {
      const status = async (platform: string, identity: string) =>
        (await data(`{ identity(platform: ${platform}, identity: "${identity}") { status } }`)).identity.status;
      expect(await status("twitter", "alice")).to.deep.equal(["cached"]);
      expect(await status("github", "stale")).to.deep.equal(["outdated"]);
      blocks = { indexed: 10, head: 100 };
      const following = follow(database.db, 1, { blocks: async () => blocks } as unknown as Watch);
      const behind = await answer(
        { query: '{ identity(platform: twitter, identity: "alice") { status } }' },
        { ...sources, following },
      );
      expect(JSON.stringify(behind.data)).to.include("fetching");
    });
  });

  it("answers the documents of all clients for somebody with names", async () => {
    const words: Record<string, string> = {
      wallet,
      handle: "alice",
      github: "stale",
      name: "alice.eth",
      uuid: crypto.randomUUID(),
    };
    const named = (text: string) =>
      text.replace(/@(wallet|handle|github|name|uuid)\b/g, (_all, word: string) => words[word]!);
    for (const { name, text, variables } of documents()) {
      const { errors, data: found } = await ask(named(text), JSON.parse(named(variables)));
      expect(errors, `${name} ${JSON.stringify(errors)}`).to.equal(undefined);
      if (name === "maskbook-2024")
        expect(JSON.stringify(found)).to.include('"id":"second.eth"').and.include("HoldRecord");
      if (name.endsWith("-nft") || name === "web3bio-2023-ens") expect(JSON.stringify(found), name).to.include(wallet);
    }
  });

  describe("asks the database", () => {
    it("as often for a hundred as for ten", async () => {
      const counts: number[] = [];
      for (const size of [10, 100]) {
        const ids = Array.from({ length: size }, (_value, index) => `github,group-${index % GROUPS}-1`);
        const before = queries;
        const found = await data(
          `query ($ids: [String!]) { identities(ids: $ids) {
            id uid displayName status aliases avatar { id } nft { id } neighbor { identity { id ownedBy { id } } } profile { address texts }
          } }`,
          { ids },
        );
        expect(found.identities).to.have.length(size);
        counts.push(queries - before);
      }
      expect(counts[1]).to.equal(counts[0]);
      expect(counts[0]).to.be.below(8);
    });

    it("no more once nobody waits", async () => {
      const blocker = await database.db.connect();
      try {
        await blocker.query("BEGIN; LOCK TABLE indexer_test.binding IN ACCESS EXCLUSIVE MODE");
        const gone = new AbortController();
        const before = queries;
        const asking = ask(
          `{ identity(platform: twitter, identity: "alice") { neighbor { identity { uid } } } }`,
          {},
          gone.signal,
        );
        while (queries === before) await new Promise(setImmediate);
        gone.abort();
        expect((await asking).errors?.[0]?.message).to.match(/nobody waits/);
        const asked = queries;
        await blocker.query("ROLLBACK");
        await data("{ ping }");
        expect(queries).to.equal(asked);
      } finally {
        blocker.release();
      }
    });
  });

  describe("refuses in bounded work", () => {
    const crowd = `identity(platform: github, identity: "crowd-1")`;
    const nest = (depth: number): string =>
      depth === 0 ? "id" : `neighbor(depth: 5) { identity { ${nest(depth - 1)} } }`;
    const ids = Array.from({ length: 100 }, (_value, index) => `github,group-${index}-1`);
    const abuses: [name: string, query: string, variables: Record<string, unknown>, message: RegExp][] = [
      [
        "neighbours of neighbours of a crowd",
        `{ ${crowd} { ${nest(4)} } }`,
        {},
        /more than 1000 vertices|more than 40000 fields/,
      ],
      [
        "more graphs than one request may have",
        "query ($ids: [String!]) { identitiesWithGraph(ids: $ids) { identityGraph { vertices { id } } } }",
        { ids },
        /more than 1000 vertices/,
      ],
      [
        "a crowd under thirty names",
        `{ ${crowd} { ${Array.from({ length: 30 }, (_value, index) => `a${index}: neighborWithTraversal(depth: 5) { from { id uuid platform } to { id uuid platform } }`).join(" ")} } }`,
        {},
        /more than 40000 fields/,
      ],
      [
        "twenty batches of a hundred",
        `query ($ids: [String!]) { ${Array.from({ length: 20 }, (_value, index) => `a${index}: identities(ids: $ids, asOf: ${now - index}) { addedAt }`).join(" ")} }`,
        { ids },
        /more than 1000 vertices/,
      ],
      [
        "ways between many",
        `{ ${Array.from({ length: 10 }, (_value, index) => `a${index}: path(from: "github,crowd-${index}", to: "github,group-1-1") { level }`).join(" ")} }`,
        {},
        /more than 1000 vertices/,
      ],
      [
        "a batch of more than a hundred",
        "query ($ids: [String!]) { identities(ids: $ids) { id } }",
        { ids: [...ids, "github,a"] },
        /101 ids are too many/,
      ],
    ];
    for (const [name, query, variables, message] of abuses) {
      it(name, async () => {
        const before = queries;
        const { errors, data: found } = await answer({ query, variables }, { ...sources, limits: LIMITS });
        expect(errors?.[0]?.message, JSON.stringify(errors)?.slice(0, 300)).to.match(message);
        expect(errors!.length).to.be.at.most(20);
        expect(JSON.stringify(found ?? null).length).to.be.below(100_000);
        expect(queries - before, "queries").to.be.at.most(130);
      });
    }

    it("and keeps nothing of it", async () => {
      setFlagsFromString("--expose-gc");
      const collect = runInNewContext("gc") as () => void;
      const abuse = async (round: number) => {
        // All but the slowest.
        for (const [, query, variables] of abuses.slice(1))
          await answer({ query: `${query} # ${round}`, variables }, { ...sources, limits: LIMITS });
      };
      await abuse(0);
      collect();
      const before = process.memoryUsage().heapUsed;
      for (let round = 1; round <= 3; round++) await abuse(round);
      collect();
      // The documents that it keeps take up to 16 MB.
      expect(process.memoryUsage().heapUsed - before).to.be.below(48 * 1024 * 1024);
    });

    it("with room for the largest graph that is answered, ten times", () => {
      expect(REQUEST_LIMITS.vertices)
        .to.be.at.least(10 * MAX_VERTICES)
        .and.at.most(10_000);
    });

    it("but answers what is large and within reason: a crowd, cut off at 500, and said so", async () => {
      const { identity } = await data(
        `{ ${crowd} { identityGraph { truncated graphId vertices { id uid displayName } edges { source } } } }`,
      );
      expect(identity.identityGraph.truncated).to.equal(true);
      expect(identity.identityGraph.vertices).to.have.length(500);
      expect(identity.identityGraph.vertices[0].id).to.equal("github,crowd-1");
      const { identitiesWithGraph } = await data(
        "query ($ids: [String!]) { identitiesWithGraph(ids: $ids) { identityGraph { truncated vertices { id } } } }",
        { ids: ids.slice(0, 40) },
      );
      for (const { identityGraph } of identitiesWithGraph) expect(identityGraph.vertices).to.have.length(GROUP_SIZE);
    });
  });
});
