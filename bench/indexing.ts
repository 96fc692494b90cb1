/**
 * `npm run bench:indexing`: how fast history is indexed, in how much memory, and what a restart asks of the chain, beside what this
 * machine can do at all. BENCH_AVATARS makes it shorter.
 */

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";

import { startPostgres } from "../scripts/lib/stack/postgres.ts";
import { ADDRESSES, CHAIN_ID, type Layout, PreparedChain } from "./indexing/chain.ts";
import { copyFloor, fetchFloor } from "./indexing/floors.ts";
import { LINKS_EACH, POSTS_EACH, type PreparedLink, prepareHistory } from "./indexing/history.ts";
import { NOOP, OtherRoot, PLAIN } from "./indexing/otherRoot.ts";
import { type Run, runIndexer } from "./indexing/run.ts";
import { table, writeSection } from "./results.ts";

const AVATARS = Number(process.env.BENCH_AVATARS ?? 10_000);
const LINKS = AVATARS * LINKS_EACH;
const DENSE: Layout = { linksInBlock: 330, linksInTransaction: 110 };
const SPARSE: Layout = { linksInBlock: 5, linksInTransaction: 5 };
/** As an operator sets it for a node of their own; a public one is asked by one connection, for one block at a time. */
const OWN_NODE = { [`RPC_CONNECTIONS_${CHAIN_ID}`]: "48", [`RPC_BATCH_${CHAIN_ID}`]: "50" };

/** What else the machine has to do takes its share of all times. */
const [load] = loadavg();
const dataDir = await mkdtemp(join(tmpdir(), "syngraph-bench-"));
const deploymentsDir = join(dataDir, "deployments");
await writeDeployment();
const [noop, plain] = [await OtherRoot.create(NOOP), await OtherRoot.create(PLAIN)];
const { part: postgres, url: databaseUrl } = await startPostgres(dataDir);
let chain: PreparedChain | undefined;
try {
  const started = performance.now();
  const twice = await prepareHistory(2 * AVATARS);
  // Of half of the avatars: they come in turns.
  const links = twice.filter((_, place) => place % (2 * AVATARS) < AVATARS);
  const prepared = (performance.now() - started) / 1000;
  console.error(`${twice.length} links made and signed in ${prepared.toFixed(1)} s`);

  const start = await index("start", DENSE, links.slice(0, LINKS_EACH), { root: noop.folder, fresh: true });
  const quarter = await index("quarter", DENSE, links.slice(0, LINKS / 4), { fresh: true });
  const dense = await index("dense", DENSE, links, { fresh: true });
  const restart = await index("dense", DENSE, links);
  if (restart.calls.eth_getLogs !== undefined)
    throw new Error(`a restart asked for logs again, ${restart.calls.eth_getLogs} times`);
  const warm = await index("warm", DENSE, links);
  const plainWarm = await index("plain_warm", DENSE, links, { root: plain.folder });
  const idle = await index("noop", DENSE, links, { root: noop.folder });
  const fetched = [await fetchFloor(chain!.url, chain!.lastLinkBlock)];
  const plainDense = await index("plain_dense", DENSE, links, { root: plain.folder, fresh: true });
  const copied = await copyFloor(databaseUrl, "bench_dense");
  const sparse = await index("sparse", SPARSE, links, { fresh: true });
  const double = await index("double", DENSE, twice, { fresh: true });
  const plainSparse = await index("plain_sparse", SPARSE, links, { root: plain.folder, fresh: true });
  fetched.push(await fetchFloor(chain!.url, chain!.lastLinkBlock));

  const rate = (seconds: number, count = LINKS) => Math.round(count / seconds);
  const row = (name: string, { seconds, cpu, links: count }: Run, peer: Run, floor: string, bar: string) => [
    ...[name, rate(seconds, count), bar, rate(peer.seconds), floor, `${Math.round((1e6 * cpu) / count)} µs`],
  ];
  const fetches = (floor: number) => `${rate(floor).toLocaleString("en-US")} fetched and decoded`;
  const asked = Object.entries(restart.calls).map(([method, count]) => `${count} × \`${method}\``);
  await writeSection(
    "Indexing history",
    `
${LINKS.toLocaleString("en-US")} links of ${AVATARS.toLocaleString("en-US")} avatars by \`npm run bench:indexing\`: of ten links of an avatar ${POSTS_EACH} are posts with one attestation,
four wallets with their signatures, and one takes the first post back. All signatures are real. The chain is a server
that has blocks, transactions and logs ready, since a node that runs the contracts would be the slower part; PostgreSQL, Ponder and it are
processes of their own on ${cpus().length} cores. A rate counts from the start of the indexer's process until it answers that it has caught
up, with all tables, their indexes and views; after each run the tables are counted. The machine's load average was ${load!.toFixed(1)} when it began: where
that is not near 0, others had their share of the cores.

${table([
  ["links a second", "measured", "bar", "plain Ponder", "the floor", "CPU a link"],
  row("cold, 330 links a block", dense, plainDense, fetches(fetched[0]!), "≥ 3,500"),
  row("cold, 5 links a block", sparse, plainSparse, fetches(fetched[1]!), "≥ 1,600"),
  row(
    "what was fetched once, indexed again",
    warm,
    plainWarm,
    `${rate(idle.seconds).toLocaleString("en-US")} with handlers that do nothing`,
    "≥ 8,000",
  ),
  ["rows of the three large tables by COPY alone", rate(copied), "", "", "", ""],
])}

Plain Ponder is the peer: the same events by the same version with the same settings, put as they are into three tables without
an index, by an insert and two upserts; nothing is decoded or verified. The last floor is Ponder's own: its process takes ${start.seconds.toFixed(1)} s (${start.cpu.toFixed(1)} s of CPU) to start, look at its files and tables, and be ready
with next to nothing to index, and then, with handlers that do nothing, ${Math.round((1e6 * (idle.cpu - start.cpu)) / LINKS)} µs of CPU a link to read and decode its events. Without
the start, ours come to ${rate(warm.seconds - start.seconds).toLocaleString("en-US")} links a second, and the handlers that do nothing to ${rate(idle.seconds - start.seconds).toLocaleString("en-US")}.

Most memory that the indexer held: ${start.megabytes} MB with next to nothing to index, ${held(quarter)}, ${held(dense)}, ${held(double)},
and ${sparse.megabytes} MB with as many in small blocks. A start with all of it indexed was ready after ${restart.seconds.toFixed(1)} s, and asked the chain ${asked.join(", ")}: for its id and
its end, and nothing that it had.
`,
  );
} finally {
  await chain?.stop();
  await Promise.all([noop.remove(), plain.remove()]);
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
}

function held({ megabytes, links: count }: Run): string {
  return `${megabytes} MB with ${count.toLocaleString("en-US")} links`;
}

/** Runs the indexer over some links, cut into blocks. */
async function index(
  name: string,
  layout: Layout,
  links: readonly PreparedLink[],
  options: { fresh?: boolean; root?: string } = {},
): Promise<Run> {
  await chain?.stop();
  chain = await PreparedChain.start(links, layout);
  const run = await runIndexer({
    ...{ dataDir: join(dataDir, name), databaseUrl, deploymentsDir, schema: `bench_${name}`, chain },
    env: { [`RPC_URL_${CHAIN_ID}`]: chain.url, ...OWN_NODE },
    ...options,
  });
  const { seconds, cpu, megabytes, calls } = run;
  console.error(
    `${name}: ${seconds.toFixed(1)} s, ${Math.round(links.length / seconds)} links/s, CPU ${cpu.toFixed(1)} s, ${megabytes} MB`,
    calls,
  );
  return run;
}

async function writeDeployment(): Promise<void> {
  await mkdir(deploymentsDir);
  const entries = Object.entries(ADDRESSES).map(([name, address]) => [name, { address, block: 1 }]);
  const deployment = { chainId: CHAIN_ID, contracts: Object.fromEntries(entries) };
  await writeFile(join(deploymentsDir, `${CHAIN_ID}.json`), JSON.stringify(deployment));
}
