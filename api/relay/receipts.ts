import type { Receipt } from "./chainRpc.ts";
import type { OutboxItem } from "./outbox.ts";
import { APPENDED, REFUSED } from "./registry.ts";

/** What a receipt says of one submission; `refusal` is a `Refusal` of the contract. */
export type Finding = { included: true } | { included: false; refusal: number | null };

/**
 * Reads what became of the submissions of a transaction.
 *
 * @param registry address of the contract: others may put the like into a log.
 * @returns tells of one, by its place in the transaction.
 */
export function readReceipt(
  receipt: Receipt,
  batch: boolean,
  registry: string,
): (item: OutboxItem, index: number) => Finding {
  if (!receipt.succeeded) return () => ({ included: false, refusal: null });
  if (!batch) return () => ({ included: true });
  const appended = new Set<string>();
  const refused = new Map<number, number>();
  for (const { address, topics, data } of receipt.logs) {
    if (address.toLowerCase() !== registry.toLowerCase()) continue;
    if (topics[0] === APPENDED) appended.add(topics[2]!);
    else if (topics[0] === REFUSED) refused.set(Number(topics[1]), Number(data));
  }
  return ({ link_id }, index) =>
    appended.has(link_id) ? { included: true } : { included: false, refusal: refused.get(index) ?? null };
}
