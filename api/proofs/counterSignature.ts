import { signPayload } from "@syngraph/sdk/protocol";
import type { Link } from "@syngraph/sdk/protocol";

import type { Context } from "../context.ts";
import { badRequest } from "../errors.ts";
import type { CounterSignature, Platform } from "../platforms/types.ts";
import { verifyWalletMessage } from "../wallets/verifyWallet.ts";
import { toApiError } from "./checkErrors.ts";
import type { Draft, ProofRequest } from "./draft.ts";

/** The identity's own word on a link. */
export interface CounterProof {
  /** As it goes on chain: see {@link CounterSignature}. */
  signature: string;
  /** Whether a contract judges it (ERC-1271). */
  contractWallet?: boolean;
  /** Init code that has the contract deployed first, where it is not there yet (ERC-6492). */
  preparation?: string;
}

/** What a request brings as the identity's own signature; empty where it brings none. */
export function counterSignatureOf({ platform, request }: { platform: Platform; request: ProofRequest }): string {
  return platform.counterField === "target_signature" ? request.targetSignature : request.walletSignature;
}

/**
 * Verifies the identity's own signature: by its key, or where it may be a contract, by the chain.
 *
 * @throws {ApiError} 400 when it is not valid, 502 when the chain cannot be asked.
 */
export async function verifyCounterSignature(
  { provider }: Context,
  { platform, link }: Pick<Draft, "platform" | "link">,
  typed: string,
): Promise<CounterProof> {
  const counter = readCounterSignature(platform, link, typed);
  if (counter.verified) return { signature: counter.signature };
  const word = await verifyWalletMessage(provider, link.identity, signPayload(link), counter.signature);
  if (!word.valid) throw badRequest(`ETH wallet signature validation failed: ${counter.message}; ${word.message}`);
  const { signature } = word;
  return { signature, contractWallet: true, ...(word.kind === "undeployed" && { preparation: word.preparation }) };
}

function readCounterSignature(platform: Platform, link: Link, signature: string): CounterSignature {
  try {
    return platform.verifyCounterSignature!(link, signature);
  } catch (error) {
    throw toApiError(error);
  }
}
