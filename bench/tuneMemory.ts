import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "../scripts/lib/stack/postgres.ts";
import { ADDRESSES, CHAIN_ID, PreparedChain } from "./indexing/chain.ts";
import { prepareHistory } from "./indexing/history.ts";
import { runIndexer } from "./indexing/run.ts";
const dataDir = await mkdtemp(join(tmpdir(), "syngraph-bench-"));
const deploymentsDir = join(dataDir, "deployments");
await mkdir(deploymentsDir);
const entries = Object.entries(ADDRESSES).map(([name, address]) => [name, { address, block: 1 }]);
await writeFile(join(deploymentsDir, `${CHAIN_ID}.json`), JSON.stringify({ chainId: CHAIN_ID, contracts: Object.fromEntries(entries) }));
const { part: postgres, url: databaseUrl } = await startPostgres(dataDir);
const links = await prepareHistory(10_000);
console.log("prepared", performance.now());
try {
  for (const [i, set] of JSON.parse(process.argv[2]!).entries()) {
    for (const count of [25_000, 100_000]) {
      const chain = await PreparedChain.start(links.slice(0, count), { linksInBlock: 330, linksInTransaction: 110 });
      process.env.PONDER_CACHE_BYTES = String(set.cache * 1e6);
      process.env.BENCH_MEMORY = set.flags;
      try {
        const run = await runIndexer({ dataDir: join(dataDir, `r${i}${count}`), databaseUrl, deploymentsDir, schema: `bench_${i}_${count}`, chain, fresh: true, env: { [`RPC_URL_${CHAIN_ID}`]: chain.url, [`RPC_CONNECTIONS_${CHAIN_ID}`]: "48", [`RPC_BATCH_${CHAIN_ID}`]: "50" } });
        console.log(JSON.stringify(set), count, run.seconds.toFixed(1), "cpu", run.cpu.toFixed(1), run.megabytes, "MB");
      } catch (e) { console.log(JSON.stringify(set), count, String(e).slice(0, 300)); }
      await chain.stop();
    }
  }
} finally { await postgres.stop(); await rm(dataDir, { recursive: true, force: true }); }
