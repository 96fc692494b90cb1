import type { Link } from "@syngraph/sdk/protocol";

import type { Context } from "../context.ts";
import { badRequest } from "../errors.ts";
import type { CounterSignature, Platform } from "../platforms/types.ts";
import { toApiError } from "./checkErrors.ts";
import type { Draft } from "./draft.ts";

/** The identity's own signature. */
export interface WalletProof {
  /** As bytes, `0x` hex. */
  proof: string;
  /** Whether a contract has to judge it (ERC-1271): that is left to the chain. */
  contractWallet: boolean;
}

/** Checks the signature of an account with a key; of a contract it is taken as it is. @throws {ApiError} 400. */
export async function verifyWallet(
  context: Context,
  { platform, link }: Draft,
  signature: string,
): Promise<WalletProof> {
  const counter = readCounterSignature(platform, link, signature);
  const proof = counter.signature;
  if (counter.verified) return { proof, contractWallet: false };
  if ((await context.provider.getCode(link.identity)) !== "0x") return { proof, contractWallet: true };
  throw badRequest(counter.message);
}

function readCounterSignature(platform: Platform, link: Link, signature: string): CounterSignature {
  try {
    return platform.verifyCounterSignature!(link, signature);
  } catch (error) {
    throw toApiError(error);
  }
}
