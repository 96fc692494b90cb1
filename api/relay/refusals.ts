import { type RegistryError, explainRegistryError } from "@syngraph/sdk/protocol";

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

/** What a `Refusal` of the contract says, which has no values beside it. */
export function explainRefusal(reason: number): string {
  const error = ERRORS_OF_REFUSALS[reason];
  return error === undefined ? `the contract refused the link: reason ${reason}` : explainRegistryError(error, []);
}
