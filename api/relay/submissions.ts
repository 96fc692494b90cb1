import type { ClientBase } from "pg";

import type { Verdict } from "./judge.ts";
import type { OutboxItem } from "./outbox.ts";
import type { Place } from "./registry.ts";

/** All that avatars have waiting, or on its way, in the order in which it was accepted. */
export async function openOf(client: ClientBase, chainId: number, avatars: readonly string[]): Promise<OutboxItem[]> {
  const { rows } = await client.query<OutboxItem>(
    `SELECT * FROM api.submission
     WHERE chain_id = $1 AND avatar = ANY($2) AND state IN ('accepted', 'sent') ORDER BY id`,
    [chainId, avatars],
  );
  return rows;
}

/** The submissions of a transaction that did not come to their end by another one, in the order of the ids. */
export async function stillSentBy(
  client: ClientBase,
  transaction: number,
  ids: readonly number[],
): Promise<(OutboxItem | undefined)[]> {
  const { rows } = await client.query<OutboxItem>(
    "SELECT * FROM api.submission WHERE transaction = $1 AND state = 'sent'",
    [transaction],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id));
}

/** What was included by somebody else's transaction at or after a block. */
export async function includedByOthers(client: ClientBase, chainId: number, block: number): Promise<OutboxItem[]> {
  const { rows } = await client.query<OutboxItem>(
    `SELECT * FROM api.submission
     WHERE chain_id = $1 AND state = 'included' AND transaction IS NULL AND tx_hash IS NOT NULL AND block >= $2`,
    [chainId, block],
  );
  return rows;
}

export async function markIncluded(client: ClientBase, ids: readonly number[], place: Place): Promise<void> {
  if (ids.length === 0) return;
  await client.query(
    `UPDATE api.submission SET state = 'included', tx_hash = $2, block = $3, updated_at = now() WHERE id = ANY($1)`,
    [ids, place.txHash, place.block],
  );
}

/** Back to the start: nothing that was signed can bring it any more. */
export async function markAccepted(client: ClientBase, id: number, reverts = 0, method?: string): Promise<void> {
  await client.query(
    `UPDATE api.submission SET state = 'accepted', transaction = NULL, tx_hash = NULL, block = NULL,
       reverts = reverts + $2, method = coalesce($3, method), updated_at = now() WHERE id = $1`,
    [id, reverts, method ?? null],
  );
}

/** Its wallet is there: from now on it is a link like others. */
export async function markPrepared(client: ClientBase, id: number): Promise<void> {
  await client.query("UPDATE api.submission SET preparation = NULL WHERE id = $1", [id]);
  await markAccepted(client, id);
}

/** Records how it ended, or that it begins anew. */
export async function record(client: ClientBase, { id }: OutboxItem, verdict: Verdict): Promise<void> {
  switch (verdict.state) {
    case "included":
      await client.query("UPDATE api.submission SET transaction = NULL WHERE id = $1", [id]);
      await markIncluded(client, [id], verdict);
      break;
    case "refused":
      await client.query("UPDATE api.submission SET state = 'refused', reason = $2, updated_at = now() WHERE id = $1", [
        id,
        verdict.reason,
      ]);
      break;
    case "accepted":
      if (verdict.before !== undefined) await markAccepted(client, verdict.before);
      await markAccepted(client, id, verdict.later && !verdict.alone ? 0 : 1, verdict.method);
      break;
  }
}
