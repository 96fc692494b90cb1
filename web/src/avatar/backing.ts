import type { AvatarBinding, CheckOutcome, CheckedChain, CheckedLink } from "@syngraph/sdk/client";

/** Whether a binding rests on what the avatar signed, why (a key of `backing` in the texts), and the link that says so. */
export interface Backing {
  outcome: CheckOutcome;
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
