import { type Submission, submissionSignature } from "@syngraph/sdk/protocol";
import type { Pool, PoolClient } from "pg";

/**
 * The avatar's latest signature, canonical (65 bytes, `0x` hex, v in {0, 1}): of what is on its way to the chain, else of
 * what the indexer has seen; null where there is none.
 *
 * @param avatar address of the avatar's key, in any case.
 */
export async function latestSignature(db: Pool | PoolClient, chainId: number, avatar: string): Promise<string | null> {
  // What is on its way first: what is indexed between the two queries is then found by one of them, never by none.
  const { rows } = await db.query<{ submission: Submission }>(
    `SELECT s.submission FROM api.submission s
     WHERE s.chain_id = $1 AND s.avatar = $2 AND s.method = 'append' AND s.state <> 'refused'
       AND NOT EXISTS (SELECT 1 FROM indexer.link l WHERE l.chain_id = s.chain_id AND l.id = s.link_id)
     ORDER BY s.id DESC LIMIT 1`,
    [chainId, avatar.toLowerCase()],
  );
  const [onItsWay] = rows;
  return onItsWay ? submissionSignature(onItsWay.submission) : latestIndexed(db, chainId, avatar);
}

/** The same, of what the indexer has seen alone. */
export async function latestIndexed(db: Pool | PoolClient, chainId: number, avatar: string): Promise<string | null> {
  const { rows } = await db.query<{ signature: string }>(
    `SELECT signature FROM indexer.link WHERE chain_id = $1 AND avatar = $2 AND sequence IS NOT NULL
     ORDER BY sequence DESC LIMIT 1`,
    [chainId, avatar.toLowerCase()],
  );
  return rows[0]?.signature ?? null;
}
