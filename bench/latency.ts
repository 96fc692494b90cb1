/** `npm run bench:latency`: how soon after its block a link can be read through the API. */

import { mkdtemp, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { PROOF_REGISTRY_ABI } from "@syngraph/sdk/protocol";
import { Contract, Interface, JsonRpcProvider, Wallet } from "ethers";

import { LOCAL_CHAIN_ID, connectionTo } from "../indexer/deployments.ts";
import { readDeployments } from "../scripts/lib/deploy.ts";
import { freePort } from "../scripts/lib/stack/ports.ts";
import { Stack } from "../scripts/lib/stack/stack.ts";
import { person, signLink } from "../test/helpers/contractLinks.ts";
import { NO_LIMITS } from "../test/helpers/noLimits.ts";
import { cpuSeconds } from "./binds/cpu.ts";
import { quantile } from "./binds/load.ts";
import { table, writeSection } from "./results.ts";

const WARM_UP = 20;
const LINKS = 200;
/** anvil's fourth published key: whoever hands links in. */
const STRANGER = "0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6";
/** Milliseconds after which a link counts as lost. */
const DEADLINE = 30_000;

const [load] = loadavg();
const dataDir = await mkdtemp(join(tmpdir(), "syngraph-bench-"));
const stack = await Stack.start({
  dataDir,
  ports: { api: await freePort(), indexer: await freePort(), rpc: await freePort() },
  env: { LOG_LEVEL: "warn", ...NO_LIMITS },
});
const provider = new JsonRpcProvider(stack.rpcUrl, undefined, { staticNetwork: true, cacheTimeout: -1 });
try {
  const [deployment] = await readDeployments(stack.deploymentsDir);
  const { address } = deployment!.contracts.ProofRegistry;
  const { pollingInterval } = connectionTo({ ...deployment!, rpc: stack.rpcUrl });
  const registry = new Contract(address, PROOF_REGISTRY_ABI, new Wallet(STRANGER, provider));
  const floor = pollLogs(address, pollingInterval);

  const createdAt = Math.floor(Date.now() / 1000);
  const links = Array.from({ length: WARM_UP + LINKS }, (_, index) => {
    const wallet = person(`latency wallet ${index}`);
    const fields = { platform: "ethereum", identity: wallet.wallet, cosigner: wallet, createdAt };
    return signLink(person(`latency avatar ${index}`), fields);
  });
  const readable: number[] = [];
  const seen: number[] = [];
  const before = { indexer: 0, started: 0 };
  for (const [index, { submission, id }] of links.entries()) {
    if (index === WARM_UP)
      Object.assign(before, { indexer: cpuSeconds(stack.indexer.pid!), started: performance.now() });
    const { hash } = (await registry.getFunction("append").send(submission, { gasLimit: 1_000_000 })) as {
      hash: string;
    };
    await asked(1, async () => (await provider.send("eth_getTransactionReceipt", [hash])) !== null);
    const mined = performance.now();
    await asked(2, () => isReadable(submission.identity));
    const read = performance.now();
    await asked(1, () => Promise.resolve(floor.seen.has(id)));
    if (index >= WARM_UP) {
      readable.push(read - mined);
      seen.push(Math.max(0, floor.seen.get(id)! - mined));
    }
    // At any moment between two questions of the indexer.
    await sleep(Math.random() * pollingInterval);
  }
  floor.stop();
  const seconds = (performance.now() - before.started) / 1000;
  const busy = (cpuSeconds(stack.indexer.pid!) - before.indexer) / seconds;

  await writeSection(
    "From a block to the API",
    `
${LINKS} wallet links by \`npm run bench:latency\`, one after the other, on the local chain (chain ${LOCAL_CHAIN_ID}), which makes a block of each at once: from its
receipt to the first \`GET /v1/proof?exact=true\` that shows it. The indexer asks for the latest block every ${pollingInterval} ms; the floor asks for the
registry's logs as often, and does nothing with them. PostgreSQL, anvil, Ponder, the API and this are processes on ${cpus().length} cores; the load average
was ${load!.toFixed(1)} when it began. Meanwhile the indexer used ${Math.round(100 * busy)} % of a core.

${table([
  ["", "median", "95 of 100", "slowest", "bar"],
  ["readable through the API", ms(readable, 0.5), ms(readable, 0.95), ms(readable, 1), "95 of 100 ≤ 150 ms"],
  ["the floor: seen by `eth_getLogs`", ms(seen, 0.5), ms(seen, 0.95), ms(seen, 1), ""],
])}
`,
  );
} finally {
  provider.destroy();
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
}

function ms(times: readonly number[], share: number): string {
  return `${Math.round(quantile(times, share))} ms`;
}

/** Asks until it is so, with pauses of so many milliseconds. @throws on the deadline. */
async function asked(pause: number, isSo: () => Promise<boolean>): Promise<void> {
  const started = performance.now();
  while (!(await isSo())) {
    if (performance.now() - started > DEADLINE) throw new Error(`a link was not there after ${DEADLINE / 1000} s`);
    await sleep(pause);
  }
}

async function isReadable(identity: string): Promise<boolean> {
  const response = await fetch(`${stack.apiUrl}/v1/proof?platform=ethereum&identity=${identity}&exact=true`);
  if (!response.ok) throw new Error(`the API answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { ids: unknown[] }).ids.length > 0;
}

/** Asks for the logs of new blocks as often as the indexer does, and notes when it saw which link. */
function pollLogs(address: string, interval: number): { seen: Map<string, number>; stop: () => void } {
  const seen = new Map<string, number>();
  const topics = [new Interface(PROOF_REGISTRY_ABI).getEvent("LinkAppended")!.topicHash];
  let from = 0;
  const timer = setInterval(() => {
    void provider.send("eth_getLogs", [{ address, topics, fromBlock: `0x${from.toString(16)}` }]).then(
      (logs: { topics: string[]; blockNumber: string }[]) => {
        for (const { topics: found, blockNumber } of logs) {
          if (!seen.has(found[2]!)) seen.set(found[2]!, performance.now());
          from = Math.max(from, Number(blockNumber));
        }
      },
      () => {},
    );
  }, interval);
  return { seen, stop: () => clearInterval(timer) };
}
