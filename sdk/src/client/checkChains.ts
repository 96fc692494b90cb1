import { type ItemCheck, verifyChain } from "./verifyChain.ts";
import type { ChainItem } from "./wire.ts";

/** What a check came to: `open` where it can only be made on chain. */
export type CheckOutcome = "good" | "bad" | "open";

/** An item of a proof chain and what its check, made here, came to. */
export interface CheckedLink {
  item: ChainItem;
  check: ItemCheck;
  /** `bad` if one of its checks failed, else `open` if one can only be made on chain. */
  outcome: CheckOutcome;
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

function outcomeOf({ ok, checks }: ItemCheck): CheckOutcome {
  if (ok) return "good";
  return Object.values(checks).includes("fail") ? "bad" : "open";
}
