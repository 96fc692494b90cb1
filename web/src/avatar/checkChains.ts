import { type AvatarBinding, type ChainItem, type ItemCheck, verifyChain } from "@syngraph/sdk/client";

import type { Outcome } from "../ui/Mark.tsx";

/** An item of a proof chain and what its check, made here, came to. */
export interface CheckedLink {
  item: ChainItem;
  check: ItemCheck;
  /** `bad` if one of its checks failed, else `open` if one can only be made on chain. */
  outcome: Outcome;
}

/** An avatar's links on one chain, in order. */
export interface CheckedChain {
  chainId: number;
  links: CheckedLink[];
}

/** Verifies an avatar's proof chains: one for each chain it stands on. */
export function checkChains(items: readonly ChainItem[], publicKey: string): CheckedChain[] {
  const checks = verifyChain(items, publicKey);
  const links = items.map((item, index): CheckedLink => {
    return { item, check: checks[index]!, outcome: outcomeOf(checks[index]!) };
  });
  return [...Map.groupBy(links, ({ item }) => item.chain_id)].map(([chainId, ofChain]) => ({
    chainId,
    links: ofChain,
  }));
}

function outcomeOf({ ok, checks }: ItemCheck): Outcome {
  if (ok) return "good";
  return Object.values(checks).includes("fail") ? "bad" : "open";
}

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
