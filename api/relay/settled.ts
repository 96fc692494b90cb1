import { setTimeout as sleep } from "node:timers/promises";

import type { Pool } from "pg";

import type { SubmissionState } from "./outbox.ts";

/** How a submission ended, or where it stands when the wait is over. */
export interface Outcome {
  state: SubmissionState;
  reason: string;
  /** On chain, and what reads the index sees it. */
  readable: boolean;
}

/** How often the database is asked, in milliseconds. */
const POLL = 25;

/** Waits until a submission is readable or refused, at most `timeout` milliseconds. */
export async function settled(db: Pool, id: number, timeout: number): Promise<Outcome> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const { rows } = await db.query<Outcome>(
      `SELECT s.state, s.reason, s.state = 'included' AND CASE
           WHEN s.method IN ('confirm', 'reinstate') THEN EXISTS (
             SELECT FROM indexer.binding b WHERE b.chain_id = s.chain_id AND b.avatar = s.avatar
               AND b.link = s.link_id AND b.status = 'confirmed')
           ELSE EXISTS (
             SELECT FROM indexer.link l WHERE l.chain_id = s.chain_id AND l.avatar = s.avatar
               AND (l.id = s.link_id OR (s.method = 'release' AND l.transaction_hash = s.tx_hash)))
         END AS readable
       FROM api.submission s WHERE s.id = $1`,
      [id],
    );
    const outcome = rows[0]!;
    if (outcome.readable || outcome.state === "refused" || Date.now() >= deadline) return outcome;
    await sleep(POLL);
  }
}
