import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ATTESTER, now } from "../api/stranger.ts";
import { type MirrorChain, startChain } from "./mirrorWorld.ts";
import { RpcProxy } from "./rpcProxy.ts";
import { type TestStack, startTestStack } from "./stack.ts";

/** The chain that the stack writes to. */
export const HOME = 31337;
/** The other one. */
export const AWAY = 31338;

/** A stack whose index has a second chain. */
export interface TwoChains {
  test: TestStack;
  away: MirrorChain;
  /** By which the index reaches that one. */
  rpc: RpcProxy;
  stop(): Promise<void>;
}

/** Starts one: both chains have the same attester. */
export async function startTwoChains(): Promise<TwoChains> {
  const dataDir = await mkdtemp(join(tmpdir(), "syngraph-test-"));
  const attestedBy = ATTESTER.address;
  const away = await startChain(AWAY, join(dataDir, "deployments"), { timestamp: now(), attestedBy });
  const rpc = await RpcProxy.start(away.anvil.url);
  const stopAway = async () => {
    await rpc.stop();
    await away.anvil.stop();
  };
  try {
    const test = await startTestStack({ CHAIN_ID: String(HOME) }, { [`RPC_URL_${AWAY}`]: rpc.url }, dataDir);
    return {
      ...{ test, away, rpc },
      stop: async () => {
        await test.stop();
        await stopAway();
      },
    };
  } catch (error) {
    await stopAway();
    throw error;
  }
}
