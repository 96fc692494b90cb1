import type { Pool } from "pg";

import { type Pagination, PER_PAGE, offsetOf, pagination } from "../proofs/read/pages.ts";
import type { OutboxItem } from "../relay/outbox.ts";

/** A submission as whose it is sees it. */
export interface PastSubmission extends Pick<
  OutboxItem,
  "uuid" | "method" | "state" | "reason" | "link_id" | "chain_id" | "tx_hash" | "block"
> {
  /** Null where it is about a subkey. */
  platform: string | null;
  identity: string | null;
  /** Unix seconds. */
  created_at: number;
}

/** A page of what an avatar handed in, the latest first. */
export async function submissionsOf(
  db: Pool,
  avatar: string,
  page: number,
): Promise<{ pagination: Pagination; submissions: PastSubmission[] }> {
  const [counted, { rows }] = await Promise.all([
    db.query<{ total: number }>("SELECT count(*)::integer AS total FROM api.submission WHERE avatar = $1", [avatar]),
    db.query<PastSubmission>(
      `SELECT uuid, method, state, reason, link_id, chain_id, tx_hash, block, submission->>'platform' AS platform,
         submission->>'identity' AS identity, extract(epoch FROM created_at)::bigint AS created_at
       FROM api.submission WHERE avatar = $1 ORDER BY id DESC LIMIT ${PER_PAGE} OFFSET $2`,
      [avatar, offsetOf(page)],
    ),
  ]);
  return { pagination: pagination(counted.rows[0]!.total, page), submissions: rows };
}
