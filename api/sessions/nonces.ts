import { randomBytes } from "node:crypto";

import type { Pool } from "pg";

/** How long a nonce is good, in seconds: as long as somebody takes to read and sign a message. */
const LIFETIME = 10 * 60;

/** A nonce for a message of EIP-4361. */
export interface Nonce {
  nonce: string;
  /** Unix seconds. */
  expiresAt: number;
}

/** Nonces that were given out: each is good for once, for whichever process on this database gets it first. */
export class Nonces {
  readonly #db: Pool;

  constructor(db: Pool) {
    this.#db = db;
  }

  async issue(): Promise<Nonce> {
    const now = Math.floor(Date.now() / 1000);
    const nonce = randomBytes(16).toString("hex");
    await this.#db.query(
      `WITH past AS (DELETE FROM api.nonce WHERE expires_at <= $3)
       INSERT INTO api.nonce (nonce, expires_at) VALUES ($1, $2)`,
      [nonce, now + LIFETIME, now],
    );
    return { nonce, expiresAt: now + LIFETIME };
  }

  /** Whether it could be used now. */
  async isGood(nonce: string): Promise<boolean> {
    const { rowCount } = await this.#db.query(
      "SELECT FROM api.nonce WHERE nonce = $1 AND expires_at > extract(epoch FROM now())",
      [nonce],
    );
    return rowCount === 1;
  }

  /** Uses it up. @returns false where it was never given out, is too old, or was used already. */
  async use(nonce: string): Promise<boolean> {
    const { rowCount } = await this.#db.query(
      "DELETE FROM api.nonce WHERE nonce = $1 AND expires_at > extract(epoch FROM now())",
      [nonce],
    );
    return rowCount === 1;
  }
}
