/** `npm run bench:binds`: how many wallets a node binds, how soon, and what that costs it. */

import { mkdtemp, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";

import { PROOF_REGISTRY_ABI } from "@syngraph/sdk/protocol";
import { Interface, JsonRpcProvider } from "ethers";

import { readDeployments } from "../scripts/lib/deploy.ts";
import { freePort } from "../scripts/lib/stack/ports.ts";
import { NO_LIMITS } from "../test/helpers/noLimits.ts";
import { Stack } from "../scripts/lib/stack/stack.ts";
import { type Binding, bodyOf, prepare } from "./binds/bindings.ts";
import { startFloor } from "./binds/floor.ts";
import { cpuSeconds } from "./binds/cpu.ts";
import { type Answered, quantile, sendAll } from "./binds/load.ts";
import { table, writeSection } from "./results.ts";

const BINDS = 1_000;
const WARM_UP = 200;
const CONCURRENT = 200;
/** Seconds from block to block: as on Base and OP Mainnet. */
const BLOCK_TIME = 2;

/** What else the machine has to do takes its share of all times. */
const [load] = loadavg();
const dataDir = await mkdtemp(join(tmpdir(), "syngraph-bench-"));
const stack = await Stack.start({
  dataDir,
  ports: { api: await freePort(), indexer: await freePort(), rpc: await freePort() },
  blockTime: BLOCK_TIME,
  env: { LOG_LEVEL: "warn", ...NO_LIMITS },
});
try {
  const warmUp = await prepare(stack.apiUrl, WARM_UP);
  requireAll(await sendAll(stack.apiUrl, warmUp.map(bodyOf), CONCURRENT));

  const asking = cpuSeconds(stack.api.pid!);
  const bindings = await prepare(stack.apiUrl, BINDS);
  const before = { api: cpuSeconds(stack.api.pid!), indexer: cpuSeconds(stack.indexer.pid!) };
  const chainBefore = cpuSeconds(stack.chain.part.pid!);
  const started = performance.now();
  const answers = await sendAll(stack.apiUrl, bindings.map(bodyOf), CONCURRENT);
  const seconds = (performance.now() - started) / 1000;
  const each = (used: number) => `${((1000 * used) / BINDS).toFixed(1)} ms`;
  const binding = cpuSeconds(stack.api.pid!) - before.api;
  const indexer = cpuSeconds(stack.indexer.pid!) - before.indexer;
  const chain = cpuSeconds(stack.chain.part.pid!) - chainBefore;
  const payloads = before.api - asking;

  requireAll(answers);
  const { links, transactions } = await linksOf(stack);
  requireOnce(links, [...warmUp, ...bindings]);
  const floor = await startFloor();
  let floorSeconds: number;
  try {
    const idle = cpuSeconds(floor.pid);
    requireAll(await sendAll(floor.url, bindings.map(bodyOf), CONCURRENT));
    floorSeconds = cpuSeconds(floor.pid) - idle;
  } finally {
    await floor.stop();
  }

  const times = answers.map(({ milliseconds }) => milliseconds);
  const ms = (share: number) => `${Math.round(quantile(times, share)).toLocaleString("en-US")} ms`;
  await writeSection(
    "Binds",
    `
${BINDS.toLocaleString("en-US")} wallets bound to as many new avatars by \`npm run bench:binds\`, ${CONCURRENT} at a time, through the API into a local chain with a
block every ${BLOCK_TIME} s: PostgreSQL, anvil, Ponder and the API, each a process of its own, and the load beside them, on ${cpus().length}
cores. All were answered with 201, and each is on chain once. The machine's load average was ${load!.toFixed(1)} when it began: where that
is not near 0, others had their share of the cores, and the times are theirs as well.

${table([
  ["", "measured", "bar"],
  ["binds a second", (BINDS / seconds).toFixed(1), "≥ 60"],
  ["POST to 201, median", ms(0.5), ""],
  ["POST to 201, 95 of 100", ms(0.95), `≤ ${(2 * BLOCK_TIME * 1000 + 300).toLocaleString("en-US")} ms`],
  ["POST to 201, slowest", ms(1), ""],
  ["the API's CPU a bind, with its share of the relayer", each(binding), "≤ 15 ms"],
  ["… and of the payload before it", each(payloads), ""],
  ["the floor: two recovered signatures and a bare handler", each(floorSeconds), ""],
  ["the indexer's CPU a bind", each(indexer), ""],
  ["the chain's CPU a bind", each(chain), ""],
  ["links in a transaction", (links.length / transactions).toFixed(1), ""],
])}
`,
  );
} finally {
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
}

/** @throws where one was answered with anything but 201. */
function requireAll(answers: readonly Answered[]): void {
  const other = answers.find(({ status }) => status !== 201);
  if (other) throw new Error(`answered with ${other.status}: ${other.body}`);
}

/** All links of the registry, and in how many transactions they came. */
async function linksOf({ rpcUrl, deploymentsDir }: Stack): Promise<{ links: string[]; transactions: number }> {
  const [deployment] = await readDeployments(deploymentsDir);
  const provider = new JsonRpcProvider(rpcUrl, undefined, { staticNetwork: true });
  try {
    const topics = [new Interface(PROOF_REGISTRY_ABI).getEvent("LinkAppended")!.topicHash];
    const { address } = deployment!.contracts.ProofRegistry;
    const logs = await provider.getLogs({ address, topics, fromBlock: 0 });
    return {
      links: logs.map((log) => `0x${log.topics[1]!.slice(26)}`),
      transactions: new Set(logs.map((log) => log.transactionHash)).size,
    };
  } finally {
    provider.destroy();
  }
}

/** @throws unless each avatar has one link, and nobody else has any. */
function requireOnce(links: readonly string[], bindings: readonly Binding[]): void {
  const wanted = bindings.map(({ person }) => person.key.address.toLowerCase());
  const missing = wanted.filter((avatar) => links.filter((other) => other === avatar).length !== 1);
  if (missing.length > 0 || links.length !== wanted.length) {
    throw new Error(`${links.length} links on chain for ${wanted.length} binds; not once: ${missing.join(", ")}`);
  }
}
