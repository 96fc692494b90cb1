import type { Findings } from "./findings.ts";
import { KEYS, type Row, type Table, type Value, keyOf, plain } from "./rows.ts";

/** A connection to the index's database, one, since what is read belongs together. `pg`'s clients are this. */
export interface Database {
  query(sql: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[]; fields: { name: string }[] }>;
}

/** Up to where an index says that it has come. */
export interface Checkpoint {
  block: number;
  /** Of that block, Unix seconds. */
  time: number;
}

/** Rows read at once. */
const PAGE = 2_000;

/** The tables whose rows never change: they are compared while the logs are read. */
export const EVENT_TABLES = ["link", "turn", "refusal", "anchor", "governance"] as const satisfies readonly Table[];

/** Compares the tables of an index with what they must say, row by row and column by column. */
export class IndexComparison {
  readonly #database: Database;
  readonly #schema: string;
  readonly #chainId: number;
  readonly #findings: Findings;
  readonly #eventTables: readonly (typeof EVENT_TABLES)[number][];
  /** Columns that were not looked at, and why. */
  readonly #noted = new Set<string>();
  /** The tables that there are. */
  #tables = new Set<string>();
  /** The tables whose columns were looked for. */
  readonly #looked = new Set<Table>();
  /** How many rows of each table were seen to be right or wrong. */
  readonly #met = new Map<Table, number>();

  /**
   * @param schema a name without quotes.
   * @param eventTables those of {@link EVENT_TABLES} of which everything is read.
   */
  constructor(
    { database, schema }: { database: Database; schema: string },
    chainId: number,
    eventTables: readonly (typeof EVENT_TABLES)[number][],
    findings: Findings,
  ) {
    this.#database = database;
    this.#schema = schema;
    this.#eventTables = eventTables;
    this.#chainId = chainId;
    this.#findings = findings;
  }

  /** @throws where there is no index. */
  async open(): Promise<void> {
    const { rows } = await this.#database.query(
      "SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind IN ('r', 'v', 'm', 'p', 'f')",
      [this.#schema],
    );
    this.#tables = new Set(rows.map(({ name }) => String(name)));
    if (!this.#tables.has("link")) throw new Error(`the database has no index in the schema ${this.#schema}`);
  }

  /** Reads from now on as of one moment, so that what is read belongs together. */
  async freeze(): Promise<void> {
    await this.#database.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  }

  async release(): Promise<void> {
    await this.#database.query("ROLLBACK");
  }

  /** Ponder keeps it as a checkpoint of fixed width: time (10 digits), chain (16), block (16) and so on. */
  async checkpoint(): Promise<Checkpoint | null> {
    const { rows } = await this.#database.query(
      `SELECT latest_checkpoint AS at FROM "${this.#schema}"._ponder_checkpoint WHERE chain_id = $1`,
      [this.#chainId],
    );
    const at = rows[0]?.at;
    return typeof at === "string" ? { time: Number(at.slice(0, 10)), block: Number(at.slice(26, 42)) } : null;
  }

  /** Compares what a range of blocks made with what must be there. */
  async compareRange(from: number, to: number, expected: ReadonlyMap<Table, readonly Row[]>): Promise<void> {
    for (const table of this.#eventTables) {
      const rows = await this.#read(table, "block_number BETWEEN $2 AND $3", [from, to]);
      this.#compareAll(table, expected.get(table) ?? [], rows);
    }
    const lists = expected.get("findings_attested") ?? [];
    if (lists.length === 0) return;
    const hashes = lists.map((row) => row.transaction_hash);
    this.#compareAll(
      "findings_attested",
      lists,
      await this.#read("findings_attested", "transaction_hash = ANY($2)", [hashes]),
    );
  }

  /** Looks for rows of these tables that no range of blocks had: of other blocks, or of transactions that are none. */
  async compareCounts(): Promise<void> {
    for (const table of [...this.#eventTables, "findings_attested"] as const) await this.#compareCount(table);
  }

  /** Tells what else there is, which no comparison with this chain reaches. */
  async compareExtent(): Promise<void> {
    const ours = Object.keys(KEYS).filter((table) => this.#tables.has(table));
    const sql = (table: string) => `SELECT DISTINCT chain_id FROM "${this.#schema}"."${table}" WHERE chain_id <> $1`;
    const { rows } = await this.#database.query(
      `SELECT chain_id, chain_id IN (SELECT chain_id FROM "${this.#schema}"._ponder_checkpoint) AS followed
       FROM (${ours.map(sql).join(" UNION ")}) x`,
      [this.#chainId],
    );
    for (const { chain_id: chain, followed } of rows) {
      if (followed === true) this.#findings.leave(`chain ${String(chain)} of the index: give its RPC`);
      else this.#differs("index", `has rows of chain ${String(chain)}, which no indexer follows`);
    }
    for (const table of this.#tables) {
      if (table in KEYS || table.startsWith("_")) continue;
      const { rows: some } = await this.#database.query(`SELECT FROM "${this.#schema}"."${table}" LIMIT 1`);
      if (some.length > 0) this.#note(`table ${table}`);
    }
  }

  async #compareCount(table: Table): Promise<void> {
    if (!this.#tables.has(table)) return;
    const { rows } = await this.#database.query(
      `SELECT count(*)::integer AS rows FROM "${this.#schema}"."${table}" WHERE chain_id = $1`,
      [this.#chainId],
    );
    const [there, met] = [Number(rows[0]!.rows), this.#met.get(table) ?? 0];
    if (there !== met) this.#differs(table, `has ${there} rows, of which ${met} are of blocks that were read`);
  }

  /**
   * Compares a table whole.
   *
   * @param partial whether the database may have rows of which nothing was read.
   */
  async compareTable(table: Table, expected: Iterable<Row>, partial = false): Promise<void> {
    const missing = new Map([...expected].map((row) => [keyOf(table, row), row]));
    if (!this.#isThere(table)) return;
    // The chain's number is one, and DECLARE takes no parameters.
    await this.#database.query(
      `DECLARE verified NO SCROLL CURSOR FOR SELECT * FROM "${this.#schema}"."${table}" WHERE chain_id = ${this.#chainId}`,
    );
    for (;;) {
      const { rows, fields } = await this.#database.query(`FETCH ${PAGE} FROM verified`);
      for (const row of rows) {
        const key = keyOf(table, row as Row);
        const right = missing.get(key);
        missing.delete(key);
        if (right) this.#compareRow(table, right, row as Row, fields);
        else if (!partial) this.#differs(`${table} ${key}`, "is in the database and not on the chain");
      }
      if (rows.length < PAGE) break;
    }
    await this.#database.query("CLOSE verified");
    for (const key of missing.keys()) this.#differs(`${table} ${key}`, "is on the chain and not in the database");
  }

  #isThere(table: Table): boolean {
    if (this.#tables.has(table)) return true;
    this.#differs(table, "the database has no such table");
    return false;
  }

  async #read(table: Table, where: string, values: unknown[]) {
    if (!this.#isThere(table)) return { rows: [], fields: [] };
    const sql = `SELECT * FROM "${this.#schema}"."${table}" WHERE chain_id = $1 AND ${where}`;
    return this.#database.query(sql, [this.#chainId, ...values]);
  }

  #compareAll(
    table: Table,
    expected: readonly Row[],
    { rows, fields }: { rows: Record<string, unknown>[]; fields: { name: string }[] },
  ): void {
    const found = new Map(rows.map((row) => [keyOf(table, row as Row), row as Row]));
    if (found.size < rows.length) this.#differs(table, `has ${rows.length} rows under ${found.size} keys`);
    this.#met.set(table, (this.#met.get(table) ?? 0) + rows.length);
    for (const right of expected) {
      const key = keyOf(table, right);
      const row = found.get(key);
      found.delete(key);
      if (row) this.#compareRow(table, right, row, fields);
      else this.#differs(`${table} ${key}`, "is on the chain and not in the database");
    }
    for (const key of found.keys()) this.#differs(`${table} ${key}`, "is in the database and not on the chain");
  }

  #compareRow(table: Table, right: Row, row: Row, fields: readonly { name: string }[]): void {
    this.#findings.count(`rows of ${table}`);
    this.#requireColumns(table, right, fields);
    for (const { name } of fields) {
      if (name === "chain_id") continue;
      if (!(name in right)) this.#note(`column ${table}.${name}`);
      else if (right[name] !== undefined && !isSame(right[name], row[name])) {
        this.#differs(
          `${table} ${keyOf(table, right)}`,
          `${name}: chain says ${plain(right[name])}, database says ${plain(row[name])}`,
        );
      }
    }
  }

  /** What is not there cannot differ. */
  #requireColumns(table: Table, right: Row, fields: readonly { name: string }[]): void {
    if (this.#looked.has(table)) return;
    this.#looked.add(table);
    const there = new Set(fields.map(({ name }) => name));
    for (const name of Object.keys(right)) if (!there.has(name)) this.#differs(table, `lacks the column ${name}`);
  }

  #note(what: string): void {
    if (this.#noted.has(what)) return;
    this.#noted.add(what);
    this.#findings.leave(`${what}: it is not known here`);
  }

  #differs(subject: string, detail: string): void {
    this.#findings.add("database", subject, detail);
  }
}

/** Numbers may come as text, and lists of objects with their members in another order. */
function isSame(right: Value, found: Value): boolean {
  return plain(right) === plain(found) && (right === null) === (found === null) && (right === "") === (found === "");
}
