import { SUBKEY_REGISTRY_ABI, type SubkeyDomain, isRevert } from "@syngraph/sdk/protocol";
import { Contract, Interface } from "ethers";

import type { Context } from "../context.ts";

const abi = new Interface(SUBKEY_REGISTRY_ABI);

/** Functions of the SubkeyRegistry that a relayer calls with what others signed. */
export type SubkeyCall = "authorize" | "importAuthorization" | "revokeBySig" | "renounce";

/** Which contract signatures about subkeys are for, on this node. */
export function domainOf({ config }: Pick<Context, "config">): SubkeyDomain {
  return { chainId: config.chain.chainId, verifyingContract: config.chain.subkeyRegistry };
}

/** What the next authorisation of a subkey has to name. */
export async function nonceOf({ config, provider }: Context, avatar: string, subkeyId: string): Promise<number> {
  const contract = new Contract(config.chain.subkeyRegistry, abi, provider);
  const [nonce] = (await contract.getFunction("authorizationOf").staticCall(avatar, subkeyId)) as [bigint, bigint];
  return Number(nonce);
}

/** Calldata of a call. */
export function encodeCall(name: SubkeyCall, values: readonly unknown[]): string {
  return abi.encodeFunctionData(name, values);
}

/** Sentences for the contract's errors that a caller can do something about. */
const SENTENCES: Record<string, (...values: unknown[]) => string> = {
  SubkeyRegistryInvalidNonce: (_avatar, _id, nonce, expected) =>
    `nonce is ${nonce} there, it must be ${expected}: what was signed was used or revoked meanwhile; ask for a new payload`,
  SubkeyRegistryInvalidSignature: (avatar, recovered) =>
    `Error when validating signature: it is not by the avatar ${avatar}, but by ${recovered}`,
  SubkeyRegistryInvalidPossession: (_id, digest) =>
    `possession: the subkey did not sign the digest ${digest}, which the payload gives`,
  SubkeyRegistryProofTooLong: (length, max) => `possession has ${length} bytes, it may have ${max}`,
  SubkeyRegistryInvalidExpiry: (expiresAt, now) => `expires_at ${expiresAt} is not after now (${now})`,
  SubkeyRegistryNotAuthorized: () => "the subkey is not authorised: there is nothing to renounce",
};

/**
 * Tries a call against the latest state, without sending it.
 *
 * @returns why the contract refuses it, or null where it would take it.
 * @throws when the chain cannot be asked.
 */
export async function refusalOf({ config, provider }: Context, data: string): Promise<string | null> {
  try {
    await provider.call({ to: config.chain.subkeyRegistry, data });
    return null;
  } catch (error) {
    if (!isRevert(error)) throw error;
    const reason = error.data ? abi.parseError(error.data) : null;
    if (reason === null) return "the contract refused it without a reason";
    const values = reason.args.toArray();
    return SENTENCES[reason.name]?.(...values) ?? `the contract refused it: ${reason.name}(${values.join(", ")})`;
  }
}
