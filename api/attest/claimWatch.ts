import type { Pool } from "pg";

/** A claim that is to be looked at. */
export interface WatchedClaim {
  link_id: string;
  avatar: string;
  platform: string;
  /** How often it was looked at. */
  tries: number;
  /** When it was first noticed. */
  noticed_at: Date;
}

/** A claim that the index shows. */
export interface NewClaim extends Pick<WatchedClaim, "link_id" | "avatar" | "platform"> {
  block: number;
}

/** How long whoever took a claim may be at work on it, in seconds: after a crash it is free again. */
const LEASE = 120;

/** `api.claim_watch`: which claims on chain are still to be looked at, and when. Several nodes may work on one. */
export class ClaimWatch {
  readonly #db: Pool;
  readonly #chainId: number;

  constructor(db: Pool, chainId: number) {
    this.#db = db;
    this.#chainId = chainId;
  }

  /**
   * Links that stand as claims since a block, and on which attesters could say something.
   *
   * @param youngerThan seconds; older ones nobody waits for any more.
   */
  async claimsSince(block: number, platforms: readonly string[], youngerThan: number): Promise<NewClaim[]> {
    const { rows } = await this.#db.query<NewClaim>(
      `SELECT l.id AS link_id, l.avatar, l.platform, l.block_number::bigint AS block
       FROM indexer.link l
       JOIN indexer.binding b ON b.chain_id = l.chain_id AND b.avatar = l.avatar AND b.link = l.id AND b.status = 'claimed'
       WHERE l.chain_id = $1 AND l.block_number >= $2 AND l.platform = ANY($3)
         AND l.block_time > extract(epoch FROM now()) - $4`,
      [this.#chainId, block, platforms, youngerThan],
    );
    return rows;
  }

  /** Notes claims, each due after so many seconds; the earliest that a node asks for counts, until one takes it. */
  async note(claims: readonly (NewClaim & { delay: number })[]): Promise<void> {
    if (claims.length === 0) return;
    await this.#db.query(
      `INSERT INTO api.claim_watch (chain_id, link_id, avatar, platform, next_at)
       SELECT $1, c.link_id, c.avatar, c.platform, now() + c.delay * interval '1 second'
       FROM jsonb_to_recordset($2::jsonb) AS c(link_id text, avatar text, platform text, delay double precision)
       ON CONFLICT (chain_id, link_id) DO UPDATE SET next_at = excluded.next_at
         WHERE claim_watch.first_turn AND excluded.next_at < claim_watch.next_at`,
      [this.#chainId, JSON.stringify(claims)],
    );
  }

  /** Takes claims that are due: nobody else gets them until they are put back, or this process has long been dead. */
  async take(limit: number): Promise<WatchedClaim[]> {
    const { rows } = await this.#db.query<WatchedClaim>(
      `UPDATE api.claim_watch w SET next_at = now() + $3 * interval '1 second', first_turn = false
       FROM (
         SELECT link_id FROM api.claim_watch
         WHERE chain_id = $1 AND next_at <= now() ORDER BY next_at LIMIT $2 FOR UPDATE SKIP LOCKED
       ) due
       WHERE w.chain_id = $1 AND w.link_id = due.link_id
       RETURNING w.link_id, w.avatar, w.platform, w.tries, w.noticed_at`,
      [this.#chainId, limit, LEASE],
    );
    return rows;
  }

  /** Puts a claim back that was looked at, with what came of it; due again after so many seconds, or never. */
  async again(linkId: string, seconds: number | null, outcome: string): Promise<void> {
    await this.#db.query(
      `UPDATE api.claim_watch SET tries = tries + 1, outcome = $4,
         next_at = coalesce(now() + $3 * interval '1 second', 'infinity')
       WHERE chain_id = $1 AND link_id = $2`,
      [this.#chainId, linkId, seconds, outcome.slice(0, 1000)],
    );
  }

  /** Puts a claim back that was not looked at. */
  async postpone(linkId: string, seconds: number): Promise<void> {
    await this.#db.query(
      `UPDATE api.claim_watch SET next_at = now() + $3 * interval '1 second' WHERE chain_id = $1 AND link_id = $2`,
      [this.#chainId, linkId, seconds],
    );
  }

  /** Forgets what was given up, and was noticed so many seconds ago that it is not noticed anew. */
  async forget(olderThan: number): Promise<void> {
    await this.#db.query(
      `DELETE FROM api.claim_watch
       WHERE chain_id = $1 AND next_at = 'infinity' AND noticed_at < now() - $2 * interval '1 second'`,
      [this.#chainId, olderThan],
    );
  }

  /** Forgets what is no claim any more. */
  async drop(linkId: string): Promise<void> {
    await this.#db.query("DELETE FROM api.claim_watch WHERE chain_id = $1 AND link_id = $2", [this.#chainId, linkId]);
  }
}
