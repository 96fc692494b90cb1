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

/** Whether a binding rests on what the avatar signed, why (a key of `backing` in the texts), and the link that says so. */
export interface Backing {
  outcome: Outcome;
  reason: "missing" | "unverified" | "deleted" | "deletedOpen" | "signed" | "signedOpen" | "noDeletion";
  link: CheckedLink | null;
}

/** Holds a binding's status, which the API only says, against the proof chain, which was checked here. */
export function backingOf(binding: AvatarBinding, chains: readonly CheckedChain[]): Backing {
  const links = chains.find(({ chainId }) => chainId === binding.chain_id)?.links ?? [];
  const ofBinding = links.filter(
    ({ item }) => item.platform === binding.platform && item.identity === binding.identity,
  );
  const at = ofBinding.findIndex(({ item }) => item.action === "create" && item.link_id === binding.link_id);
  const create = ofBinding[at];
  if (!create) return { outcome: "bad", reason: "missing", link: null };
  if (create.outcome === "bad") return { outcome: "bad", reason: "unverified", link: create };
  const end = ofBinding.slice(at + 1).find(({ item, outcome }) => item.action === "delete" && outcome !== "bad");
  if (binding.status !== "deleted") {
    return end?.outcome === "good"
      ? { outcome: "bad", reason: "deleted", link: end }
      : { outcome: create.outcome, reason: create.outcome === "open" ? "signedOpen" : "signed", link: create };
  }
  if (!end) return { outcome: "bad", reason: "noDeletion", link: null };
  return { outcome: end.outcome, reason: end.outcome === "open" ? "deletedOpen" : "deleted", link: end };
}
