import type { Attestation } from "@syngraph/sdk/protocol";

import type { Attester } from "../attest/attester.ts";
import type { Claim } from "../platforms/types.ts";

/** Attestations as the contract takes them, and whether they are as many as its quorum. */
export interface Collected {
  proof: string;
  complete: boolean;
}

/** Gathers what attesters say of a link that stands on chain. Each looks for itself, at the claim. */
export interface Collector {
  collect(statement: Attestation, claim: Claim): Promise<Collected>;
}

/** The word of this node alone. Whether that is a quorum, the contract is asked before anything is sent. */
export function ownWord(attester: Attester): Collector {
  return { collect: (statement) => Promise.resolve({ proof: attester.state(statement), complete: true }) };
}
