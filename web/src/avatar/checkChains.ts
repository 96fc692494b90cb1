import {
  type AvatarBinding,
  type ChainItem,
  type CheckedChain,
  type CheckedLink,
  checkChains,
} from "@syngraph/sdk/client";

import type { Outcome } from "../ui/Mark.tsx";

export { type CheckedChain, type CheckedLink, checkChains };

/** How a link is called in words: a release, the other side's own delete, has no number. */
export function nameOf({ item }: CheckedLink): string {
  return item.sequence === null ? `${sideOf(item)}’s release` : `link ${item.sequence}`;
}

/** How the other side is called, where it signs. */
export function sideOf({ platform }: ChainItem): string {
  return platform === "nextid" ? "the other avatar" : "the wallet";
}

/** Whether a binding rests on what the avatar signed, and why. */
export interface Backing {
  outcome: Outcome;
  reason: string;
}

/** Holds a binding's status, which the API only says, against the proof chain, which was checked here. */
export function backingOf(binding: AvatarBinding, chains: readonly CheckedChain[]): Backing {
  const links = chains.find(({ chainId }) => chainId === binding.chain_id)?.links ?? [];
  const ofBinding = links.filter(
    ({ item }) => item.platform === binding.platform && item.identity === binding.identity,
  );
  const at = ofBinding.findIndex(({ item }) => item.action === "create" && item.link_id === binding.link_id);
  const create = ofBinding[at];
  if (!create) return { outcome: "bad", reason: "no such link in the proof chain" };
  if (create.outcome === "bad") return { outcome: "bad", reason: `${nameOf(create)} does not verify` };
  const end = ofBinding.slice(at + 1).find(({ item, outcome }) => item.action === "delete" && outcome !== "bad");
  if (binding.status !== "deleted") {
    return end?.outcome === "good"
      ? { outcome: "bad", reason: `deleted by ${nameOf(end)}` }
      : { outcome: create.outcome, reason: `signed in ${nameOf(create)}${openEnding(create)}` };
  }
  if (!end) return { outcome: "bad", reason: "no deletion in the proof chain" };
  return { outcome: end.outcome, reason: `deleted by ${nameOf(end)}${openEnding(end)}` };
}

function openEnding({ outcome }: CheckedLink): string {
  return outcome === "open" ? "; the wallet’s signature can only be checked on chain" : "";
}
