import type { Post } from "./post.ts";

/** The other side has to sign the same text: hand the signature to `binding.cosign`. */
export interface CosignStep {
  name: "cosign";
  by: "wallet" | "solana" | "avatar";
  /** Whose signature: an address, or the other avatar's public key. */
  identity: string;
  /** To be signed as it is: EIP-191 personal_sign by wallets and avatars, its plain UTF-8 bytes by Solana's. */
  text: string;
}

/** The user has to publish something: tell `binding.published` where. Show it before: it goes out under the user's name. */
export interface PublishStep {
  name: "publish";
  post: Post;
  /** What is to be told, if anything: `rule` finishes the sentence "Give …". */
  location: { needed: boolean; rule: string };
}

/** Everything is there: `binding.submit`, or `submitDirect`. */
export interface SubmitStep {
  name: "submit";
}

/** It was handed in: `binding.wait`. */
export interface PendingStep {
  name: "pending";
  uuid: string;
  /** `claimed`: it is on chain, and fewer attesters have seen its other side than must. */
  state: "accepted" | "sent" | "claimed";
  attestations?: number;
  quorum?: number;
  txHash?: string;
}

/** It is on chain. */
export interface DoneStep {
  name: "done";
  linkId: string;
  chainId: number;
  txHash: string;
  block: number;
  /** Whether it is only a claim yet: nodes go on looking for what it lacks, and `binding.wait` looks again. */
  claimed: boolean;
}

/** It never will be on chain. Bind anew. */
export interface RefusedStep {
  name: "refused";
  reason: string;
}

/** What is to be done next. */
export type BindingStep = CosignStep | PublishStep | SubmitStep | PendingStep | DoneStep | RefusedStep;
