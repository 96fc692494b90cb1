/**
 * `npm run indexer`: indexes the chains in DEPLOYMENTS_DIR whose RPC_URL_<chainId> is set, into a schema of this version's
 * own in DATABASE_URL. When it has caught up, the views in the schema `indexer` turn to it, and what older versions filled
 * is dropped, but for the last. `--drop-old` does that alone. Environment: INDEXER_PORT, as `npm start`.
 */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { startIndexer } from "./lib/stack/indexer.ts";
import { dropOldSchemas, indexerSchema, showSchema } from "./lib/stack/indexerSchema.ts";
import { requireFreePort } from "./lib/stack/ports.ts";

const { values: flags } = parseArgs({ options: { "drop-old": { type: "boolean", default: false } } });
const { DATABASE_URL: databaseUrl, INDEXER_PORT, DEPLOYMENTS_DIR } = process.env;

async function main(): Promise<number> {
  if (!databaseUrl) throw new Error("DATABASE_URL is missing: it must be the URL of a PostgreSQL database");
  if (flags["drop-old"]) {
    say(await dropOldSchemas(databaseUrl));
    return 0;
  }
  const port = Number(INDEXER_PORT || 42069);
  await requireFreePort(port, "INDEXER_PORT", "indexer");
  const deploymentsDir = resolve(DEPLOYMENTS_DIR || join(import.meta.dirname, "../deployments"));
  const schema = await indexerSchema(deploymentsDir, process.env);
  const dataDir = await mkdtemp(join(tmpdir(), "syngraph-indexer-"));
  const indexer = await startIndexer({ dataDir, databaseUrl, deploymentsDir, schema, port, env: {} });
  const asked = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      asked.abort();
      void indexer.stop();
    });
  }
  const gone = new AbortController();
  const ended = indexer.ended.finally(() => gone.abort());
  console.log(`filling ${schema}; its log is in ${dataDir}`);
  try {
    await indexer.waitUntil(async () => (await fetch(`http://127.0.0.1:${port}/ready`)).ok, Infinity);
    await showSchema(databaseUrl, schema, gone.signal);
    if (indexer.running) {
      console.log(`ready: the schema indexer shows ${schema}`);
      say(await dropOldSchemas(databaseUrl));
    }
    console.log(`ended: ${await ended}`);
  } catch (error) {
    if (!asked.signal.aborted) throw error;
  } finally {
    // Where the views cannot be turned to what it fills, it fills it for nobody.
    await indexer.stop();
  }
  // For who starts it anew where it failed.
  return asked.signal.aborted ? 0 : 1;
}

function say(dropped: readonly string[]): void {
  console.log(dropped.length === 0 ? "nothing old to drop" : `dropped ${dropped.join(", ")}`);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
