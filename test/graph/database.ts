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
