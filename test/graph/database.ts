import { randomBytes } from "node:crypto";
import { join } from "node:path";

import { Client, type Pool } from "pg";

import { migrate } from "../../api/db/migrations.ts";
import { createPool } from "../../api/db/pool.ts";
import { ROOT } from "../../scripts/lib/stack/sources.ts";

/** The statements by which Ponder makes the tables of a schema: its own, from the indexer's schema file. */
interface Statements {
  tables: { sql: string[]; json: { tableName: string }[] };
  enums: { sql: string[] };
  indexes: { sql: string[] };
}

/** A database of its own on a server, with the API's tables and the indexer's, which are empty. */
export interface GraphDatabase {
  db: Pool;
  url: string;
  /** How the indexer's tables were read meanwhile: scans of a whole table, and rows or entries of indexes. */
  rowsRead(meanwhile: () => Promise<void>): Promise<{ scans: number; tuples: number }>;
  /** Deletes all rows. */
  empty(): Promise<void>;
  /** Fills in what only begins to count with it. Ponder makes indexes behind the history as well. */
  makeIndexes(): Promise<void>;
  drop(): Promise<void>;
}

/** @param server `postgres://…` of any database there. */
export async function createGraphDatabase(server: string): Promise<GraphDatabase> {
  const name = `graph_${randomBytes(6).toString("hex")}`;
  const once = async (sql: string): Promise<void> => {
    const client = new Client({ connectionString: server });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await once(`CREATE DATABASE ${name}`);
  // Tables are small here, and PostgreSQL would rather scan them: what still does has no index to use.
  await once(`ALTER DATABASE ${name} SET enable_seqscan = off`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  const db = createPool(url);
  // Dropping the database ends connections that are idle.
  db.on("error", () => {});
  const statements = await indexerStatements();
  const client = await db.connect();
  try {
    // As in a stack: tables in a schema of this version, and views of them in `indexer`.
    await client.query("CREATE SCHEMA indexer_test; CREATE SCHEMA indexer; SET search_path = indexer_test, public");
    for (const sql of statements.enums.sql) await client.query(sql);
    for (const [index, sql] of statements.tables.sql.entries()) {
      const table = statements.tables.json[index]!.tableName;
      if (table.startsWith("_reorg__")) continue;
      await client.query(sql);
      await client.query(`CREATE VIEW indexer."${table}" AS SELECT * FROM indexer_test."${table}"`);
    }
    await client.query("RESET search_path");
  } finally {
    client.release();
  }
  await migrate(db);
  return {
    db,
    url,
    rowsRead: async (meanwhile) => {
      const before = await readUntilNow(db);
      await meanwhile();
      const after = await readUntilNow(db);
      return { scans: after.scans - before.scans, tuples: after.tuples - before.tuples };
    },
    empty: async () => {
      const tables = statements.tables.json.map(({ tableName }) => tableName);
      const filled = tables.filter((table) => !table.startsWith("_reorg__"));
      await db.query(`TRUNCATE api.checks, ${filled.map((table) => `indexer_test."${table}"`).join()}`);
    },
    makeIndexes: async () => {
      const maker = await db.connect();
      try {
        await maker.query("SET search_path = indexer_test, public");
        for (const sql of statements.indexes.sql) await maker.query(sql);
        await maker.query("RESET search_path");
      } finally {
        maker.release();
      }
    },
    drop: async () => {
      await db.end();
      await once(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function indexerStatements(): Promise<Statements> {
  const schema = await import("../../indexer/ponder.schema.ts");
  const kit = (await import(join(ROOT, "node_modules/ponder/dist/esm/drizzle/kit/index.js"))) as {
    getSql(schema: object): Statements;
  };
  return kit.getSql(schema);
}

/** Sums of what every connection has reported. */
async function readUntilNow(db: Pool): Promise<{ scans: number; tuples: number }> {
  const clients = await Promise.all(Array.from({ length: db.totalCount }, () => db.connect()));
  try {
    for (const client of clients) await client.query("SELECT pg_stat_force_next_flush()");
    for (const client of clients) await client.query("SELECT 1");
    const { rows } = await clients[0]!.query<{ scans: number; tuples: number }>(
      // Also entries of indexes that were looked at in vain.
      `SELECT sum(seq_scan)::integer AS scans, (sum(seq_tup_read) + (
         SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE schemaname = 'indexer_test'))::integer AS tuples
       FROM pg_stat_user_tables WHERE schemaname = 'indexer_test'`,
    );
    return rows[0]!;
  } finally {
    for (const client of clients) client.release();
  }
}
