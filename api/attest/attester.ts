import { type Attestation, ATTESTER_REGISTRY_ABI, packAttestations, signAttestation } from "@syngraph/sdk/protocol";
import { Contract, type Provider, computeAddress } from "ethers";

import type { Evidence } from "../platforms/types.ts";

/** This node's word on what it saw. */
export class Attester {
  /** EIP-55. */
  readonly address: string;
  readonly #privateKey: string;

  constructor(privateKey: string) {
    this.#privateKey = privateKey;
    this.address = computeAddress(privateKey);
  }

  /** Signs that the other side of a link was found; packed with the account id as the contract takes it. */
  attest(linkId: string, { accountId, checkedAt }: Pick<Evidence, "accountId" | "checkedAt">): string {
    return this.state({ linkId, found: true, accountId, checkedAt });
  }

  /** Signs any statement, packed in the same way. */
  state(statement: Attestation): string {
    const { accountId, checkedAt } = statement;
    return packAttestations(accountId, [{ checkedAt, signature: signAttestation(this.#privateKey, statement) }]);
  }
}

/** Whether an address may attest now, as the AttesterRegistry at `registry` says. */
export async function isAttester(provider: Provider, registry: string, address: string): Promise<boolean> {
  const contract = new Contract(registry, ATTESTER_REGISTRY_ABI, provider);
  return contract.getFunction("isAttester").staticCall(address) as Promise<boolean>;
}
