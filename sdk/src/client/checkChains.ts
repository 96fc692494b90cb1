import type { CallOptions } from "./http.ts";
import { pause } from "./pause.ts";
import { type ItemCheck, verifyItems } from "./verifyChain.ts";
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

/** For so many milliseconds is verified at a time. */
const PIECE = 20;

/**
 * Verifies an avatar's proof chains: one for each chain it stands on. In pieces, between which a page goes on: anybody may have
 * so many links that it would stand still for a minute.
 *
 * @throws {SyngraphError} `aborted`.
 */
export async function checkChains(
  items: readonly ChainItem[],
  publicKey: string,
  { signal }: CallOptions = {},
): Promise<CheckedChain[]> {
  const links: CheckedLink[] = [];
  let end = performance.now() + PIECE;
  for (const check of verifyItems(items, publicKey)) {
    links.push({ item: items[links.length]!, check, outcome: outcomeOf(check) });
    if (performance.now() < end) continue;
    await pause(0, signal);
    end = performance.now() + PIECE;
  }
  return [...Map.groupBy(links, ({ item }) => item.chain_id)].map(([chainId, ofChain]) => ({
    chainId,
    links: ofChain,
  }));
}

function outcomeOf({ ok, checks }: ItemCheck): CheckOutcome {
  if (ok) return "good";
  return Object.values(checks).includes("fail") ? "bad" : "open";
}
