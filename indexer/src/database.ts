import { Client } from "pg";

/**
 * Ends the indexer where the database ends. Ponder tries again by itself what a lost connection cut short, with rows in its
 * memory of which it believes that they were written: links were then missing for good (test/e2e/verify.test.ts). A start
 * anew goes back to the last final block, and writes again what is behind it.
 */
async function endWithDatabase(connectionString: string): Promise<void> {
  const client = new Client({ connectionString, keepAlive: true, application_name: "syngraph-indexer-watch" });
  client.once("error", end);
  client.once("end", () => end());
  await client.connect();
}

function end(error?: Error): never {
  console.error(JSON.stringify({ level: "fatal", msg: "The database is gone", error: error?.message }));
  process.exit(1);
}

await endWithDatabase(process.env.DATABASE_URL!);
