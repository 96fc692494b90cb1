import type { Column, SQL, Table } from "drizzle-orm";

import type { AnnouncedEvent } from "../batches.ts";

/** A row by the names of its properties. */
export type Row = Record<string, unknown>;

/** What is used here of an event. */
export type Event = AnnouncedEvent;

/** A transaction, or Ponder's pool: drizzle's, with methods of Ponder's. */
export interface Database {
  $client: { query(text: string, values: unknown[]): Promise<unknown> };
  wrap<Result>(query: (db: Drizzle) => Promise<Result>): Promise<Result>;
  wrap<Result>(named: { label: string }, query: (db: Drizzle) => Promise<Result>): Promise<Result>;
}

export interface Drizzle {
  execute(statement: string): Promise<unknown>;
  select(): { from(table: Table): { where(condition: SQL): Promise<Row[]> } };
  insert(table: Table): {
    values(rows: Row[]): Promise<unknown> & {
      onConflictDoUpdate(conflict: { target: Column[]; set: Record<string, SQL> }): Promise<unknown>;
    };
  };
  delete(table: Table): { where(condition: SQL): { returning(): Promise<Row[]> } };
}

interface Counter {
  inc(labels: Record<string, string>, value: number): void;
}

/** What Ponder gives to what keeps its rows. */
export interface Options {
  common: {
    options: { indexingCacheMaxBytes: number };
    logger: { debug(message: object): void };
    metrics: {
      ponder_indexing_cache_requests_total: Counter;
      ponder_indexing_cache_query_duration: { observe(labels: Record<string, string>, milliseconds: number): void };
    };
  };
  schemaBuild: { schema: Record<string, unknown> };
  /** How far the tables are, where they are not new. */
  crashRecoveryCheckpoint: unknown;
  /** How many of each kind of event there were. */
  eventCount: Record<string, number>;
  /** Where each chain has a process of its own. */
  chainId: number | undefined;
}

/** The columns of each table's key, and their names in a row. */
export type PrimaryKeys = Map<Table, [name: string, column: Column][]>;

/** A block or a transaction as JSON-RPC has it. */
export type Answer = Readonly<Record<string, unknown>>;

/** A log as JSON-RPC has it; numbers as hex. */
export interface Log extends Readonly<
  Record<"blockNumber" | "logIndex" | "transactionIndex" | "blockHash" | "transactionHash" | "address" | "data", string>
> {
  readonly topics: readonly string[];
}

/** The same as its table has it, by the names of `sync-store/schema.js`. */
export type Encoded = Record<string, string | number | bigint | null>;

/** What Ponder writes into the tables of what it fetched. */
export interface SyncStore {
  insertBlocks(what: { blocks: Answer[]; chainId: number }): Promise<void>;
  insertTransactions(what: { transactions: Answer[]; chainId: number }): Promise<void>;
  insertLogs(what: { logs: Log[]; chainId: number }): Promise<void>;
}
