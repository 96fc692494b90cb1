import { createHash } from "node:crypto";

import { Client } from "pg";

import { ROOT, digestOf } from "./sources.ts";

/** What {@link indexerSchema} names schemas, as PostgreSQL matches it. */
const SCHEMAS = "^indexer_[0-9a-f]{12}$";

/** How long after its last sign of life an indexer counts as ended, in milliseconds, though it did not say so. */
const HEARTBEAT_TIMEOUT = 60_000;

/**
 * The schema that this version of the indexer fills: Ponder wants one for each, and turns the views of the schema
 * `indexer` to it once it has caught up, so that readers never see a half-filled one.
 */
export async function indexerSchema(deploymentsDir: string, env: NodeJS.ProcessEnv): Promise<string> {
  const patterns = ["indexer/**/*.ts", "sdk/src/protocol/**/*.ts"];
  const sources = await digestOf(ROOT, patterns, ["**/ponder-env.d.ts", "**/generated/**"]);
  const deployments = await digestOf(deploymentsDir, ["*.json"]);
  const digest = createHash("sha256").update(sources).update(deployments).update(choices(env)).digest("hex");
  return `indexer_${digest.slice(0, 12)}`;
}

/** Which chains and other registries are indexed: with another choice the same code fills other rows. */
function choices(env: NodeJS.ProcessEnv): string {
  const said = (names: RegExp) => Object.keys(env).filter((name) => names.test(name) && env[name]);
  const sources = said(/^SOURCES$|^SOURCE_/).sort();
  // Where the RPC of a chain is says nothing; that it has one, does.
  return JSON.stringify([sources.map((name) => [name, env[name]]), said(/^RPC_URL_\d+$/).sort()]);
}

/**
 * Makes a schema ready for Ponder to go on with. It takes away the lock of an indexer that was killed, for which Ponder
 * waits 20 s: there is no other one on this data, that is what the stack's own lock is for. And it sets the progress back
 * to the last final block, as Ponder will with the rows, but not at once with what it says of its progress.
 */
export async function prepareSchema(databaseUrl: string, schema: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const tables = "SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = '_ponder_meta'";
    const { rowCount } = await client.query(tables, [schema]);
    if (rowCount === 0) return;
    const unlocked = "jsonb_set(value, '{is_locked}', '0')";
    await client.query(`UPDATE "${schema}"._ponder_meta SET value = ${unlocked} WHERE key = 'app'`);
    await client.query(`UPDATE "${schema}"._ponder_checkpoint SET latest_checkpoint = safe_checkpoint`);
  } finally {
    await client.end();
  }
}

/**
 * Drops what earlier versions of the indexer filled: all but the schema that the views show, those that an indexer still
 * fills, and the last of the others, so that whoever goes back a version needs not wait.
 *
 * @returns what it dropped.
 */
export async function dropOldSchemas(databaseUrl: string): Promise<string[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows: schemas } = await client.query<{ name: string; shown: boolean }>(
      `SELECT n.nspname AS name, EXISTS (
         SELECT FROM pg_rewrite r JOIN pg_class v ON v.oid = r.ev_class JOIN pg_namespace s ON s.oid = v.relnamespace
         JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid AND d.refobjid = c.oid
         WHERE s.nspname = 'indexer' AND v.relname = c.relname) AS shown
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relname = '_ponder_meta' AND c.relkind = 'r' AND n.nspname ~ $1`,
      [SCHEMAS],
    );
    const idle: { name: string; heartbeat: number }[] = [];
    for (const { name, shown } of schemas) {
      const { rows } = await client.query<{ locked: boolean; heartbeat: number }>(
        `SELECT value ->> 'is_locked' = '1' AS locked, (value ->> 'heartbeat_at')::double precision AS heartbeat
         FROM "${name}"._ponder_meta WHERE key = 'app'`,
      );
      const [app] = rows;
      if (!app || shown || (app.locked && Date.now() - app.heartbeat < HEARTBEAT_TIMEOUT)) continue;
      idle.push({ name, heartbeat: app.heartbeat });
    }
    const [, ...old] = idle.sort((a, b) => b.heartbeat - a.heartbeat).map(({ name }) => name);
    // With it go views of tables that there are no more.
    for (const name of old) await client.query(`DROP SCHEMA "${name}" CASCADE`);
    return old;
  } finally {
    await client.end();
  }
}
