import { join } from "node:path";

import { Part } from "./part.ts";
import { ROOT } from "./sources.ts";

/** How an indexer is run. */
export interface IndexerOptions {
  databaseUrl: string;
  /** The schema that it fills; `indexer` shows it when it has caught up. */
  schema: string;
  /** On loopback. */
  port: number;
  /** RPC_URL_<chainId>, DEPLOYMENTS_DIR and the like. */
  env: NodeJS.ProcessEnv;
  logFile: string;
}

/** Starts an indexer. When it has caught up, `/ready` of its port answers with 200. */
export function startIndexer({ databaseUrl, schema, port, env, logFile }: IndexerOptions): Promise<Part> {
  return Part.start({
    name: "indexer",
    command: process.execPath,
    cwd: join(ROOT, "indexer"),
    args: [
      ...[join(ROOT, "node_modules/ponder/dist/esm/bin/ponder.js"), "start"],
      ...["--schema", schema, "--views-schema", "indexer"],
      ...["--hostname", "127.0.0.1", "--port", String(port), "--log-format", "json"],
    ],
    // Ponder takes PORT over its option, and PORT may be the API's.
    env: { ...env, DATABASE_URL: databaseUrl, PORT: String(port), PONDER_TELEMETRY_DISABLED: "true" },
    logFile,
    // Asked to end where nobody reads its output any more, Ponder may hang. What it was writing is rebuilt from the chain.
    orphanSignal: "SIGKILL",
  });
}
