import { type Attestation, signAttestation, signAttesterRequest } from "@syngraph/sdk/protocol";
import { computeAddress } from "ethers";

/** One attester's word on one link. */
export interface Word {
  /** Address, lower case. */
  attester: string;
  /** Unix seconds. */
  checkedAt: number;
  /** 65 bytes, `0x` hex, v in {27, 28}. */
  signature: string;
}

/** This node's word on what it saw. Whoever calls it has looked just now: it is never told what to sign from outside. */
export class Attester {
  /** EIP-55. */
  readonly address: string;
  readonly #privateKey: string;

  constructor(privateKey: string) {
    this.#privateKey = privateKey;
    this.address = computeAddress(privateKey);
  }

  /** The header Authorization that tells a peer that this attester asks. */
  authorize(body: string): string {
    return signAttesterRequest(this.#privateKey, body);
  }

  /** Signs that the other side of a link was found, or that it is gone. */
  sign(statement: Attestation): Word {
    return {
      attester: this.address.toLowerCase(),
      checkedAt: statement.checkedAt,
      signature: signAttestation(this.#privateKey, statement),
    };
  }
}
