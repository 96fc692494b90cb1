import { Interface, isAddress } from "ethers";

import { PROOF_REGISTRY_ABI } from "./abi.ts";
import { STATUSES } from "./header.ts";

/** The name of an error with which `ProofRegistry` reverts. */
export type RegistryError = Extract<(typeof PROOF_REGISTRY_ABI)[number], { type: "error" }>["name"];

type Sentence = (...values: unknown[]) => string;

/** Sentences for the contract's errors that a caller can do something about. */
const SENTENCES: Partial<Record<RegistryError, Sentence>> = {
  ProofRegistryStaleHead: () =>
    "prev is not the latest link of this avatar on chain: another link was added; ask for a new payload",
  ProofRegistryInvalidCreatedAt: (createdAt, earliest) =>
    createdAt === undefined
      ? "created_at lies before what it follows on chain, or in the future"
      : `created_at ${createdAt} lies before what it follows on chain (${earliest}), or in the future`,
  ProofRegistryInvalidProof: (identity) =>
    `${isAddress(identity) ? "ETH wallet " : ""}signature validation failed: not signed by ${String(identity ?? "the identity")}`,
  ProofRegistryInvalidIdentity: (identity) =>
    `identity ${String(identity ?? "")} is no wallet's address and no avatar's key`.replace("  ", " "),
  ProofRegistryInvalidSignature: () => "bad signature: it recovers to no key, or its s is high (EIP-2)",
  ProofRegistryInvalidPublicKey: () => "bad signature: it was not made by this avatar",
  ProofRegistryNoSuchBinding: (_key, status) =>
    `there is no such proof to change: on chain it stands as ${STATUSES[Number(status)]}`,
  ProofRegistryAlreadyReleased: () => "this very release was made before: ask for a new payload",
  ProofRegistryNoQuorum: () => "too few attesters stand for it to make a quorum",
};

/** What an error of the contract means, with its values where there are any. */
export function explainRegistryError(error: RegistryError, values: readonly unknown[]): string {
  return SENTENCES[error]?.(...values) ?? `the contract refused the link: ${error}(${values.join(", ")})`;
}

/** A revert as it was read. */
export interface Revert {
  /** The contract's error; null where it gave none that is known. */
  error: string | null;
  /** What it means, with its values. */
  message: string;
}

const PROOF_REGISTRY = new Interface(PROOF_REGISTRY_ABI);

/**
 * Reads the data with which a call reverted.
 *
 * @param abi of the contracts that were called; of `ProofRegistry` unless told.
 */
export function explainRevert(data: string | null, abi: Interface = PROOF_REGISTRY): Revert {
  const parsed = data === null || data === "0x" ? null : abi.parseError(data);
  if (parsed === null) return { error: null, message: "the contract refused the link without a reason" };
  return { error: parsed.name, message: explainRegistryError(parsed.name as RegistryError, parsed.args.toArray()) };
}
