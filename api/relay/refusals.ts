import { type RegistryError, STATUSES } from "@syngraph/sdk/protocol";
import { type Interface, isAddress } from "ethers";

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
  ProofRegistryNoQuorum: () => "too few attesters stand for it: the word of this node alone makes no quorum",
};

/** The error that stands for each `Refusal` of the contract, in its order; the last is one of several. */
const ERRORS_OF_REFUSALS: readonly (RegistryError | undefined)[] = [
  undefined,
  "ProofRegistryInvalidHeader",
  "TextInvalidCharacter",
  "ProofRegistryInvalidSignature",
  "ProofRegistryInvalidPublicKey",
  "ProofRegistryStaleHead",
  "ProofRegistryInvalidCreatedAt",
  "ProofRegistryUnexpectedProof",
  "ProofRegistryInvalidIdentity",
  "ProofRegistryInvalidProof",
  "AttestationsInvalidLength",
];

/** The contract's `Refusal` of a link whose `prev` is not the head. */
export const STALE_HEAD = ERRORS_OF_REFUSALS.indexOf("ProofRegistryStaleHead");

/** What a revert's data says, in words where there are some. */
export function explainRevert(abi: Interface, data: string | null): string {
  const error = data === null || data === "0x" ? null : abi.parseError(data);
  if (error === null) return "the contract refused the link without a reason";
  return sentence(error.name as RegistryError, error.args.toArray());
}

/** What a `Refusal` of the contract says, which has no values beside it. */
export function explainRefusal(reason: number): string {
  const error = ERRORS_OF_REFUSALS[reason];
  return error === undefined ? `the contract refused the link: reason ${reason}` : sentence(error, []);
}

function sentence(error: RegistryError, values: unknown[]): string {
  return SENTENCES[error]?.(...values) ?? `the contract refused the link: ${error}(${values.join(", ")})`;
}
