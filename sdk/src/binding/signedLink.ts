import type { AttestationsReply, CallOptions } from "../client/index.ts";
import type { Link } from "../protocol/index.ts";

/** A link with all that its two sides say of it. */
export interface SignedLink {
  link: Link;
  /** The avatar's, standard Base64. */
  signature: string;
  /** The wallet's or other avatar's, `0x` hex, of a Solana wallet Base58; null where none signs. */
  cosignature: string | null;
  /** Where the post is; empty where none is needed. */
  proofLocation: string;
}

/** What brings links on chain without an API: a `DirectRegistry` of `@syngraph/sdk/chain`. */
export interface DirectSubmitter {
  submit(signed: SignedLink, attestations?: AttestationsReply): Promise<DirectSubmission>;
}

/** A transaction that was sent. */
export interface DirectSubmission {
  txHash: string;
  /** Until it is in a block. @throws {ContractError} where it reverts. */
  wait(options?: CallOptions): Promise<{
    linkId: string | null;
    chainId: number;
    txHash: string;
    block: number;
    /** Where the binding stands. */
    status: string | null;
  }>;
}
