import { pathToFileURL } from "node:url";

import { expect } from "chai";
import { drizzle } from "drizzle-orm/node-postgres";
import { JsonRpcProvider } from "ethers";
import { Client } from "pg";

import type { Answer, Log, SyncStore } from "../../indexer/ponder/types.ts";
import { claim, append, somebody } from "../api/stranger.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";

const { createSyncStore: createTheirs } = (await import(
  pathToFileURL("node_modules/ponder/dist/esm/sync-store/index.js").href
)) as { createSyncStore(options: object): SyncStore };
await import("../../indexer/ponder/register.ts");
const { createSyncStore: createOurs } = await import("../../indexer/ponder/syncStore.ts");

/** No chain has it. */
const CHAIN_ID = 987_654_321;
const TABLES = ["blocks", "transactions", "logs"] as const;

describe("indexer: what was fetched", () => {
  let test: TestStack;
  let client: Client;
  const fetched: { block: Answer; transactions: Answer[]; logs: Log[] }[] = [];

  before(async () => {
    test = await sharedStack();
    for (const name of ["one", "two", "three"])
      await append(test, [claim(somebody(), { platform: "github", identity: `fetched-${name}` })]);
    const chain = new JsonRpcProvider(test.stack.rpcUrl);
    const latest = await chain.getBlockNumber();
    for (let number = latest - 2; number <= latest; number += 1) {
      const name = `0x${number.toString(16)}`;
      const block = (await chain.send("eth_getBlockByNumber", [name, true])) as Answer & { transactions: Answer[] };
      const logs = (await chain.send("eth_getLogs", [{ fromBlock: name, toBlock: name }])) as Log[];
      fetched.push({ block, transactions: block.transactions, logs });
    }
    chain.destroy();
    expect(fetched.every(({ transactions, logs }) => transactions.length > 0 && logs.length > 0)).to.equal(true);
    // What is not in every block and transaction, or larger than a number of JavaScript's.
    const { block, transactions } = fetched[0]!;
    Object.assign(block, {
      totalDifficulty: null,
      baseFeePerGas: undefined,
      nonce: undefined,
      size: `0x${"f".repeat(64)}`,
    });
    Object.assign(transactions[0]!, { to: null, r: undefined, maxFeePerGas: null, value: `0x${"e".repeat(64)}` });
    client = new Client({ connectionString: test.stack.databaseUrl });
    await client.connect();
  });
  beforeEach(() => client.query("BEGIN"));
  afterEach(() => client.query("ROLLBACK"));
  after(() => client.end());

  const statements: string[] = [];

  function open(create: (options: never) => SyncStore): SyncStore {
    const db = drizzle(client, { casing: "snake_case" });
    const wrap = async (...args: unknown[]) => {
      statements.push((args[0] as { label: string }).label);
      return (args.find((it) => typeof it === "function") as (given: object) => unknown)(db);
    };
    const qb = Object.assign(db, { $dialect: "postgres", wrap });
    const common = { options: { databaseMaxQueryParameters: 16_000 } };
    return create({ common, qb } as never);
  }

  const write = (store: SyncStore, times = 1) =>
    Promise.all(
      Array.from({ length: times }, () => fetched)
        .flat()
        .flatMap(({ block, transactions, logs }) => [
          store.insertBlocks({ blocks: [block], chainId: CHAIN_ID }),
          store.insertTransactions({ transactions, chainId: CHAIN_ID }),
          store.insertLogs({ logs, chainId: CHAIN_ID }),
          store.insertLogs({ logs: [], chainId: CHAIN_ID }),
        ]),
    );

  async function written(): Promise<Record<string, unknown[]>> {
    const tables: Record<string, unknown[]> = {};
    for (const table of TABLES) {
      const { rows } = await client.query(`SELECT * FROM ponder_sync.${table} WHERE chain_id = $1 ORDER BY 2, 3`, [
        CHAIN_ID,
      ]);
      tables[table] = rows as unknown[];
    }
    return tables;
  }

  it("is written as Ponder writes it, also where some of it is there already", async () => {
    await write(open(createTheirs as never));
    const theirs = await written();
    await client.query("ROLLBACK; BEGIN");
    const store = open(createOurs as never);
    await store.insertLogs({ logs: fetched[1]!.logs, chainId: CHAIN_ID });
    await write(store);
    expect(await written()).to.deep.equal(theirs);
    expect(theirs.blocks).to.have.length(3);
  });

  it("is written by one statement for each table, of however many blocks it is", async () => {
    const store = open(createOurs as never);
    statements.length = 0;
    await write(store, 50);
    expect(statements.sort()).to.deep.equal(["insert_blocks", "insert_logs", "insert_transactions"]);
  });

  it("fails for everybody whose rows were not written, and for nobody else", async () => {
    const store = open(createOurs as never);
    const [{ logs }] = fetched as [(typeof fetched)[0]];
    await store.insertLogs({ logs, chainId: CHAIN_ID });
    await client.query("SAVEPOINT before");
    const broken = { ...logs[0]!, address: `0x${"a".repeat(100)}`, logIndex: "0x999" };
    const results = await Promise.allSettled([
      store.insertLogs({ logs, chainId: CHAIN_ID }),
      store.insertLogs({ logs: [broken], chainId: CHAIN_ID }),
    ]);
    for (const result of results) expect(result).to.have.nested.property("reason.message").that.includes("too long");
    await client.query("ROLLBACK TO before");
    await store.insertLogs({ logs: [{ ...logs[0]!, logIndex: "0x999" }], chainId: CHAIN_ID });
    expect((await written()).logs).to.have.length(logs.length + 1);
  });
});
