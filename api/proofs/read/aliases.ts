import type { Pool } from "pg";

/** How many aliases of an avatar are told at most: whoever has many keys can join as many as they like. */
const MAX_ALIASES = 100;

/**
 * The public keys of the avatars that are joined with some avatars by confirmed bindings on `nextid`, directly or by way of
 * others, whichever of the two made the binding; by address of the avatar asked for.
 */
export async function aliasesOf(db: Pool, avatars: readonly string[]): Promise<Map<string, string[]>> {
  // PostgreSQL evaluates no more of a recursive query than is fetched, so the limit bounds the work too.
  const { rows } = await db.query<{ address: string; alias: string[] }>(
    `SELECT asked.address, found.alias FROM unnest($1::text[]) AS asked(address), LATERAL (
       WITH RECURSIVE joined(key) AS (
         SELECT a.public_key FROM indexer.avatar a WHERE a.address = asked.address
         UNION
         SELECT other.key FROM joined j, LATERAL (
           SELECT b.identity AS key FROM indexer.avatar a
           JOIN indexer.binding b ON b.avatar = a.address AND b.platform = 'nextid' AND b.status = 'confirmed'
           WHERE a.public_key = j.key
           UNION ALL
           SELECT a.public_key FROM indexer.binding b JOIN indexer.avatar a ON a.address = b.avatar
           WHERE b.identity = j.key AND b.platform = 'nextid' AND b.status = 'confirmed'
         ) AS other
       ), some_joined AS (SELECT key FROM joined LIMIT ${MAX_ALIASES + 1})
       SELECT array_agg(key) AS alias FROM some_joined
       WHERE key NOT IN (SELECT a.public_key FROM indexer.avatar a WHERE a.address = asked.address)
     ) AS found WHERE found.alias IS NOT NULL`,
    [avatars],
  );
  return new Map(rows.map(({ address, alias }) => [address, alias]));
}
