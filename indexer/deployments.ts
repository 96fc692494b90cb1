import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** One chain to index: what `deployments/<chainId>.json` says, and where its RPC is. */
export interface IndexedChain {
  chainId: number;
  rpc: string;
  contracts: Record<ContractName, { address: `0x${string}`; block: number }>;
}

/** The contracts whose events are indexed. */
export type ContractName = "AccessManager" | "AttesterRegistry" | "ProofRegistry" | "StateAnchor" | "SubkeyRegistry";

/** anvil's and hardhat's chain id: a chain that may be restarted from older state, so nothing of it is cached. */
export const LOCAL_CHAIN_ID = 31337;

/**
 * Reads which chains to index from the folder DEPLOYMENTS_DIR (`deployments` beside this folder by default), and where
 * each one's RPC is from RPC_URL_<chainId>. A deployment without an RPC is left out, so that an operator need not run all.
 *
 * @throws when no chain is left.
 */
export function readIndexedChains(env: NodeJS.ProcessEnv = process.env): IndexedChain[] {
  const folder = env.DEPLOYMENTS_DIR ?? join(import.meta.dirname, "../deployments");
  const chains = readdirSync(folder)
    .filter((name) => /^\d+\.json$/.test(name))
    .flatMap((name) => {
      const { chainId, contracts } = JSON.parse(readFileSync(join(folder, name), "utf8"));
      const rpc = env[`RPC_URL_${chainId}`];
      return rpc === undefined ? [] : [{ chainId, rpc, contracts }];
    });
  if (chains.length === 0) {
    throw new Error(`No chain to index: no <chainId>.json in ${folder} has its RPC_URL_<chainId> set`);
  }
  return chains;
}
