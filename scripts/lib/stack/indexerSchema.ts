import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { Client, escapeIdentifier } from "pg";

import { ROOT, digestOf } from "./sources.ts";

/** What {@link indexerSchema} names schemas, as PostgreSQL matches it. */
const SCHEMAS = "^indexer_[0-9a-f]{12}$";

/** How long after its last sign of life an indexer counts as ended, in milliseconds, though it did not say so. */
const HEARTBEAT_TIMEOUT = 60_000;

/**
 * The schema that this version of the indexer fills: Ponder wants one for each. Readers read the views of the schema
 * `indexer`, which {@link showSchema} turns to it, so that they never see a half-filled one.
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
 * Has the views of the schema `indexer` show what one indexer fills, as soon as that is as far as what they show now: no
 * reader sees a table missing, or less than before. Ponder itself would turn them when it has the final blocks only.
 *
 * @param stop ends the wait.
 */
export async function showSchema(databaseUrl: string, schema: string, stop?: AbortSignal): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    while (!stop?.aborted && !(await tryToShow(client, schema))) await sleep(SHOW_INTERVAL);
  } finally {
    await client.end();
  }
}

/** How often it is tried to turn the views, in milliseconds. */
const SHOW_INTERVAL = 200;
/**
 * How long that may keep readers waiting, in milliseconds: far less than after what PostgreSQL looks for a deadlock, so that
 * it is never a reader who is ended for one.
 */
const LOCK_TIMEOUT = 50;

/** PostgreSQL's codes (appendix A): lock_not_available, deadlock_detected. */
const BUSY = new Set(["55P03", "40P01"]);

async function tryToShow(client: Client, schema: string): Promise<boolean> {
  const { rows: views } = await client.query<{ name: string; shown: boolean }>(
    `SELECT v.relname AS name, bool_or(t.relnamespace = to_regnamespace($1)) AS shown
     FROM pg_class v LEFT JOIN pg_rewrite r ON r.ev_class = v.oid
     LEFT JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
     LEFT JOIN pg_class t ON t.oid = d.refobjid AND d.refclassid = 'pg_class'::regclass AND t.oid <> v.oid
     WHERE v.relnamespace = to_regnamespace('indexer') AND v.relkind = 'v' GROUP BY v.relname`,
    [schema],
  );
  const shows = views.some(({ name }) => name === CHECKPOINTS);
  if (shows && views.every(({ shown }) => shown)) return true;
  if (shows && !(await isAsFar(client, schema))) return false;
  const { rows: apps } = await client.query<{ tables: string[] }>(
    `SELECT value -> 'table_names' AS tables FROM ${escapeIdentifier(schema)}._ponder_meta WHERE key = 'app'`,
  );
  const names = ["_ponder_meta", CHECKPOINTS, ...apps[0]!.tables];
  try {
    await client.query("BEGIN");
    await client.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT}`);
    await client.query("CREATE SCHEMA IF NOT EXISTS indexer");
    // In place of a view none of other columns can be put.
    if (views.length > 0)
      await client.query(`DROP VIEW ${views.map(({ name }) => `indexer.${escapeIdentifier(name)}`).join(", ")}`);
    for (const name of names.map(escapeIdentifier)) {
      await client.query(`CREATE VIEW indexer.${name} AS SELECT * FROM ${escapeIdentifier(schema)}.${name}`);
    }
    // Whoever listens hears of each block, as with Ponder's own views.
    await client.query(
      `CREATE OR REPLACE FUNCTION indexer.live_query_notify() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN PERFORM pg_notify('indexer_live_query', '[]'); RETURN NULL; END $$`,
    );
    await client.query(
      `CREATE OR REPLACE TRIGGER indexer_live_query_notify AFTER INSERT OR UPDATE OR DELETE
       ON ${escapeIdentifier(schema)}.${CHECKPOINTS} FOR EACH STATEMENT EXECUTE FUNCTION indexer.live_query_notify()`,
    );
    await client.query("COMMIT");
    return true;
  } catch (error) {
    await client.query("ROLLBACK");
    if (BUSY.has((error as { code?: string }).code ?? "")) return false;
    throw error;
  }
}

/** Where Ponder keeps how far it is. */
const CHECKPOINTS = "_ponder_checkpoint";

/** Whether an indexer has come as far on each chain as what the views show, as far as it indexes that chain. */
async function isAsFar(client: Client, schema: string): Promise<boolean> {
  const { rows } = await client.query<{ far: boolean }>(
    `SELECT count(*) > 0 AND bool_and(mine.latest_checkpoint >= coalesce(shown.latest_checkpoint, '')) AS far
     FROM ${escapeIdentifier(schema)}.${CHECKPOINTS} mine LEFT JOIN indexer.${CHECKPOINTS} shown USING (chain_id)`,
  );
  return rows[0]!.far;
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
