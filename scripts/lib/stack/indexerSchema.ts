import { createHash } from "node:crypto";

import { Client } from "pg";

import { ROOT, digestOf } from "./sources.ts";

/**
 * The schema that this version of the indexer fills: Ponder wants one for each, and turns the views of the schema
 * `indexer` to it once it has caught up, so that readers never see a half-filled one.
 */
export async function indexerSchema(deploymentsDir: string, env: NodeJS.ProcessEnv): Promise<string> {
  const patterns = ["indexer/**/*.ts", "sdk/src/protocol/**/*.ts"];
  const sources = await digestOf(ROOT, patterns, ["**/ponder-env.d.ts", "**/generated/**"]);
  const deployments = await digestOf(deploymentsDir, ["*.json"]);
  const digest = createHash("sha256").update(sources).update(deployments).update(otherSources(env)).digest("hex");
  return `indexer_${digest.slice(0, 12)}`;
}

/** Which other registries are indexed and where: with another choice the same code fills other rows. */
function otherSources(env: NodeJS.ProcessEnv): string {
  const isSaid = (name: string) => /^SOURCES$|^SOURCE_/.test(name) && env[name];
  const said = Object.keys(env).filter(isSaid).sort();
  if (said.length === 0) return "";
  // Where the RPC is says nothing; that a chain has one, does.
  const chains = Object.keys(env).filter((name) => name.startsWith("RPC_URL_"));
  return JSON.stringify([said.map((name) => [name, env[name]]), chains.sort()]);
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
