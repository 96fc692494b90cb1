import { ATTESTATION_SIZE, type Submission, toSubmission } from "@syngraph/sdk/protocol";
import { ZeroHash, dataLength, dataSlice } from "ethers";

import type { AvatarReplay } from "./avatar.ts";
import type { LinkStep } from "./history.ts";
import { CLOCK_SKEW, type Counted } from "./quorum.ts";
import type { BindingState, Target } from "./target.ts";

/** How many links a batch has at most, and about how much gas it may take: half of what EIP-7825 leaves a transaction. */
const MAX_LINKS = 100;
const MAX_GAS = 8_000_000;
/** About how much gas a link takes at most, each byte of it (EIP-7623), each attestation, and a wallet's contract. */
const LINK_GAS = 85_000;
const BYTE_GAS = 40;
const ATTESTATION_GAS = 12_000;
const WALLET_GAS = 400_000;

/** A link that the target will take. */
export interface ReadyLink {
  replay: AvatarReplay;
  step: LinkStep;
  submission: Submission;
  gas: number;
  /** Where its binding will stand. */
  outcome: BindingState;
}

/** Makes of a link what the target takes, or says why the target would refuse it. */
export async function prepareLink(replay: AvatarReplay, step: LinkStep, target: Target): Promise<ReadyLink | string> {
  const { link, said, signature, sequence } = step;
  if (link.createdAt > target.now() + CLOCK_SKEW) return `it is dated ${link.createdAt}, in the future`;
  if (step.cosigner === "wallet") {
    const reason = await target.whyNotSigned(step);
    if (reason) return reason;
  }
  // A list's attestations cost as much as those of a single link: they go in once, for all links that they confirm.
  const counted = said && !said.list ? await target.quorum.count(step, true, said) : null;
  const proof = counted?.attestations ?? (step.cosigner === "none" ? "0x" : step.proof);
  const submission = toSubmission(link, {
    ...{ signature, proof, proofLocation: step.proofLocation },
    withKey: sequence === 1,
  });
  return { replay, step, submission, gas: gasOf(step, proof), outcome: outcomeOf(step, counted) };
}

/** Collects links until the next one would be too many. */
export class Batch {
  readonly items: ReadyLink[] = [];
  #gas = 0;

  fits(link: ReadyLink): boolean {
    if (this.items.length === 0) return true;
    // An imported chain's first link may quote 64 zeros: inside a batch those stand for the signature in front.
    if (quotesZeros(link)) return false;
    return this.items.length < MAX_LINKS && this.#gas + link.gas <= MAX_GAS;
  }

  add(link: ReadyLink): void {
    this.items.push(link);
    this.#gas += link.gas;
  }
}

/** Links as `appendBatch` takes them: what the link in front says already is left out. */
export function abbreviate(items: readonly ReadyLink[]): Submission[] {
  return items.map(({ replay, submission }, index) =>
    items[index - 1]?.replay === replay ? { ...submission, previousR: ZeroHash, previousS: ZeroHash } : submission,
  );
}

/** What the contract keeps of a link's id. */
export function storedId(linkId: string): string {
  return dataSlice(linkId, 0, 24);
}

function quotesZeros({ step, submission }: ReadyLink): boolean {
  return step.link.prev !== null && submission.previousR === ZeroHash && submission.previousS === ZeroHash;
}

function gasOf({ link, cosigner, proofLocation }: LinkStep, proof: string): number {
  const bytes = dataLength(proof) + proofLocation.length + 3 * link.identity.length;
  const attestations = cosigner === "none" ? Math.floor(dataLength(proof) / ATTESTATION_SIZE) : 0;
  return LINK_GAS + BYTE_GAS * bytes + ATTESTATION_GAS * attestations + (cosigner === "wallet" ? WALLET_GAS : 0);
}

function outcomeOf({ link, linkId, cosigner }: LinkStep, counted: Counted | null): BindingState {
  if (link.action === "delete") return { status: "deleted", asOf: link.createdAt, link: "" };
  const confirmed = counted !== null || cosigner !== "none";
  return {
    status: confirmed ? "confirmed" : "claimed",
    asOf: counted?.checkedAt ?? link.createdAt,
    link: storedId(linkId),
  };
}
