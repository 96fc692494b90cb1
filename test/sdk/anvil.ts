import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { PROOF_REGISTRY_ABI } from "@syngraph/sdk/protocol";
import { Contract, JsonRpcProvider, Wallet } from "ethers";

import { deploySyngraph } from "../../scripts/lib/deploy.ts";

/** anvil's first published key. */
const DEPLOYER = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const ANVIL = fileURLToPath(new URL("../../node_modules/.bin/anvil", import.meta.url));

/** A local OP chain with the contracts on it. */
export interface Anvil {
  rpc: string;
  provider: JsonRpcProvider;
  /** Folder of the deployment file. */
  deployments: string;
  registry: Contract;
  stop: () => Promise<void>;
}

/** Starts anvil on a port that the system chooses, with these attesters. */
export async function startAnvil(options: readonly string[] = [], attesters: readonly string[] = []): Promise<Anvil> {
  const child = spawn(ANVIL, ["--optimism", "--host", "127.0.0.1", "--port", "0", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const rpc = `http://${await listeningAddress(child)}`;
  const provider = new JsonRpcProvider(rpc, undefined, { staticNetwork: true, cacheTimeout: -1, pollingInterval: 50 });
  const deployments = await mkdtemp(join(tmpdir(), "syngraph-deployments-"));
  const signer = new Wallet(DEPLOYER, provider);
  const { contracts } = await deploySyngraph({
    ...{ signer, deploymentsDir: deployments, local: true },
    attesters: attesters.map((address) => ({ address, endpoint: "https://attester.example" })),
  });
  const stop = async () => {
    provider.destroy();
    const exited = once(child, "exit");
    child.kill();
    await exited;
    await rm(deployments, { recursive: true });
  };
  const registry = new Contract(contracts.ProofRegistry.address, PROOF_REGISTRY_ABI, provider);
  return { rpc, provider, deployments, registry, stop };
}

async function listeningAddress(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const address = /^Listening on (\S+)/.exec(line)?.[1];
    if (address) {
      // Else anvil would stop at a full pipe.
      child.stdout!.resume();
      return address;
    }
  }
  throw new Error("anvil ended before it listened");
}
