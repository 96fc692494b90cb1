import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Contract, JsonRpcProvider } from "ethers";

import { PROOF_REGISTRY_ABI } from "@syngraph/sdk/protocol";

import type { ProofRegistry } from "../../types/ethers-contracts/index.ts";
import { readDeployments } from "../../scripts/lib/deploy.ts";
import { freePort } from "../../scripts/lib/stack/ports.ts";
import { NO_LIMITS } from "./noLimits.ts";
import { Stack } from "../../scripts/lib/stack/stack.ts";
import { buildWeb } from "../../scripts/lib/stack/web.ts";
import { type DnsStandIn, startDns } from "../standins/dns.ts";
import { type GitHubStandIn, startGitHub } from "../standins/github.ts";

/** The whole registry on ports of its own, with stand-ins for what lies outside. */
export interface TestStack {
  stack: Stack;
  github: GitHubStandIn;
  dns: DnsStandIn;
  provider: JsonRpcProvider;
  registry: ProofRegistry;
  /** Ports of the node's peers, on which nobody listens yet; the second has two names. They are asked where a quorum is not one. */
  peerPorts: readonly [number, number];
  stop(): Promise<void>;
}

/** Starts one. The contracts must be compiled; `npm test` sees to it. */
export async function startTestStack(
  env: NodeJS.ProcessEnv = {},
  indexerEnv: NodeJS.ProcessEnv = {},
  dataDir?: string,
): Promise<TestStack> {
  await buildWeb();
  dataDir ??= await mkdtemp(join(tmpdir(), "syngraph-test-"));
  const [github, dns] = [await startGitHub(), await startDns()];
  const peerPorts = [await freePort(), await freePort()] as const;
  const peers = [`127.0.0.1:${peerPorts[0]}`, `127.0.0.1:${peerPorts[1]}`, `localhost:${peerPorts[1]}`];
  const starting = Stack.start({
    dataDir,
    ports: { api: await freePort(), indexer: await freePort(), rpc: await freePort() },
    indexerEnv,
    env: {
      ...{ UPSTREAM_GITHUB: github.origin, UPSTREAM_DNS: dns.upstream },
      ...{ ATTESTER_PEERS: peers.map((host) => `http://${host}`).join(), ATTEST_TIMEOUT_MS: "3000" },
      ...{ WATCH_INTERVAL_MS: "250", ...NO_LIMITS, ...env },
    },
  });
  const stack = await starting.catch(async (error: unknown) => {
    await Promise.all([github.close(), dns.close()]);
    throw error;
  });
  const [deployment] = await readDeployments(stack.deploymentsDir);
  const provider = new JsonRpcProvider(stack.rpcUrl, undefined, { staticNetwork: true, cacheTimeout: -1 });
  const registry = new Contract(deployment!.contracts.ProofRegistry.address, PROOF_REGISTRY_ABI, provider);
  return {
    stack,
    github,
    dns,
    provider,
    registry: registry as unknown as ProofRegistry,
    peerPorts,
    stop: async () => {
      provider.destroy();
      await stack.stop();
      await Promise.all([github.close(), dns.close()]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

let shared: Promise<TestStack> | undefined;

/** The stack that all tests share that do not break it; started when the first one asks. */
export function sharedStack(): Promise<TestStack> {
  return (shared ??= startTestStack());
}

/** Stops the shared stack, if it was started. */
export async function stopSharedStack(): Promise<void> {
  await (await shared)?.stop();
}
