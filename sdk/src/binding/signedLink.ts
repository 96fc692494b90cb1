import type { CallOptions } from "../client/index.ts";
import type { Link, Submission } from "../protocol/index.ts";

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

/** What brings a link on chain from one's own wallet, checked against the link. */
export interface ProvenLink {
  linkId: string;
  /** `ProofRegistry`'s function: the first two take `submission`, the others `bindingKey` and `linkId`. */
  method: "append" | "release" | "confirm" | "reinstate";
  submission: Submission;
  bindingKey: string;
  /** Init code to send first, where a wallet's contract is not deployed yet (ERC-6492); else empty. */
  preparation: string;
}

/** Where a link stands on chain. */
export interface Included {
  linkId: string;
  chainId: number;
  txHash: string;
  block: number;
  /** Whether it is only a claim yet. */
  claimed: boolean;
}

/** What brings links on chain without an API: a `DirectRegistry`. */
export interface DirectSubmitter {
  submit(proven: ProvenLink, options?: CallOptions): Promise<DirectSubmission>;
}

/** A transaction that was sent. */
export interface DirectSubmission {
  txHash: string;
  /** Until it is in a block. @throws {ContractError} where it reverts. */
  wait(options?: CallOptions): Promise<Included>;
}
