import { PROOF_REGISTRY_ABI } from "@syngraph/sdk/protocol";
import { createConfig } from "ponder";

import { LOCAL_CHAIN_ID, readIndexedChains } from "./deployments.ts";

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
    ProofRegistry: {
      abi: PROOF_REGISTRY_ABI,
      chain: Object.fromEntries(
        indexed.map(({ chainId, proofRegistry }) => [
          `chain_${chainId}`,
          { address: proofRegistry.address, startBlock: proofRegistry.block },
        ]),
      ),
    },
  },
});
