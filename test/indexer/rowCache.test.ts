import { pathToFileURL } from "node:url";

import { expect } from "chai";
import type { Table } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { Client } from "pg";
import { onchainEnum, onchainTable, primaryKey } from "ponder";

import { Random, fuzzSeed } from "../helpers/contractRandom.ts";
import { sharedStack } from "../helpers/stack.ts";

type Row = Record<string, unknown>;

/** What handlers call `context.db`. */
interface Store {
  find(table: Table, key: Row): Promise<Row | null>;
  insert(table: Table): {
    values(row: Row): Promise<Row> & {
      onConflictDoNothing(): Promise<Row | null>;
      onConflictDoUpdate(set: Row | ((row: Row) => Row)): Promise<Row>;
    };
  };
  update(table: Table, key: Row): { set(values: Row | ((row: Row) => Row)): Promise<Row> };
  delete(table: Table, key: Row): Promise<boolean>;
}

interface Cache {
  qb: unknown;
  event: unknown;
  flush(): Promise<void>;
  prefetch(batch: { events: unknown[] }): Promise<void>;
  invalidate(): void;
  clear(): void;
}

const FOLDER = pathToFileURL("node_modules/ponder/dist/esm/").href;
const ponder = (module: string) => import(FOLDER + module) as Promise<Record<string, unknown>>;
/** The store as it is, and as it is beside the modules of ours. */
const { createIndexingStore: theirStore } = await ponder("indexing-store/index.js");
const { createIndexingCache: theirCache } = await ponder("indexing-store/cache.js");
const { MetricsService } = (await ponder("internal/metrics.js")) as { MetricsService: new () => object };
await import("../../indexer/ponder/register.ts");
const { createIndexingStore: ourStore } = await ponder("indexing-store/index.js?ours");
const { createIndexingCache: ourCache } = await import("../../indexer/ponder/rowCache.ts");

const COLOURS = ["red", "green", "blue"] as const;

/** The same tables in a schema: with a key of one column and of three, and with columns of all kinds that the index has. */
function tablesIn(schema: string) {
  const known = globalThis as { PONDER_NAMESPACE_BUILD?: { schema: string } };
  known.PONDER_NAMESPACE_BUILD = { schema };
  const colour = onchainEnum("colour", COLOURS);
  const single = onchainTable("single", (t) => ({
    id: t.hex().primaryKey(),
    text: t.text().notNull(),
    count: t.integer(),
  }));
  const triple = onchainTable(
    "triple",
    (t) => ({
      chainId: t.integer().notNull(),
      owner: t.hex().notNull(),
      name: t.text().notNull(),
      amount: t.bigint().notNull(),
      colour: colour().notNull(),
      list: t.hex().array().notNull().default([]),
      json: t.json().$type<object>(),
      flag: t.boolean().notNull(),
    }),
    (table) => ({ pk: primaryKey({ columns: [table.chainId, table.owner, table.name] }) }),
  );
  delete known.PONDER_NAMESPACE_BUILD;
  return { colour, single, triple };
}

const createSchema = (schema: string) => `
  DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema};
  CREATE TYPE ${schema}.colour AS ENUM ('red', 'green', 'blue');
  CREATE TABLE ${schema}.single (id text PRIMARY KEY, text text NOT NULL, count integer);
  CREATE TABLE ${schema}.triple (chain_id integer NOT NULL, owner text NOT NULL, name text NOT NULL,
    amount numeric(78) NOT NULL, colour ${schema}.colour NOT NULL, list text[] NOT NULL, json json, flag boolean NOT NULL,
    PRIMARY KEY (chain_id, owner, name))`;

/** A store over one of the two, on a connection of its own. */
class World {
  readonly tables: ReturnType<typeof tablesIn>;
  readonly #schema: string;
  readonly #client: Client;
  readonly #theirs: boolean;
  readonly statements: { text: string; values: number }[] = [];
  cache!: Cache;
  store!: { db: Store; qb: unknown };
  readonly eventCount: Record<string, number> = {};

  constructor(schema: string, databaseUrl: string, theirs: boolean) {
    this.#schema = schema;
    this.#client = new Client({ connectionString: databaseUrl });
    this.#theirs = theirs;
    this.tables = tablesIn(schema);
  }

  async start(indexingCacheMaxBytes: number, crashRecoveryCheckpoint?: object): Promise<void> {
    const logger = { debug() {}, warn() {}, trace() {}, child: () => logger };
    const common = { options: { indexingCacheMaxBytes }, logger, metrics: new MetricsService() };
    const options = {
      common,
      schemaBuild: { schema: this.tables },
      crashRecoveryCheckpoint,
      eventCount: this.eventCount,
    };
    const create = (this.#theirs ? theirCache : ourCache) as unknown as (given: object) => Cache;
    this.cache = create(options);
    const createStore = (this.#theirs ? theirStore : ourStore) as (given: object) => World["store"];
    this.store = createStore({
      ...options,
      indexingCache: this.cache,
      indexingErrorHandler: { setRetryableError() {} },
    });
    const logQuery = (text: string, values: unknown[]) => this.statements.push({ text, values: values.length });
    const db = drizzle(this.#client, { casing: "snake_case", logger: { logQuery } });
    const qb = Object.assign(db, {
      $dialect: "postgres",
      wrap: (...args: unknown[]) => (args.find((it) => typeof it === "function") as (given: object) => unknown)(db),
    });
    this.cache.qb = this.store.qb = qb;
  }

  async open(): Promise<void> {
    await this.#client.connect();
    await this.#client.query(createSchema(this.#schema));
  }

  async close(): Promise<void> {
    await this.#client.query(`DROP SCHEMA ${this.#schema} CASCADE`);
    await this.#client.end();
  }

  /** Tells of an event, after which its handler would run. */
  tell(event: { eventCallback: { name: string } }): void {
    this.cache.event = event;
    const { name } = event.eventCallback;
    this.eventCount[name] ??= 0;
  }

  run(statement: string): Promise<unknown> {
    return this.#client.query(statement);
  }

  async rows(): Promise<unknown> {
    const read = async (table: string, key: string) =>
      (await this.#client.query(`SELECT * FROM ${this.#schema}.${table} ORDER BY ${key}`)).rows as unknown[];
    return { single: await read("single", "id"), triple: await read("triple", "chain_id, owner, name") };
  }
}

function eventOf(args: Row, name: string) {
  const block = { hash: "0xb", number: 1n, timestamp: 1n };
  const transaction = { hash: "0xt", from: "0xf", to: "0x7", transactionIndex: 900 };
  const log = { address: "0xl", logIndex: 901 };
  return {
    type: "log",
    chain: { id: 903 },
    eventCallback: { name },
    event: { id: "904", args, block, transaction, log },
  };
}

const many = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({
    id: `0x${(from + index).toString(16).padStart(8, "0")}`,
    text: "",
  }));

const numbered = (number: number) => ({
  ...{ chainId: number % 2, owner: `0x${number.toString(16).padStart(4, "0")}`, name: String(number) },
  ...{ amount: 1n, colour: "red", flag: false },
});

/** One call of a handler, the same for both. */
type Call = (store: Store, tables: World["tables"]) => PromiseLike<unknown>;

describe("indexer: rows in memory", function () {
  const seed = fuzzSeed();
  let worlds: [World, World];

  before(async () => {
    const { databaseUrl } = (await sharedStack()).stack;
    worlds = [new World("rows_theirs", databaseUrl, true), new World("rows_ours", databaseUrl, false)];
  });
  beforeEach(() => Promise.all(worlds.map((world) => world.open())));
  afterEach(async () => {
    await Promise.all(worlds.map((world) => world.close()));
    const { databaseUrl } = (await sharedStack()).stack;
    worlds = [new World("rows_theirs", databaseUrl, true), new World("rows_ours", databaseUrl, false)];
  });

  /** What both answer, or throw. */
  async function both(call: Call): Promise<unknown[]> {
    return await Promise.all(
      worlds.map(async ({ store, tables }) => {
        try {
          const answer = await call(store.db, tables);
          // Of proxies, in which Ponder leaves a symbol.
          return answer !== null && typeof answer === "object" ? Object.fromEntries(Object.entries(answer)) : answer;
        } catch (error) {
          return `${(error as Error).name}: ${(error as Error).message}`;
        }
      }),
    );
  }

  const random = new Random(seed);
  const owner = () => `0x${random.between(0, 12).toString(16).toUpperCase()}`;
  const key = () => ({ chainId: random.between(1, 2), owner: owner(), name: random.pick(["a", "b\tc\\n", "…", ""]) });
  const values = () => ({
    amount: random.pick([0n, -5n, 2n ** 200n]),
    colour: random.pick(COLOURS),
    flag: random.once(2),
    ...(random.once(2) && { list: random.pick([[], ["0xAB", "0x1"]]) }),
    ...(random.once(2) && { json: random.pick([null, { a: ["\u2028", 'quote"', "\\"] }, [1]]) }),
  });

  /** A call, and the arguments of the event that it is made for. */
  function randomCall(): { args: Row; call: Call } {
    const args = key();
    const id = `0x${random.between(0, 40).toString(16)}`;
    const row = { ...args, ...values() };
    const text = random.pick(["plain", "two\nlines", "nul\0", "\\.", "\\N", ""]);
    const change = random.once(2)
      ? { amount: 7n }
      : (before: Row) => ({ amount: (before.amount as bigint) + 1n, flag: true });
    return {
      args: { ...args, id },
      call: random.pick<Call>([
        (db, { triple }) => db.find(triple, args),
        (db, { single }) => db.find(single, { id }),
        (db, { triple }) => db.insert(triple).values(row).onConflictDoNothing(),
        (db, { triple }) => db.insert(triple).values(row).onConflictDoUpdate(change),
        (db, { single }) =>
          db
            .insert(single)
            .values({ id, text })
            .onConflictDoUpdate({ text: `${text}!`, count: 1 }),
        (db, { triple }) => db.update(triple, args).set(change),
        (db, { single }) => db.update(single, { id }).set({ count: null }),
        ...(random.once(4) ? [((db, { triple }) => db.delete(triple, args)) satisfies Call] : []),
        (db, { single }) => db.insert(single).values({ id, text: null }).onConflictDoNothing(),
        (db, { triple }) => db.update(triple, args).set({ owner: "0xfeed" }),
      ]),
    };
  }

  for (const [what, bytes, checkpoint] of [
    ["where all fits", 1e9, undefined],
    ["where nothing does", 1, undefined],
    ["where the tables are not new", 1e9, {}],
  ] as const) {
    it(`answer and become what Ponder's do, ${what} (seed ${seed})`, async () => {
      await Promise.all(worlds.map((world) => world.start(bytes, checkpoint)));
      for (let batch = 0; batch < 30; batch += 1) {
        const calls = Array.from({ length: random.pick([1, 10, 80]) }, randomCall);
        const events = calls.map(({ args }) => eventOf(args, "Contract:Event"));
        await Promise.all(worlds.map((world) => world.cache.prefetch({ events })));
        await Promise.all(worlds.map((world) => world.run("BEGIN")));
        for (const [index, { call }] of calls.entries()) {
          for (const world of worlds) world.tell(events[index]!);
          const [theirs, ours] = await both(call);
          expect(ours).to.deep.equal(theirs);
          for (const world of worlds) world.eventCount["Contract:Event"]! += 1;
        }
        await Promise.all(worlds.map((world) => world.cache.flush()));
        await Promise.all(worlds.map((world) => world.run("COMMIT")));
        const [theirs, ours] = await Promise.all(worlds.map((world) => world.rows()));
        expect(ours).to.deep.equal(theirs);
      }
    });
  }

  it("are written while more come, and can be changed, found and taken away meanwhile", async () => {
    const [, ours] = worlds;
    await ours.start(1e9);
    const { db } = ours.store;
    const { single } = ours.tables;
    for (const row of many(0, 5_000)) await db.insert(single).values(row);
    await db.update(single, { id: "0x00000001" }).set({ text: "changed" });
    expect(await db.delete(single, { id: "0x00000002" })).to.equal(true);
    expect(await db.find(single, { id: "0x00000003" })).to.include({ text: "" });
    await ours.cache.flush();
    const { single: rows } = (await ours.rows()) as { single: Row[] };
    expect(rows).to.have.length(4_999);
    expect(rows[1]).to.deep.equal({ id: "0x00000001", text: "changed", count: null });
    expect(rows[2]).to.include({ id: "0x00000003" });
  });

  it("say which table has a row twice, and that it is of no use to try again", async () => {
    const [, ours] = worlds;
    await ours.start(1e9);
    for (const count of [30, 3_000]) {
      await ours.run("BEGIN");
      for (const row of many(0, count)) await ours.store.db.insert(ours.tables.single).values(row);
      await ours.cache.flush();
      const again = async () => {
        for (const row of many(0, count)) await ours.store.db.insert(ours.tables.single).values(row);
        await ours.cache.flush();
      };
      const error = await again().catch((reason: Error) => reason);
      expect(error).to.include({ name: "DelayedInsertError" });
      expect((error as Error).message).to.match(/'single'.*duplicate key value violates unique constraint/);
      await ours.run("ROLLBACK");
      ours.cache.clear();
    }
  });

  it("are looked up thousands at once by an array of each column, and no columns of two keys are mixed", async () => {
    const [, ours] = worlds;
    await ours.start(1, {});
    const { triple } = ours.tables;
    const event = (number: number) => eventOf(numbered(number), "Contract:Event");
    for (let number = 0; number < 50; number += 1) {
      ours.tell(event(number));
      await ours.store.db.insert(triple).values(numbered(number)).onConflictDoUpdate({ flag: true });
      ours.eventCount["Contract:Event"]! += 1;
    }
    await ours.cache.flush();
    ours.statements.length = 0;
    const events = Array.from({ length: 4_000 }, (_, number) => event(number));
    // What was there before them: each column of it is in one of the keys, and all of them in none.
    await ours.run("INSERT INTO rows_ours.triple VALUES (1, '0x0fa0', '7', 1, 'red', '{}', NULL, false)");
    await ours.cache.prefetch({ events: [...events, eventOf({ ...numbered(4_000), chainId: 0 }, "Contract:Event")] });
    expect(ours.statements).to.have.length(1);
    expect(ours.statements[0]).to.include({ values: 3 });
    expect(ours.statements[0]!.text).to.match(
      /in \(select \* from unnest\(\$1::integer\[\], \$2::text\[\], \$3::text\[\]\)\)/i,
    );
    ours.statements.length = 0;
    expect(await ours.store.db.find(triple, numbered(49))).to.deep.include(numbered(49));
    expect(await ours.store.db.find(triple, numbered(3_999))).to.equal(null);
    expect(await ours.store.db.find(triple, { ...numbered(4_000), chainId: 0 })).to.equal(null);
    expect(ours.statements).to.have.length(0);
  });

  it("are no others' when they are changed after they were handed over, or handed out", async () => {
    const [, ours] = worlds;
    await ours.start(1e9);
    const { triple } = ours.tables;
    const name = { chainId: 1, owner: "0x01", name: "n" };
    const given = { ...name, amount: 1n, colour: "red", flag: false, list: ["0x01"], json: { deep: [1] } };
    const row = await ours.store.db.insert(triple).values(given);
    given.list.push("0x02");
    (row.json as { deep: number[] }).deep.push(2);
    const found = (await ours.store.db.find(triple, name))!;
    (found.list as string[]).pop();
    await ours.cache.flush();
    const { triple: rows } = (await ours.rows()) as { triple: Row[] };
    expect(rows).to.deep.equal([
      {
        chain_id: 1,
        owner: "0x01",
        name: "n",
        amount: "1",
        colour: "red",
        list: ["0x01"],
        json: { deep: [1] },
        flag: false,
      },
    ]);
  });
});
