import { type KeyObject, createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";

import { type JWK, type JWTPayload, SignJWT, calculateJwkThumbprint } from "jose";
import type { Pool } from "pg";

import { messageOf } from "../errors.ts";

/** How long a key of our making signs, in seconds. */
const ROTATE_AFTER = 90 * 24 * 3600;
/** How long a key of our making is published before it signs, in seconds: caches and verifiers keep the set for a while. */
const LEAD = 24 * 3600;
/** How long a process goes on with a key before it asks the database for a newer one, in milliseconds. */
const REMEMBER = 10 * 60_000;
/** How much longer than its last token a key stays published, in seconds: others' clocks may be behind. */
const GRACE = 5 * 60;

interface SigningKey {
  kid: string;
  alg: "ES256" | "EdDSA";
  key: KeyObject;
  publicJwk: JWK;
}

/**
 * The keys of ID tokens: one from the operator, or one that is made here, shared by all processes on the database and
 * replaced after 90 days. A key is published a day before its first token, unless there is no other, and until its last one is past.
 */
export class SigningKeys {
  readonly #db: Pool;
  readonly #own: KeyObject | undefined;
  #current: { key: SigningKey; until: number } | undefined;

  /**
   * @param own a private key of P-256 or Ed25519, as JWK or in PEM.
   * @throws when it is none.
   */
  constructor(db: Pool, own: string | undefined) {
    this.#db = db;
    this.#own = own === undefined ? undefined : readKey(own);
  }

  /** Signs a token that ends `lifetime` seconds after `iat`. */
  async sign(claims: JWTPayload & { iat: number }, lifetime: number): Promise<string> {
    const exp = claims.iat + lifetime;
    const { kid, alg, key } = await this.#keyUntil(exp);
    return new SignJWT({ ...claims, exp }).setProtectedHeader({ alg, kid, typ: "JWT" }).sign(key);
  }

  /** The public keys with which tokens are to be verified now, as a JWK set (RFC 7517). */
  async published(): Promise<{ keys: JWK[] }> {
    const { kid } = await this.#key();
    const { rows } = await this.#db.query<{ public_jwk: JWK }>(
      `SELECT public_jwk FROM api.signing_key
       WHERE kid = $1 OR used_until > extract(epoch FROM now()) - ${GRACE}
         OR private_jwk IS NOT NULL AND created_at > extract(epoch FROM now()) - ${LEAD}
       ORDER BY created_at DESC`,
      [kid],
    );
    return { keys: rows.map(({ public_jwk }) => public_jwk) };
  }

  /** The current key, once it is written down that it will be needed until then. */
  async #keyUntil(exp: number): Promise<SigningKey> {
    for (;;) {
      const key = await this.#key();
      const { rowCount } = await this.#db.query(
        "UPDATE api.signing_key SET used_until = greatest(used_until, $2) WHERE kid = $1",
        [key.kid, exp],
      );
      if (rowCount === 1) return key;
      // Somebody withdrew it.
      this.#current = undefined;
    }
  }

  async #key(): Promise<SigningKey> {
    if (!this.#current || this.#current.until < performance.now()) {
      const key = this.#own ? await this.#register(this.#own) : await this.#shared();
      this.#current = { key, until: performance.now() + REMEMBER };
    }
    return this.#current.key;
  }

  /** Of the operator's key, the database has the public part, for processes that come after it is replaced. */
  async #register(own: KeyObject): Promise<SigningKey> {
    const key = await describe(own);
    await this.#db.query(
      `INSERT INTO api.signing_key (kid, public_jwk, created_at) VALUES ($1, $2, extract(epoch FROM now()))
       ON CONFLICT DO NOTHING`,
      [key.kid, key.publicJwk],
    );
    return key;
  }

  /** The newest key in the database that was published for long enough; a new one is made where all are too old. */
  async #shared(): Promise<SigningKey> {
    const client = await this.#db.connect();
    try {
      await client.query("BEGIN");
      await client.query("SELECT pg_advisory_xact_lock(hashtextextended('signing key', 0))");
      const { rows } = await client.query<{ private_jwk: JWK; age: number }>(
        `SELECT private_jwk, age::float8 FROM (
           SELECT private_jwk, extract(epoch FROM now()) - created_at AS age FROM api.signing_key
           WHERE private_jwk IS NOT NULL
         ) key WHERE age < ${ROTATE_AFTER + LEAD} ORDER BY age`,
      );
      const made = rows.some(({ age }) => age < ROTATE_AFTER)
        ? undefined
        : await describe(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);
      if (made) {
        await client.query(
          `INSERT INTO api.signing_key (kid, public_jwk, private_jwk, created_at)
           VALUES ($1, $2, $3, extract(epoch FROM now()))`,
          [made.kid, made.publicJwk, made.key.export({ format: "jwk" })],
        );
      }
      const row = rows.find(({ age }) => age >= LEAD) ?? (made ? undefined : rows[0]);
      const key = row ? await describe(fromJwk(row.private_jwk)) : made!;
      await client.query("COMMIT");
      return key;
    } catch (error) {
      await client.query("ROLLBACK");
      throw error;
    } finally {
      client.release();
    }
  }
}

function readKey(text: string): KeyObject {
  try {
    // Files of variables hold no line breaks: there they are written as \n.
    const key = text.trimStart().startsWith("{")
      ? fromJwk(readJson(text))
      : createPrivateKey(text.replaceAll("\\n", "\n"));
    algorithmOf(key);
    return key;
  } catch (error) {
    throw new Error(`ID_TOKEN_KEY: no private key of P-256 or Ed25519: ${messageOf(error)}`, { cause: error });
  }
}

/** What JSON.parse says of a text quotes it, and this one is a secret. */
function readJson(text: string): JWK {
  try {
    return JSON.parse(text) as JWK;
  } catch {
    // oxlint-disable-next-line preserve-caught-error
    throw new Error("it is not JSON");
  }
}

function fromJwk(jwk: JWK): KeyObject {
  return createPrivateKey({ key: jwk as Record<string, unknown>, format: "jwk" });
}

async function describe(key: KeyObject): Promise<SigningKey> {
  const alg = algorithmOf(key);
  const jwk = createPublicKey(key).export({ format: "jwk" }) as JWK;
  // A name that follows from the key (RFC 7638), so that all processes give it the same.
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, alg, key, publicJwk: { ...jwk, kid, alg, use: "sig" } };
}

function algorithmOf(key: KeyObject): SigningKey["alg"] {
  if (key.asymmetricKeyType === "ed25519") return "EdDSA";
  if (key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1") return "ES256";
  throw new Error(`it is of type ${key.asymmetricKeyType}`);
}
