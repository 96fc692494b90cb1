import { expect } from "chai";
import { pino } from "pino";

import { type GraphqlAnswer, type Sources, answer } from "../../api/graphql/execute.ts";
import { follow } from "../../api/graphql/following.ts";
import { createGraph } from "../../api/graph/graph.ts";
import type { Watch } from "../../api/observe/readiness.ts";
import { type GraphDatabase, createGraphDatabase } from "../graph/database.ts";
import { type World, binding, join, makeAvatar, store } from "../graph/world.ts";
import { sharedStack } from "../helpers/stack.ts";

/** Unix seconds. */
export const now = Math.floor(Date.now() / 1000);
export const DAY = 24 * 3600;
/** An address of few digits. */
const address = (digits: string): string => `0x${digits.padStart(40, "0")}`;

/** Somebody with names in registries; a crowd of whom everybody knows everybody; and many small groups. */
export const alice = makeAvatar("Alice");
export const [wallet, other] = [address("a11ce"), address("b0b")];
export const GROUPS = 100;
export const GROUP_SIZE = 12;
const CROWD = 520;

const ens = (name: string): [string, string] => ["ens", name];
const eth = (who: string): [string, string] => ["ethereum", who];

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

/** A graph in a database of its own, and who asks it without HTTP. */
export class GraphWorld {
  readonly #database: GraphDatabase;
  readonly sources: Sources;
  /** How often the graph asked the database. */
  queries = 0;

  constructor(database: GraphDatabase) {
    this.#database = database;
    const counting = new Proxy(database.db, {
      get: (pool, key) => {
        if (key === "query") this.queries++;
        const value: unknown = Reflect.get(pool, key);
        return typeof value === "function" ? value.bind(pool) : value;
      },
    });
    this.sources = {
      graph: createGraph(counting),
      following: this.following({ indexed: 100, head: 100 }),
      log: pino({ level: "silent" }),
    };
  }

  static async start(): Promise<GraphWorld> {
    const database = await createGraphDatabase((await sharedStack()).stack.databaseUrl);
    await store(database.db, world());
    const texts = { avatar: "https://alice.example/me.png", description: "Alice", "com.twitter": "not_me" };
    await database.db.query("UPDATE indexer.name SET texts = $1 WHERE identity = 'alice.eth'", [texts]);
    await database.makeIndexes();
    await database.db.query("ANALYZE");
    return new GraphWorld(database);
  }

  get db(): GraphDatabase["db"] {
    return this.#database.db;
  }

  /** @param blocks how far index and chain are, of which there is none here. */
  following(blocks: { indexed: number; head: number }): Sources["following"] {
    return follow(this.db, 1, { blocks: async () => blocks } as unknown as Watch);
  }

  ask(query: string, variables: Record<string, unknown> = {}, gone?: AbortSignal): Promise<GraphqlAnswer> {
    return answer({ query, variables }, this.sources, gone);
  }

  /** Asks what must be answered without errors. */
  // oxlint-disable-next-line typescript/no-explicit-any -- a wire shape that the test itself looks at
  async data(query: string, variables?: Record<string, unknown>): Promise<any> {
    const { data, errors } = await this.ask(query, variables);
    expect(errors, JSON.stringify(errors)).to.equal(undefined);
    return JSON.parse(JSON.stringify(data));
  }

  drop(): Promise<void> | undefined {
    return this.#database.drop();
  }
}
