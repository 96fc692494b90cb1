import { ATTESTER_SCHEME, ProtocolError, recoverAttesterRequest } from "@syngraph/sdk/protocol";

import type { Limits } from "../limits/limits.ts";
import type { Attesters } from "./attesters.ts";

/** A request for attestations, as far as it says who asks. */
export interface Asking {
  /** The header Authorization. */
  authorization: string | undefined;
  /** As it was sent. */
  body: string;
  /** Whom it is counted for, unless an attester asks. */
  client: string;
}

/**
 * Counts a request for attestations. A whole quorum's binds pass here, so attesters' nodes, which sign their requests, have no
 * limit; everybody else has the one of all requests that make this node look.
 *
 * @throws {ApiError} 429.
 */
export async function countAsking(limits: Limits, attesters: Attesters, asking: Asking): Promise<void> {
  if (!(await isFromAttester(attesters, asking))) await limits.count("write", asking.client);
}

async function isFromAttester(attesters: Attesters, { authorization, body }: Asking): Promise<boolean> {
  if (!authorization?.startsWith(`${ATTESTER_SCHEME} `)) return false;
  try {
    const signer = recoverAttesterRequest(authorization, body);
    return (await attesters.active()).has(signer.toLowerCase());
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}
