import {
  ACCESS_MANAGER_EVENTS,
  ATTESTER_REGISTRY_ABI,
  PROOF_REGISTRY_ABI,
  STATE_ANCHOR_ABI,
  SUBKEY_REGISTRY_ABI,
} from "@syngraph/sdk/protocol";
import { createConfig } from "ponder";

import { type ContractName, LOCAL_CHAIN_ID, readIndexedChains } from "./deployments.ts";

const indexed = readIndexedChains();

export default createConfig({
  database: { kind: "postgres", connectionString: process.env.DATABASE_URL! },
  chains: Object.fromEntries(
    indexed.map(({ chainId, rpc }) => [
      `chain_${chainId}`,
      {
        id: chainId,
        rpc,
        // By polling: with a websocket Ponder would wait for the next block, and a local chain makes none by itself.
        ...(chainId === LOCAL_CHAIN_ID ? { pollingInterval: 100, disableCache: true } : {}),
      },
    ]),
  ),
  contracts: {
    AccessManager: { abi: ACCESS_MANAGER_EVENTS, chain: placesOf("AccessManager") },
    AttesterRegistry: { abi: ATTESTER_REGISTRY_ABI, chain: placesOf("AttesterRegistry") },
    ProofRegistry: { abi: PROOF_REGISTRY_ABI, chain: placesOf("ProofRegistry") },
    StateAnchor: { abi: STATE_ANCHOR_ABI, chain: placesOf("StateAnchor") },
    SubkeyRegistry: { abi: SUBKEY_REGISTRY_ABI, chain: placesOf("SubkeyRegistry") },
  },
});

/** Where one contract stands, by the name of the chain. */
function placesOf(name: ContractName) {
  return Object.fromEntries(
    indexed.map(({ chainId, contracts }) => {
      const { address, block } = contracts[name];
      return [`chain_${chainId}`, { address, startBlock: block }];
    }),
  );
}
