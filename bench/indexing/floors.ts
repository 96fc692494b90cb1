import { execFile } from "node:child_process";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { Client } from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";

/**
 * Seconds that it takes to fetch all logs of the registry and the blocks that they are in, and to decode them: by a process of its
 * own, as the indexer is one.
 */
export async function fetchFloor(rpc: string, lastBlock: number): Promise<number> {
  const file = fileURLToPath(new URL("./fetchLogs.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [file, rpc, String(lastBlock)]);
  return Number(stdout);
}

/** Seconds that it takes to copy the rows of an indexer's tables into empty ones with the same indexes. */
export async function copyFloor(databaseUrl: string, schema: string): Promise<number> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("DROP SCHEMA IF EXISTS bench_copy CASCADE; CREATE SCHEMA bench_copy");
    let milliseconds = 0;
    for (const name of ["avatar", "link", "binding"]) {
      await client.query(`CREATE TABLE bench_copy."${name}" (LIKE "${schema}"."${name}" INCLUDING ALL)`);
      const rows = await buffer(client.query(copyTo(`COPY "${schema}"."${name}" TO STDOUT`)));
      const started = performance.now();
      await pipeline(Readable.from([rows]), client.query(copyFrom(`COPY bench_copy."${name}" FROM STDIN`)));
      milliseconds += performance.now() - started;
    }
    await client.query("DROP SCHEMA bench_copy CASCADE");
    return milliseconds / 1000;
  } finally {
    await client.end();
  }
}
