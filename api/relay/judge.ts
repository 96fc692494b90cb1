import type { ClientBase } from "pg";

import type { OutboxItem } from "./outbox.ts";
import { STALE_HEAD, explainRefusal } from "./refusals.ts";
import type { Method, Place, Registry } from "./registry.ts";

/** What becomes of a submission that the contract did not take. */
export type Verdict =
  | ({ state: "included" } & Place)
  | { state: "refused"; reason: string }
  | {
      state: "accepted";
      /** Another function than before. */
      method?: Method;
      /** Whether it waits a little, for what it follows. */
      later?: boolean;
      /** Whether it is tried by itself even so. */
      alone?: boolean;
      /** A submission in front of it that is lost, and goes out again before it. */
      before?: number;
    };

/** How often a submission is sent again that the contract refused and then would have taken. */
const MOST_REVERTS = 3;

/**
 * Judges a submission that the contract refused. Anybody can bring the very same link, for example from a post that was
 * public before we were asked; ours then only has to confirm it. What it refused in passing goes out again.
 *
 * @param refusal the `Refusal` in the batch's receipt; null where a whole transaction reverted, or was never sent.
 * @throws when the chain cannot be asked.
 */
export async function judge(
  client: ClientBase,
  registry: Registry,
  item: OutboxItem,
  refusal: number | null,
): Promise<Verdict> {
  const { method } = item;
  const there = method === "release" || method === "call" ? null : await registry.blockOf(item);
  if (there !== null && method === "append") {
    const confirming = { ...item, method: "confirm" } as const;
    if ((await registry.refusal(confirming)) === null) return { state: "accepted", method: "confirm" };
    return { state: "included", ...there };
  }
  if (there !== null && method === "confirm" && (await registry.isConfirmed(item))) {
    return { state: "included", ...there };
  }
  const brought = method === "release" || method === "call" ? await broughtBefore(client, registry, item) : null;
  if (brought !== null) return { state: "included", ...brought };
  const reason = await registry.refusal(item);
  if (reason === null && item.reverts < MOST_REVERTS) return { state: "accepted" };
  if (method === "append" && (refusal === STALE_HEAD || refusal === null)) {
    const ahead = await lostAhead(client, registry, item);
    if (ahead) return { state: "accepted", later: true, ...(ahead.state === "included" ? { before: ahead.id } : {}) };
  }
  return { state: "refused", reason: reason ?? explainRefusal(refusal ?? 0) };
}

/**
 * Where a call that leaves no link was brought by a transaction that was given up, or is another key's: the contract takes it
 * once, and refuses it then.
 */
async function broughtBefore(client: ClientBase, registry: Registry, { id }: OutboxItem): Promise<Place | null> {
  const { rows } = await client.query<{ hash: string }>(
    "SELECT unnest(hashes) AS hash FROM api.transaction WHERE items @> ARRAY[$1::bigint] AND kind IN ('release', 'call')",
    [id],
  );
  for (const { hash } of rows) {
    const place = await registry.placeOf(hash);
    if (place !== null) return place;
  }
  return null;
}

/** The avatar's link in front of this one, where a reorg took it from the chain and it is to go out again. */
async function lostAhead(client: ClientBase, registry: Registry, { id, avatar, chain_id }: OutboxItem) {
  const { rows } = await client.query<Pick<OutboxItem, "id" | "link_id" | "state" | "submission">>(
    `SELECT id, link_id, state, submission FROM api.submission
     WHERE avatar = $1 AND chain_id = $2 AND id < $3 AND method = 'append' AND state <> 'refused'
     ORDER BY id DESC LIMIT 1`,
    [avatar, chain_id, id],
  );
  const [ahead] = rows;
  return ahead && (await registry.blockOf(ahead)) === null ? ahead : null;
}
