import type { Pool } from "pg";

/** What this node saw of a link, and signed. Times are Unix seconds. */
export interface Sighting {
  accountId: string;
  /** Where it was: what the chain has is what whoever sent the transaction liked to say. */
  location: string;
  seenAt: number;
  /** Since when it is not there any more; null where it was there when this node last looked. */
  goneSince: number | null;
}

/**
 * What this attester saw with its own eyes. Only who saw a proof can say that it is gone: else anybody could have it looked
 * for where it never was.
 */
export class Sightings {
  readonly #db: Pool;
  readonly #attester: string;

  /** @param attester this node's address: several nodes may share a database, and none of them another's eyes. */
  constructor(db: Pool, attester: string) {
    this.#db = db;
    this.#attester = attester.toLowerCase();
  }

  async find(linkId: string): Promise<Sighting | undefined> {
    const { rows } = await this.#db.query<Sighting>(
      `SELECT account_id AS "accountId", location, seen_at AS "seenAt", gone_since AS "goneSince" FROM api.sighting
       WHERE attester = $1 AND link_id = $2`,
      [this.#attester, linkId],
    );
    return rows[0];
  }

  /** Records that it was there. */
  async saw(linkId: string, seen: Pick<Sighting, "accountId" | "location" | "seenAt">): Promise<void> {
    await this.#db.query(
      `INSERT INTO api.sighting (attester, link_id, account_id, location, seen_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (attester, link_id)
       DO UPDATE SET account_id = $3, location = $4, seen_at = $5, gone_since = NULL WHERE sighting.seen_at <= $5`,
      [this.#attester, linkId, seen.accountId, seen.location, seen.seenAt],
    );
  }

  /** Records that what was seen is not there any more, and says since when. */
  async missed(linkId: string, at: number): Promise<number> {
    const { rows } = await this.#db.query<{ since: number }>(
      `UPDATE api.sighting SET gone_since = least(gone_since, $3) WHERE attester = $1 AND link_id = $2
       RETURNING gone_since AS since`,
      [this.#attester, linkId, at],
    );
    return rows[0]?.since ?? at;
  }
}
