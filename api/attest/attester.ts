import { packAttestations, signAttestation } from "@syngraph/sdk/protocol";

import type { Evidence } from "../platforms/types.ts";

/** This node's word on what it saw. */
export class Attester {
  readonly #privateKey: string;

  constructor(privateKey: string) {
    this.#privateKey = privateKey;
  }

  /** Signs that the other side of a link was found; packed as the contract takes it. */
  attest(linkId: string, { accountId, checkedAt }: Pick<Evidence, "accountId" | "checkedAt">): string {
    const signature = signAttestation(this.#privateKey, { linkId, found: true, accountId, checkedAt });
    return packAttestations([{ checkedAt, signature }]);
  }
}
