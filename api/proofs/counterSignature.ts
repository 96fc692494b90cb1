import type { Link } from "@syngraph/sdk/protocol";

import type { Context } from "../context.ts";
import { badRequest } from "../errors.ts";
import type { CounterSignature, Platform } from "../platforms/types.ts";
import { toApiError } from "./checkErrors.ts";
import type { Draft } from "./draft.ts";

/**
 * The identity's own signature as bytes, `0x` hex: of an account with a key checked here, of a contract left to the chain
 * (ERC-1271).
 */
export async function verifyWallet(context: Context, { platform, link }: Draft, signature: string): Promise<string> {
  const counter = readCounterSignature(platform, link, signature);
  if (counter.verified || (await context.provider.getCode(link.identity)) !== "0x") return counter.signature;
  throw badRequest(counter.message);
}

function readCounterSignature(platform: Platform, link: Link, signature: string): CounterSignature {
  try {
    return platform.verifyCounterSignature!(link, signature);
  } catch (error) {
    throw toApiError(error);
  }
}
