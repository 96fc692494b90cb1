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
const POLL = 40;

/** Waits for submissions on behalf of requests: one question to the database for all of them. */
export class Settlements {
  readonly #db: Pool;
  readonly #waiting = new Map<number, ((outcome: Outcome) => void)[]>();
  #asking = false;

  constructor(db: Pool) {
    this.#db = db;
  }

  /** Waits until a submission is readable or refused, at most `timeout` milliseconds. */
  async of(id: number, timeout: number): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome | undefined>();
    this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), resolve]);
    const timer = setTimeout(() => resolve(undefined), timeout);
    void this.#ask();
    const outcome = await promise;
    clearTimeout(timer);
    const others = (this.#waiting.get(id) ?? []).filter((other) => other !== resolve);
    if (others.length > 0) this.#waiting.set(id, others);
    else this.#waiting.delete(id);
    return outcome ?? this.#standing(id);
  }

  async #ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    while (this.#waiting.size > 0) {
      // A database that is away for a moment is asked again; whoever waits has a time limit.
      const settled = await readSettled(this.#db, [...this.#waiting.keys()]).catch(() => []);
      for (const { id, ...outcome } of settled) for (const resolve of this.#waiting.get(id) ?? []) resolve(outcome);
      await sleep(POLL);
    }
    this.#asking = false;
  }

  async #standing(id: number): Promise<Outcome> {
    const [settled] = await readSettled(this.#db, [id]);
    if (settled) return settled;
    const { rows } = await this.#db.query<Outcome>(
      "SELECT state, reason, false AS readable FROM api.submission WHERE id = $1",
      [id],
    );
    return rows[0]!;
  }
}

/** Which of these submissions are readable or refused. */
async function readSettled(db: Pool, ids: readonly number[]): Promise<(Outcome & { id: number })[]> {
  const { rows } = await db.query<Outcome & { id: number }>(
    `SELECT * FROM (
       SELECT s.id, s.state, s.reason, s.state = 'included' AND CASE
         WHEN s.method IN ('confirm', 'reinstate', 'suspend') THEN EXISTS (
           SELECT FROM indexer.binding b WHERE b.chain_id = s.chain_id AND b.avatar = s.avatar AND b.link = s.link_id
             AND b.status::text = CASE s.method WHEN 'suspend' THEN 'suspended' ELSE 'confirmed' END)
         WHEN s.method = 'call' THEN EXISTS (
           SELECT FROM indexer.subkey k
           WHERE k.chain_id = s.chain_id AND k.avatar = s.avatar AND k.block_number >= s.block)
         WHEN s.method = 'release' THEN EXISTS (
           SELECT FROM indexer.link l
           WHERE l.chain_id = s.chain_id AND l.avatar = s.avatar AND l.transaction_hash = s.tx_hash)
         ELSE EXISTS (SELECT FROM indexer.link l WHERE l.chain_id = s.chain_id AND l.id = s.link_id)
       END AS readable
       FROM api.submission s WHERE s.id = ANY($1) AND s.state IN ('included', 'refused')
     ) outcome WHERE readable OR state = 'refused'`,
    [ids],
  );
  return rows;
}
