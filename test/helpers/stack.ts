import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Contract, JsonRpcProvider } from "ethers";

import { PROOF_REGISTRY_ABI } from "@syngraph/sdk/protocol";

import type { ProofRegistry } from "../../types/ethers-contracts/index.ts";
import { readDeployments } from "../../scripts/lib/deploy.ts";
import { freePort } from "../../scripts/lib/stack/ports.ts";
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
  stop(): Promise<void>;
}

/** Starts one. The contracts must be compiled; `npm test` sees to it. */
export async function startTestStack(env: NodeJS.ProcessEnv = {}): Promise<TestStack> {
  await buildWeb();
  const dataDir = await mkdtemp(join(tmpdir(), "syngraph-test-"));
  const [github, dns] = [await startGitHub(), await startDns()];
  const stack = await Stack.start({
    dataDir,
    ports: { api: await freePort(), indexer: await freePort(), rpc: await freePort() },
    // A test publishes again and again under one claim, faster than any person.
    env: { UPSTREAM_GITHUB: github.origin, UPSTREAM_DNS: dns.upstream, CHECK_CACHE_SECONDS: "0", ...env },
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
