import { readFile } from "node:fs/promises";

import { Client } from "pg";

import { type IndexerOptions, startIndexer } from "../../scripts/lib/stack/indexer.ts";
import { freePort } from "../../scripts/lib/stack/ports.ts";
import { cpuSeconds } from "../binds/cpu.ts";
import type { PreparedChain } from "./chain.ts";

/** What one run of the indexer took, from its start until it answers that it has caught up. */
export interface Run {
  links: number;
  seconds: number;
  /** Of the indexer's process. */
  cpu: number;
  /** Most memory that it held at once. */
  megabytes: number;
  /** What it asked the chain, by method. */
  calls: Record<string, number>;
}

/** How to run it. */
export interface RunOptions extends Omit<IndexerOptions, "port" | "viewsSchema"> {
  chain: PreparedChain;
  /** Forgets what was fetched of a chain before. */
  fresh?: boolean;
}

/**
 * Runs the indexer over a whole history, and stops it.
 *
 * @param options with a `root` of other handlers, the tables are not looked at.
 * @throws when a table does not have what it should.
 */
export async function runIndexer({ chain, fresh, ...options }: RunOptions): Promise<Run> {
  const { databaseUrl, schema, root } = options;
  if (fresh) await query(databaseUrl, "DROP SCHEMA IF EXISTS ponder_sync CASCADE");
  const port = await freePort();
  chain.calls.clear();
  const started = performance.now();
  const part = await startIndexer({ ...options, port, viewsSchema: `${schema}_views` });
  try {
    await part.waitUntil(async () => (await fetch(`http://127.0.0.1:${port}/ready`)).ok, DEADLINE);
    const seconds = (performance.now() - started) / 1000;
    const calls = Object.fromEntries(chain.calls);
    const cost = { cpu: cpuSeconds(part.pid!), megabytes: await peakMegabytes(part.pid!) };
    if (root === undefined) await requireRows(databaseUrl, schema, chain);
    return { links: chain.size, seconds, calls, ...cost };
  } finally {
    await part.stop();
  }
}

/** Milliseconds after which a run has failed. */
const DEADLINE = 300_000;

/** What of the tables has to be there, as they were prepared. */
interface Counted {
  links: number;
  avatars: number;
  confirmed: number;
  deleted: number;
  attested: number;
}

async function requireRows(databaseUrl: string, schema: string, chain: PreparedChain): Promise<void> {
  const count = (name: string, condition = "true") =>
    `(SELECT count(*)::integer FROM "${schema}"."${name}" WHERE ${condition})`;
  const [found] = await query<Counted>(
    databaseUrl,
    `SELECT ${count("link")} AS links, ${count("avatar")} AS avatars,
      ${count("binding", "status = 'confirmed'")} AS confirmed, ${count("binding", "status = 'deleted'")} AS deleted,
      ${count("binding", "cardinality(attesters) = 1 AND account_id <> ''")} AS attested`,
  );
  const expected = chain.expected;
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`the tables have ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
  }
}

/** VmHWM of proc_pid_status(5). */
async function peakMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) / 1024);
}

/** Asks the database one thing. */
export async function query<Row>(databaseUrl: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}
