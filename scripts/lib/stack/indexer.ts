import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { Part } from "./part.ts";
import { ROOT } from "./sources.ts";

/** How to run one indexer. */
export interface IndexerOptions {
  /** Folder of `logs/indexer.log`. */
  dataDir: string;
  databaseUrl: string;
  /** Folder of the `<chainId>.json` files. */
  deploymentsDir: string;
  /** The schema that it fills. */
  schema: string;
  /**
   * A schema whose views Ponder turns to that when it has the final blocks: of what nobody reads meanwhile. Else see
   * showSchema.
   */
  viewsSchema?: string;
  port: number;
  /** RPC_URL_<chainId> of each chain, and settings of ponder.config.ts. */
  env: NodeJS.ProcessEnv;
  /** The folder with ponder.config.ts. */
  root?: string;
}

/**
 * Bytes of rows that Ponder may keep in memory; by its own default a fifth of the heap, which is nearly a gigabyte. What is
 * beyond it looks up in the database, many rows at once (indexer/ponder/rowCache.ts).
 */
const CACHED_ROWS = 4 * 1024 * 1024;

/**
 * V8's settings, in megabytes. Without a limit to the heap it lets garbage pile up to gigabytes before it looks; and what comes of a
 * batch of events and is gone with it is more than the 16 that it has for new objects, so that it would copy most of it.
 */
const MEMORY = ["--max-old-space-size=640", "--max-semi-space-size=64"];

/** Starts Ponder on a root folder. Whether it has caught up says its `/ready`. */
export function startIndexer(options: IndexerOptions): Promise<Part> {
  const { dataDir, databaseUrl, deploymentsDir, schema, viewsSchema, port, env, root } = options;
  return Part.start({
    name: "indexer",
    command: process.execPath,
    cwd: root ?? join(ROOT, "indexer"),
    args: [
      ...MEMORY,
      // What is run for comparison runs Ponder as it is.
      ...(root === undefined ? ["--import", pathToFileURL(join(ROOT, "indexer/ponder/register.ts")).href] : []),
      ...[join(ROOT, "node_modules/ponder/dist/esm/bin/ponder.js"), "start"],
      ...["--schema", schema, ...(viewsSchema === undefined ? [] : ["--views-schema", viewsSchema])],
      ...["--hostname", "127.0.0.1", "--port", String(port), "--log-format", "json"],
    ],
    env: {
      ...{ PONDER_CACHE_BYTES: process.env.PONDER_CACHE_BYTES ?? String(CACHED_ROWS), ...env },
      ...{ DATABASE_URL: databaseUrl, DEPLOYMENTS_DIR: deploymentsDir },
      // Of the seconds that Ponder takes to start, one goes by while its modules are compiled.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(ROOT, "cache/compiled"),
      // Ponder takes PORT over its option, and here PORT is the API's.
      ...{ PORT: String(port), PONDER_TELEMETRY_DISABLED: "true" },
    },
    logFile: join(dataDir, "logs", "indexer.log"),
    // Asked to end where nobody reads its output any more, Ponder may hang. What it was writing is rebuilt from the chain.
    orphanSignal: "SIGKILL",
  });
}
