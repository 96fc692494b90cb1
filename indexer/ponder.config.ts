import {
  ACCESS_MANAGER_EVENTS,
  ATTESTER_REGISTRY_ABI,
  PROOF_REGISTRY_ABI,
  STATE_ANCHOR_ABI,
  SUBKEY_REGISTRY_ABI,
} from "@syngraph/sdk/protocol";
import { createConfig } from "ponder";

import { type ContractName, LOCAL_CHAIN_ID, blocksAtOnce, connectionTo, readIndexedChains } from "./deployments.ts";
import { ALL_SOURCES } from "./sources/index.ts";
import { contractsOf, readSources } from "./sources/settings.ts";
import { standBefore } from "./transport.ts";

const indexed = readIndexedChains();
const sources = contractsOf(readSources(ALL_SOURCES));
const sourceChains = sources.flatMap(({ places }) => places.map(({ chainId }) => chainId));
const rpcs = new Map(sourceChains.map((chainId) => [chainId, process.env[`RPC_URL_${chainId}`]!]));
for (const { chainId, rpc } of indexed) rpcs.set(chainId, rpc);
standBefore([...rpcs].map(([chainId, rpc]) => ({ url: rpc, blocksAtOnce: blocksAtOnce(chainId) })));

export default createConfig({
  database: { kind: "postgres", connectionString: process.env.DATABASE_URL! },
  chains: Object.fromEntries(
    [...rpcs].map(([chainId, rpc]) => [
      `chain_${chainId}`,
      { id: chainId, ...connectionTo({ chainId, rpc }), disableCache: chainId === LOCAL_CHAIN_ID },
    ]),
  ),
  contracts: {
    AccessManager: { abi: ACCESS_MANAGER_EVENTS, chain: placesOf("AccessManager") },
    AttesterRegistry: { abi: ATTESTER_REGISTRY_ABI, chain: placesOf("AttesterRegistry") },
    ProofRegistry: { abi: PROOF_REGISTRY_ABI, chain: placesOf("ProofRegistry") },
    StateAnchor: { abi: STATE_ANCHOR_ABI, chain: placesOf("StateAnchor") },
    SubkeyRegistry: { abi: SUBKEY_REGISTRY_ABI, chain: placesOf("SubkeyRegistry") },
    // Without their names: the types of what is always there shall not depend on what is switched on.
    ...(sourceContracts() as object),
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

/** The contracts of other registries that are switched on. */
function sourceContracts() {
  return Object.fromEntries(
    sources.map(({ name, contract, places }) => {
      const chains = places.map(({ chainId, place: { address, startBlock } }) => [
        `chain_${chainId}`,
        { startBlock, ...(address.length > 0 && { address }) },
      ]);
      return [name, { abi: contract.abi, chain: Object.fromEntries(chains) }];
    }),
  );
}
