/** How many aliases of an avatar are told at most: whoever has many keys can join as many as they like. */
const MAX_ALIASES = 100;

/**
 * SQL: the public keys of the avatars that are joined with one by confirmed bindings on `nextid`, directly or by way of
 * others, whichever of the two made the binding; null where there are none.
 *
 * @param key the public key of the avatar asked for, as SQL.
 */
export function aliasesOf(key: string): string {
  // PostgreSQL evaluates no more of a recursive query than is fetched, so the limit bounds the work too.
  return `(
    WITH RECURSIVE joined(key) AS (
      SELECT ${key}
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
    SELECT array_agg(key) FROM some_joined WHERE key <> ${key})`;
}
