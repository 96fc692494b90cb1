import type { JsonRpcProvider } from "ethers";
import { z } from "zod";

import { badRequest } from "../errors.ts";
import { type Level, MERGING_LEVEL } from "../graph/types.ts";

/** What a question about the graph is asked with. */
export interface Asked {
  level: Level;
  /** Unix seconds; undefined for now. */
  at: number | undefined;
  /** The same in any case. */
  time: number;
}

/** Parameters of a question about the graph. */
export const scopeQuery = {
  level: z
    .string()
    .regex(/^[1-5]?$/, "must be 1 to 5")
    .default("")
    .transform((text) => (text === "" ? MERGING_LEVEL : (Number(text) as Level)))
    .meta({ description: `Only connections at or above it; ${MERGING_LEVEL} unless told.` }),
  as_of: z
    .string()
    .regex(/^(?:\d{1,12}|\d{1,10}:\d{1,15})?$/, "must be Unix seconds, or a block as <chain id>:<number>")
    .default("")
    .meta({
      description:
        "As it stood then: Unix seconds, or a block as `<chain id>:<number>`, which stands for its second. Now unless told.",
    }),
};

/** The chain whose blocks a node can tell the time of. */
export interface Clock {
  chainId: number;
  provider: Pick<JsonRpcProvider, "getBlock">;
}

/** @throws {ApiError} 400 for what lies ahead, and blocks of chains that this node does not ask. */
export async function readScope({ level, as_of: text }: { level: Level; as_of: string }, clock: Clock): Promise<Asked> {
  const now = Math.floor(Date.now() / 1000);
  if (text === "") return { level, at: undefined, time: now };
  const [first, block] = text.split(":");
  const at = block === undefined ? Number(first) : await timeOf(Number(first), Number(block), clock);
  if (block === undefined && at > now)
    throw badRequest(`Param error: as_of: ${at} lies in the future, it is ${now} now`);
  return { level, at, time: at };
}

async function timeOf(chainId: number, block: number, { chainId: own, provider }: Clock): Promise<number> {
  if (chainId !== own) {
    const advice = `give Unix seconds, or a block of chain ${own}`;
    throw badRequest(`Param error: as_of: this node cannot tell when a block of chain ${chainId} was: ${advice}`);
  }
  const found = await provider.getBlock(block);
  if (!found) throw badRequest(`Param error: as_of: chain ${chainId} has no block ${block} yet`);
  return found.timestamp;
}
