import { type Column, type Table, getTableColumns, getTableName, isTable, sql } from "drizzle-orm";
import { type PgTable, getTableConfig } from "drizzle-orm/pg-core";
import { getColumnCasing } from "ponder/dist/esm/drizzle/kit/index.js";
import { createIndexingCache as createOriginal, getCopyHelper } from "ponder/dist/esm/indexing-store/cache.js";
import {
  getProfilePatternKey,
  recordProfilePattern,
  recoverProfilePattern,
} from "ponder/dist/esm/indexing-store/profile.js";
import { getPrimaryKeyCache, getWhereCondition, normalizeColumn } from "ponder/dist/esm/indexing-store/utils.js";
import { DelayedInsertError, NotNullConstraintError } from "ponder/dist/esm/internal/errors.js";

import { tellBatch } from "../batches.ts";
import type { Database, Drizzle, Event, Options, PrimaryKeys, Row } from "./types.ts";

/** A row that waits to be written, and the event that it comes of. */
interface Entry {
  row: Row;
  event: Event | undefined;
}

/** How often Ponder found a row's key in its event, and where. */
interface Pattern {
  pattern: object;
  count: number;
}

/** Of every so many events of a kind is looked at where the keys of its rows come from. */
const SAMPLING = 10;
/** From which part of a kind's events on a key is expected of each. */
const EXPECTED = 0.25;
/** Up to so many rows are written by a statement; more by COPY. */
const FEW = 20;
/** So many new rows are written while the events behind them are read: PostgreSQL has something to do, and memory is free again. */
const SLICE = 2_000;

export function createIndexingCache(options: Options): unknown {
  // Each chain by itself, in a process of its own, in partitions: not how the index is configured.
  return options.chainId === undefined ? new RowCache(options) : createOriginal(options);
}

/** A table, and what is in memory of it. */
class Rows {
  readonly table: Table;
  readonly name: string;
  readonly columns: readonly Tidied[];
  readonly keys: readonly Tidied[];
  /** By their keys; null for what the table does not have. */
  readonly known = new Map<string, Row | null>();
  readonly inserts = new Map<string, Entry>();
  readonly updates = new Map<string, Entry>();
  /** Keys that were looked up beforehand; and those that turned out to be asked for, though they were not. */
  readonly prefetched = new Set<string>();
  readonly spilled = new Set<string>();
  /** Whether all rows that the table has are known. */
  complete: boolean;
  /** That the known rows take, while all are. */
  bytes = 0;
  reads = 0;
  /** Whether anybody ever asked for a row. */
  asked = false;
  readonly requests = { complete: 0, hit: 0, miss: 0 };
  /** Slices that are being written. */
  readonly slices: Promise<void>[] = [];

  constructor(table: Table, primaryKey: readonly [string, Column][], complete: boolean) {
    this.table = table;
    this.name = getTableName(table);
    this.columns = Object.entries(getTableColumns(table)).map(([name, column]) => tidied(name, column));
    this.keys = primaryKey.map(([name, column]) => tidied(name, column));
    this.complete = complete;
  }

  keyOf(row: Row): string {
    let key = "";
    for (const { name, tidy } of this.keys) key += `${String(tidy(row[name], false))}_`;
    return key;
  }

  /** Puts values as the database will give them. @throws where one is missing. */
  tidy(row: Row, isUpdate: boolean): Row {
    for (const { name, column, tidy } of this.columns) {
      const value = row[name];
      if (!isUpdate && (value === undefined || value === null) && column.notNull && !column.hasDefault) {
        throw new NotNullConstraintError(`Column '${this.name}.${name}' violates not-null constraint.`);
      }
      row[name] = tidy(value, isUpdate);
    }
    return row;
  }

  /** What is written is known. */
  learn(written: ReadonlyMap<string, Entry>): void {
    for (const [key, { row }] of written) {
      if (this.complete && !this.known.has(key)) this.bytes += this.#sizeOf(row) + sizeOf(key);
      this.known.set(key, row);
    }
  }

  /** From here on it is asked for what there is. */
  forget(): void {
    this.complete = false;
    this.bytes = 0;
    this.known.clear();
  }

  #sizeOf(row: Row): number {
    let size = 24;
    for (const { name } of this.columns) size += sizeOf(row[name]) + 8;
    return size;
  }

  /** Their text for COPY (PostgreSQL's manual, COPY, "Text Format"). */
  copyText(entries: Iterable<Entry>): string {
    let text = "";
    for (const { row } of entries) {
      let separator = text === "" ? "" : "\n";
      for (const { name, print } of this.columns) {
        text += separator + print(row[name]);
        separator = "\t";
      }
    }
    return text;
  }
}

/** A column, and what to do with its values: for the kinds that are common here without asking it. */
interface Tidied {
  name: string;
  column: Column;
  /** As the database will give it. */
  tidy(value: unknown, isUpdate: boolean): unknown;
  /** For COPY. */
  print(value: unknown): string;
}

const ESCAPED = /([\\\b\f\n\r\t\v])/g;

function printText(value: unknown): string {
  return value === null || value === undefined ? "\\N" : (value as string).replace(ESCAPED, "\\$1");
}

function printNumber(value: unknown): string {
  return value === null || value === undefined ? "\\N" : (value as number | bigint).toString();
}

function tidied(name: string, column: Column): Tidied {
  const slow = (value: unknown, isUpdate: boolean) => normalizeColumn(column, value, isUpdate);
  switch (column.columnType) {
    case "PgHex": {
      const tidy = (value: unknown, isUpdate: boolean) =>
        typeof value === "string" && value.length % 2 === 0 ? value.toLowerCase() : slow(value, isUpdate);
      return { name, column, tidy, print: printText };
    }
    case "PgText": {
      const tidy = (value: unknown, isUpdate: boolean) =>
        typeof value === "string" && !value.includes("\0") ? value : slow(value, isUpdate);
      return { name, column, tidy, print: printText };
    }
    case "PgInteger": {
      const tidy = (value: unknown, isUpdate: boolean) => (typeof value === "number" ? value : slow(value, isUpdate));
      return { name, column, tidy, print: printNumber };
    }
    case "PgEvmBigint": {
      const tidy = (value: unknown, isUpdate: boolean) => (typeof value === "bigint" ? value : slow(value, isUpdate));
      return { name, column, tidy, print: printNumber };
    }
    default:
      return { name, column, tidy: slow, print: (value) => printText(toText(column, value)) };
  }
}

function toText(column: Column, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const given = column.mapToDriverValue(value);
  if (given === null || given === undefined) return null;
  return Buffer.isBuffer(given) ? `\\x${given.toString("hex")}` : String(given);
}

/** Bytes of a value, about. */
function sizeOf(value: unknown): number {
  switch (typeof value) {
    case "string":
      return 2 * value.length;
    case "bigint":
      return 48;
    case "boolean":
      return 4;
    case "object": {
      if (value === null) return 8;
      let size = 24;
      for (const part of Object.values(value)) size += sizeOf(part) + 8;
      return size;
    }
    default:
      return 8;
  }
}

/**
 * What Ponder keeps of the tables while it indexes: rows that were not written yet, and rows that were. It does what Ponder's
 * own does, which prepares all that it knows of a table anew for each row, and has a metric counted for each that is asked for;
 * looks many rows up by arrays; and writes while it indexes.
 */
class RowCache {
  readonly #options: Options;
  readonly #tables: Map<Table, Rows>;
  readonly #primaryKeys: PrimaryKeys;
  /** Where the keys of rows come from, by the kind of event. */
  readonly #patterns = new Map<string, Map<Rows, Map<string, Pattern>>>();
  #event: Event | undefined;
  /** Why a slice could not be written, after which the transaction does nothing more. */
  #failed: Error | undefined;
  #database!: Database;

  constructor(options: Options) {
    this.#options = options;
    const tables = Object.values(options.schemaBuild.schema).filter((it): it is Table => isTable(it));
    this.#primaryKeys = getPrimaryKeyCache(tables);
    const complete = options.crashRecoveryCheckpoint === undefined;
    this.#tables = new Map(tables.map((it) => [it, new Rows(it, this.#primaryKeys.get(it)!, complete)]));
  }

  set event(event: Event | undefined) {
    this.#event = event;
  }

  set qb(database: Database) {
    this.#database = database;
  }

  async get({ table, key }: { table: Table; key: Row }): Promise<Row | null> {
    const rows = this.#tables.get(table)!;
    rows.asked = true;
    const event = this.#event;
    if (event !== undefined && this.#options.eventCount[event.eventCallback.name]! % SAMPLING === 1) {
      this.#sample(event, rows, key);
    }
    const id = rows.keyOf(key);
    const waiting = rows.updates.get(id) ?? rows.inserts.get(id);
    if (waiting !== undefined) {
      rows.requests[rows.complete ? "complete" : "hit"] += 1;
      return waiting.row;
    }
    const known = rows.known.get(id);
    if (known !== undefined) {
      if (!rows.complete && !rows.prefetched.has(id)) rows.spilled.add(id);
      rows.requests[rows.complete ? "complete" : "hit"] += 1;
      return known;
    }
    rows.reads += 1;
    if (rows.complete) {
      rows.requests.complete += 1;
      return null;
    }
    rows.spilled.add(id);
    rows.requests.miss += 1;
    const [found] = await this.#timed(rows, "find", () =>
      this.#database.wrap((db) => db.select().from(table).where(getWhereCondition(table, key))),
    ).catch((error: Error) => {
      throw this.#failed ?? error;
    });
    rows.known.set(id, found ?? null);
    return found ?? null;
  }

  set({ table, row: given, isUpdate }: { table: Table; row: Row; isUpdate: boolean }): Row {
    const rows = this.#tables.get(table)!;
    const row = rows.tidy(given, isUpdate);
    const id = rows.keyOf(row);
    // What is changed before it was written is written once.
    const target = isUpdate && !rows.inserts.has(id) ? rows.updates : rows.inserts;
    target.set(id, { row, event: this.#event });
    if (rows.inserts.size >= SLICE) this.#writeSlice(rows);
    return row;
  }

  async delete({ table, key }: { table: Table; key: Row }): Promise<boolean> {
    const rows = this.#tables.get(table)!;
    const id = rows.keyOf(key);
    const waited = [rows.inserts.delete(id), rows.updates.delete(id)].includes(true);
    rows.known.delete(id);
    await Promise.all(rows.slices);
    const deleted = await this.#database.wrap((db) =>
      db.delete(table).where(getWhereCondition(table, key)).returning(),
    );
    return waited || deleted.length > 0;
  }

  /** Writes new rows while others are made of the events behind. What fails fails when all is to be written. */
  #writeSlice(rows: Rows): void {
    const slice = new Map(rows.inserts);
    rows.inserts.clear();
    if (rows.asked) rows.learn(slice);
    else rows.forget();
    const written = this.#copy(rows, slice);
    written.catch((error: Error) => (this.#failed ??= error));
    rows.slices.push(written);
  }

  async #copy(rows: Rows, entries: ReadonlyMap<string, Entry>, includeSchema = true): Promise<void> {
    const text = rows.copyText(entries.values());
    await this.#timed(rows, "flush", () => getCopyHelper(this.#database)(rows.table, text, includeSchema)).catch(
      (error: Error) => {
        // Ponder tries again what has another reason, such as a lost connection.
        throw /violates .* constraint/.test(error.message)
          ? new DelayedInsertError(`Rows of '${rows.name}': ${error.message}`)
          : error;
      },
    );
  }

  async flush({ tableNames }: { tableNames?: ReadonlySet<string> } = {}): Promise<void> {
    const results = await Promise.allSettled(
      [...this.#tables.values()]
        .filter(({ name }) => tableNames === undefined || tableNames.has(name))
        .map((rows) => this.#flush(rows)),
    );
    const failed = results.find((it) => it.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  async #flush(rows: Rows): Promise<void> {
    this.#tellRequests(rows);
    const count = rows.inserts.size + rows.updates.size;
    await Promise.all(rows.slices);
    rows.slices.length = 0;
    if (rows.inserts.size > 0) {
      const inserts = new Map(rows.inserts);
      if (inserts.size > FEW) await this.#copy(rows, inserts);
      else await this.#statement(rows, (db) => db.insert(rows.table).values(rowsOf(inserts)));
      rows.learn(inserts);
      rows.inserts.clear();
    }
    if (rows.updates.size > 0) {
      const updates = new Map(rows.updates);
      if (updates.size > FEW) await this.#copyUpdates(rows, updates);
      else await this.#statement(rows, (db) => this.#upsert(db, rows, updates));
      rows.learn(updates);
      rows.updates.clear();
    }
    if (count > 0)
      this.#options.common.logger.debug({ msg: "Wrote database rows", table: rows.name, row_count: count });
  }

  #statement(rows: Rows, statement: (db: Drizzle) => Promise<unknown>): Promise<unknown> {
    return this.#timed(rows, "flush", () => this.#database.wrap(statement));
  }

  #upsert(db: Drizzle, rows: Rows, updates: ReadonlyMap<string, Entry>): Promise<unknown> {
    const set = rows.columns.map(({ name, column }) => [name, sql.raw(`excluded."${columnName(column)}"`)] as const);
    return db
      .insert(rows.table)
      .values(rowsOf(updates))
      .onConflictDoUpdate({ target: rows.keys.map(({ column }) => column), set: Object.fromEntries(set) });
  }

  /** By way of a table that is gone with the connection. */
  async #copyUpdates(rows: Rows, updates: ReadonlyMap<string, Entry>): Promise<void> {
    const { name } = rows;
    const target = `"${getTableConfig(rows.table as PgTable).schema ?? "public"}"."${name}"`;
    const run = (statement: string) => this.#database.wrap((db) => db.execute(statement));
    await run(`CREATE TEMP TABLE IF NOT EXISTS "${name}" AS SELECT * FROM ${target} WITH NO DATA`);
    await this.#copy(rows, updates, false);
    await run(
      `UPDATE ${target} AS target SET ${pairs(rows.columns, "", ", ")} FROM pg_temp."${name}" source
        WHERE ${pairs(rows.keys, "target.", " AND ")}`,
    );
    await run(`TRUNCATE TABLE pg_temp."${name}"`);
  }

  async prefetch({ events }: { events: readonly Event[] }): Promise<void> {
    tellBatch(events);
    this.#evict();
    const incomplete = [...this.#tables.values()].filter(({ complete }) => !complete);
    if (incomplete.length === 0) return;
    const predicted = this.#predict(events, new Set(incomplete));
    await Promise.all(
      incomplete.map(async (rows) => {
        const wanted = predicted.get(rows) ?? new Map<string, Row>();
        for (const id of rows.known.keys()) {
          if (wanted.has(id)) wanted.delete(id);
          else if (!rows.spilled.has(id)) rows.known.delete(id);
        }
        rows.spilled.clear();
        rows.prefetched.clear();
        if (wanted.size > 0) await this.#lookUp(rows, wanted);
      }),
    );
  }

  /** Where there is more in memory than may be, gives up what is of least use. */
  #evict(): void {
    const most = this.#options.common.options.indexingCacheMaxBytes;
    const complete = [...this.#tables.values()].filter((rows) => rows.complete).toSorted((a, b) => a.reads - b.reads);
    let bytes = complete.reduce((sum, rows) => sum + rows.bytes, 0);
    for (const rows of complete) {
      if (bytes <= most) return;
      this.#options.common.logger.debug({
        msg: "Evicted cached database rows",
        table: rows.name,
        row_count: rows.known.size,
      });
      bytes -= rows.bytes;
      rows.forget();
    }
  }

  /** The rows that events will ask for, as those before them did. */
  #predict(events: readonly Event[], incomplete: ReadonlySet<Rows>): Map<Rows, Map<string, Row>> {
    const predicted = new Map<Rows, Map<string, Row>>();
    for (const event of events) {
      const { name } = event.eventCallback;
      for (const [rows, patterns] of this.#patterns.get(name) ?? []) {
        if (!incomplete.has(rows)) continue;
        for (const { count, pattern } of patterns.values()) {
          if ((count * SAMPLING) / this.#options.eventCount[name]! <= EXPECTED) continue;
          const key = recoverProfilePattern(pattern, event);
          let wanted = predicted.get(rows);
          if (wanted === undefined) predicted.set(rows, (wanted = new Map<string, Row>()));
          wanted.set(rows.keyOf(key), key);
        }
      }
    }
    return predicted;
  }

  #sample(event: Event, rows: Rows, key: Row): void {
    const { name } = event.eventCallback;
    let ofEvent = this.#patterns.get(name);
    if (ofEvent === undefined) this.#patterns.set(name, (ofEvent = new Map()));
    let patterns = ofEvent.get(rows);
    if (patterns === undefined) ofEvent.set(rows, (patterns = new Map()));
    const hints = Array.from(patterns.values(), ({ pattern }) => pattern);
    const pattern = recordProfilePattern(event, rows.table, key, hints, this.#primaryKeys);
    if (pattern === undefined) return;
    const id = getProfilePatternKey(pattern);
    const seen = patterns.get(id);
    if (seen === undefined) patterns.set(id, { pattern, count: 1 });
    else seen.count += 1;
  }

  /**
   * By an array for each column of the key. Ponder asks by an `OR` of thousands of keys, which PostgreSQL 18 plans in time that grows
   * with the square of their number where a key has several columns: 12 s for 4,000 of three, which as arrays take 0.1 s.
   */
  async #lookUp(rows: Rows, wanted: ReadonlyMap<string, Row>): Promise<void> {
    this.#options.common.metrics.ponder_indexing_cache_requests_total.inc(
      { table: rows.name, type: "prefetch" },
      wanted.size,
    );
    const keys = [...wanted.values()];
    const arrays = rows.keys.map(({ name, column, tidy }) => {
      const values = keys.map((key) => column.mapToDriverValue(tidy(key[name], false)));
      return sql`${sql.param(values)}::${sql.raw(column.getSQLType())}[]`;
    });
    const columns = sql.join(
      rows.keys.map(({ column }) => sql`${column}`),
      sql`, `,
    );
    const found = await this.#timed(rows, "load", () =>
      this.#database.wrap((db) =>
        db
          .select()
          .from(rows.table)
          .where(sql`(${columns}) IN (SELECT * FROM unnest(${sql.join(arrays, sql`, `)}))`),
      ),
    );
    for (const id of wanted.keys()) {
      rows.prefetched.add(id);
      rows.known.set(id, null);
    }
    for (const row of found) rows.known.set(rows.keyOf(row), row);
  }

  invalidate(): void {
    for (const rows of this.#tables.values()) rows.complete = false;
  }

  clear(): void {
    this.#failed = undefined;
    for (const rows of this.#tables.values()) {
      for (const some of [rows.known, rows.spilled, rows.inserts, rows.updates]) some.clear();
      rows.slices.length = 0;
    }
  }

  #tellRequests({ name, requests }: Rows): void {
    for (const type of ["complete", "hit", "miss"] as const) {
      if (requests[type] === 0) continue;
      this.#options.common.metrics.ponder_indexing_cache_requests_total.inc({ table: name, type }, requests[type]);
      requests[type] = 0;
    }
  }

  async #timed<Result>({ name }: Rows, method: string, work: () => Promise<Result>): Promise<Result> {
    const start = performance.now();
    const result = await work();
    const { ponder_indexing_cache_query_duration: duration } = this.#options.common.metrics;
    duration.observe({ table: name, method }, performance.now() - start);
    return result;
  }
}

function rowsOf(entries: ReadonlyMap<string, Entry>): Row[] {
  return Array.from(entries.values(), ({ row }) => row);
}

/** That columns are equal to those of `source`. */
function pairs(columns: readonly Tidied[], left: string, separator: string): string {
  return columns.map(({ column }) => `${left}"${columnName(column)}" = source."${columnName(column)}"`).join(separator);
}

function columnName(column: Column): string {
  return getColumnCasing(column, "snake_case");
}
