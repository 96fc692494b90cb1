import { toSnakeCase } from "drizzle-orm/casing";
import { encodeBlock, encodeTransaction } from "ponder/dist/esm/sync-store/encode.js";
import { createSyncStore as createOriginal } from "ponder/dist/esm/sync-store/index.js";

import type { Database, Encoded, Log, SyncStore } from "./types.ts";

/**
 * Ponder's own, but for how blocks, transactions and logs are written: those of all blocks that come while PostgreSQL is busy with
 * the ones before, in one statement, which has one value. Ponder writes those of each block by themselves, by statements with a
 * place for each of their values, of which drizzle makes an object.
 */
export function createSyncStore(options: { qb: Database }): SyncStore {
  const blocks = new Writer(options.qb, "blocks", ["chain_id", "number"]);
  const transactions = new Writer(options.qb, "transactions", ["chain_id", "block_number", "transaction_index"]);
  const logs = new Writer(options.qb, "logs", ["chain_id", "block_number", "log_index"]);
  return {
    ...createOriginal(options),
    insertBlocks: ({ blocks: list, chainId }) => blocks.write(list.map((block) => encodeBlock({ block, chainId }))),
    insertTransactions: ({ transactions: list, chainId }) =>
      transactions.write(list.map((transaction) => encodeTransaction({ transaction, chainId }))),
    insertLogs: ({ logs: list, chainId }) => logs.write(list.map((log) => encodeLog(log, chainId))),
  };
}

/** Of Ponder's own it takes longer to read the numbers, which no chain has too large for JavaScript. */
function encodeLog(log: Log, chainId: number): Encoded {
  const [topic0 = null, topic1 = null, topic2 = null, topic3 = null] = log.topics;
  return {
    ...{ chainId, blockNumber: Number(log.blockNumber), logIndex: Number(log.logIndex) },
    ...{
      transactionIndex: Number(log.transactionIndex),
      blockHash: log.blockHash,
      transactionHash: log.transactionHash,
    },
    ...{ address: log.address.toLowerCase(), topic0, topic1, topic2, topic3, data: log.data },
  };
}

/** Most rows of one statement: of logs some megabytes. */
const MOST_ROWS = 5_000;

/** Writes rows of one table that may be there already. */
class Writer {
  readonly #qb: Database;
  readonly #table: string;
  readonly #key: readonly string[];
  #waiting: Encoded[] = [];
  #written: Promise<void> | undefined;
  #before: Promise<unknown> = Promise.resolve();

  constructor(qb: Database, table: string, key: readonly string[]) {
    this.#qb = qb;
    this.#table = table;
    this.#key = key;
  }

  /** Is done when they are written. */
  async write(rows: Encoded[]): Promise<void> {
    if (rows.length === 0) return;
    for (const row of rows) this.#waiting.push(row);
    this.#written ??= this.#writeNext();
    await this.#written;
  }

  async #writeNext(): Promise<void> {
    // What failed fails for those who wait for it.
    await Promise.allSettled([this.#before, new Promise(setImmediate)]);
    const rows = this.#waiting;
    this.#waiting = [];
    const now = this.#insert(rows);
    this.#before = now;
    this.#written = undefined;
    await now;
  }

  async #insert(rows: readonly Encoded[]): Promise<void> {
    const columns = Object.keys(rows[0]!).map((name) => `"${snakeCase(name)}"`);
    const statement = `INSERT INTO ponder_sync.${this.#table} (${columns.join(", ")})
      SELECT ${columns.join(", ")} FROM json_populate_recordset(NULL::ponder_sync.${this.#table}, $1)
      ON CONFLICT (${this.#key.join(", ")}) DO NOTHING`;
    for (let first = 0; first < rows.length; first += MOST_ROWS) {
      const json = JSON.stringify(rows.slice(first, first + MOST_ROWS).map(forJson));
      await this.#qb.wrap({ label: `insert_${this.#table}` }, () => this.#qb.$client.query(statement, [json]));
    }
  }
}

/** By the names of the columns, and with whole numbers of any size as text. */
function forJson(row: Encoded): Record<string, string | number | null> {
  const values: Record<string, string | number | null> = {};
  for (const name in row) {
    const value = row[name]!;
    values[snakeCase(name)] = typeof value === "bigint" ? value.toString() : value;
  }
  return values;
}

const names = new Map<string, string>();

function snakeCase(name: string): string {
  let snake = names.get(name);
  if (snake === undefined) {
    snake = toSnakeCase(name);
    names.set(name, snake);
  }
  return snake;
}
