import { createHash, randomBytes } from "node:crypto";

import type { PublicKey } from "@syngraph/sdk/protocol";
import type { Pool } from "pg";

/** How long a session lasts, in seconds, whatever it is used for. */
const LIFETIME = 24 * 3600;

/** A session of an avatar. Times are Unix seconds. */
export interface Session {
  /** Address, lower case. */
  avatar: string;
  /** Compressed. */
  public_key: string;
  /** The address that signed in, lower case: the avatar's own, or a wallet bound to it. */
  signer: string;
  created_at: number;
  expires_at: number;
}

/** Sessions by opaque tokens, of which the database has the hashes alone. */
export class Sessions {
  readonly #db: Pool;
  readonly #chainId: number;

  constructor(db: Pool, chainId: number) {
    this.#db = db;
    this.#chainId = chainId;
  }

  /** Begins one. @returns its token: 32 random bytes in Base64url. */
  async begin(avatar: PublicKey, signer: string): Promise<{ token: string; session: Session }> {
    const now = Math.floor(Date.now() / 1000);
    const token = randomBytes(32).toString("base64url");
    const session: Session = {
      avatar: avatar.address.toLowerCase(),
      public_key: avatar.compressed,
      signer,
      ...{ created_at: now, expires_at: now + LIFETIME },
    };
    await this.#db.query(
      `WITH past AS (DELETE FROM api.session WHERE expires_at <= $5)
       INSERT INTO api.session (token_hash, avatar, public_key, signer, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [hashOf(token), session.avatar, session.public_key, signer, now, session.expires_at],
    );
    return { token, session };
  }

  /** The session of a token, while it lasts; that of a wallet ends with the wallet's binding. */
  async find(token: string): Promise<Session | undefined> {
    const { rows } = await this.#db.query<Session>(
      `SELECT s.avatar, s.public_key, s.signer, s.created_at, s.expires_at FROM api.session s
       WHERE s.token_hash = $1 AND s.expires_at > extract(epoch FROM now())
         AND (s.signer = s.avatar OR EXISTS (
           SELECT FROM indexer.binding b WHERE b.chain_id = $2 AND b.avatar = s.avatar AND b.platform = 'ethereum'
             AND b.identity = s.signer AND b.status = 'confirmed'))`,
      [hashOf(token), this.#chainId],
    );
    return rows[0];
  }

  /** Ends one. */
  async end(token: string): Promise<void> {
    await this.#db.query("DELETE FROM api.session WHERE token_hash = $1", [hashOf(token)]);
  }
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
