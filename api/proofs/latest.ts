import { type Submission, submissionSignature } from "@syngraph/sdk/protocol";
import type { Pool, PoolClient } from "pg";

/**
 * The avatar's latest signature, canonical (65 bytes, `0x` hex, v in {0, 1}): of what is on its way to the chain, else of
 * what the indexer has seen; null where there is none.
 *
 * @param avatar address of the avatar's key, in any case.
 */
export async function latestSignature(db: Pool | PoolClient, chainId: number, avatar: string): Promise<string | null> {
  // In one statement, so that what is indexed meanwhile is found in one place or the other.
  const { rows } = await db.query<{ sent: Submission | null; indexed: string | null }>(
    `SELECT (
       SELECT s.submission FROM api.submission s
       WHERE s.chain_id = $1 AND s.avatar = $2 AND s.method = 'append' AND s.state <> 'refused'
         AND NOT EXISTS (SELECT FROM indexer.link l WHERE l.chain_id = s.chain_id AND l.id = s.link_id)
       ORDER BY s.id DESC LIMIT 1
     ) AS sent, (${LATEST_INDEXED}) AS indexed`,
    [chainId, avatar.toLowerCase()],
  );
  const { sent, indexed } = rows[0]!;
  return sent ? submissionSignature(sent) : indexed;
}

/** Of chain $1 and avatar $2. */
const LATEST_INDEXED = `SELECT signature FROM indexer.link
  WHERE chain_id = $1 AND avatar = $2 AND sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1`;

/** How far back it is looked for the link that a late text quotes. */
const EARLIER = 2;

/** What was the avatar's latest signature before: the last ones, and null where it has few. */
export async function earlierSignatures(db: Pool, chainId: number, avatar: string): Promise<(string | null)[]> {
  const { rows } = await db.query<{ submission: Submission | null; signature: string | null }>(
    `(SELECT submission, NULL AS signature FROM api.submission s
      WHERE s.chain_id = $1 AND s.avatar = $2 AND s.method = 'append' AND s.state <> 'refused'
        AND NOT EXISTS (SELECT FROM indexer.link l WHERE l.chain_id = s.chain_id AND l.id = s.link_id)
      ORDER BY s.id DESC LIMIT ${EARLIER})
     UNION ALL
     (SELECT NULL, signature FROM indexer.link
      WHERE chain_id = $1 AND avatar = $2 AND sequence IS NOT NULL ORDER BY sequence DESC LIMIT ${EARLIER})`,
    [chainId, avatar.toLowerCase()],
  );
  const known = rows.map(({ submission, signature }) => (submission ? submissionSignature(submission) : signature));
  return rows.length < EARLIER ? [...known, null] : known;
}
