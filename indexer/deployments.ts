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
      return !rpc ? [] : [{ chainId, rpc, contracts }];
    });
  if (chains.length === 0) {
    throw new Error(`No chain to index: no <chainId>.json in ${folder} has its RPC_URL_<chainId> set`);
  }
  return chains;
}

/** How a chain is asked. */
export interface Connection {
  /** One URL, as often as it may be asked at once. */
  rpc: string[];
  /** Told of new blocks by it, instead of asking. */
  ws?: string;
  /** Milliseconds from one question for the latest block to the next. */
  pollingInterval: number;
}

/** Ponder takes none below it. */
const LEAST_POLLING_INTERVAL = 100;

/** A chain on this machine has no limits to keep to, and a block whenever somebody wants one. */
const LOCAL = { connections: 16, pollingInterval: LEAST_POLLING_INTERVAL };

/** A public RPC is asked by one connection, and as often as the chains of the OP stack may have a block. */
const PUBLIC = { connections: 1, pollingInterval: 1_000 };

/**
 * How to ask a chain: as suits where it is, unless RPC_CONNECTIONS_<chainId> and POLLING_INTERVAL_MS_<chainId> say otherwise. Ponder
 * asks each connection 20 times a second at first, and up to 500 times while all goes well (decision 13). Where the RPC
 * is a websocket, new blocks are subscribed to.
 *
 * @throws when one of them is no whole number, or too small.
 */
export function connectionTo(
  { chainId, rpc }: Pick<IndexedChain, "chainId" | "rpc">,
  env: NodeJS.ProcessEnv = process.env,
): Connection {
  const { connections, pollingInterval } = chainId === LOCAL_CHAIN_ID ? LOCAL : PUBLIC;
  return {
    rpc: Array.from({ length: setting(env, `RPC_CONNECTIONS_${chainId}`, connections, 1) }, () => rpc),
    // Not on the local chain: there Ponder would wait for the next block, and none comes by itself.
    ...(/^wss?:/.test(rpc) && chainId !== LOCAL_CHAIN_ID ? { ws: rpc } : {}),
    pollingInterval: setting(env, `POLLING_INTERVAL_MS_${chainId}`, pollingInterval, LEAST_POLLING_INTERVAL),
  };
}

/**
 * How many blocks of history a chain is asked for in one request: RPC_BATCH_<chainId>, or one. Public RPCs differ in what they
 * take, and in what they count; a node of one's own takes many.
 *
 * @throws when it is no whole number, or less than 1.
 */
export function blocksAtOnce(chainId: number, env: NodeJS.ProcessEnv = process.env): number {
  return setting(env, `RPC_BATCH_${chainId}`, 1, 1);
}

function setting(env: NodeJS.ProcessEnv, name: string, otherwise: number, least: number): number {
  const text = env[name] ?? String(otherwise);
  if (!/^\d{1,6}$/.test(text) || Number(text) < least) {
    throw new TypeError(`${name} must be a whole number from ${least} on, and is ${text}`);
  }
  return Number(text);
}
