import type { Pool } from "pg";

/**
 * The last block of a chain that the indexer has taken in; null before its first.
 *
 * Ponder keeps it as a checkpoint of fixed width: time (10 digits), chain (16), block (16) and so on.
 */
export async function indexedBlock(db: Pool, chainId: number): Promise<number | null> {
  const { rows } = await db.query<{ block: number }>(
    "SELECT substr(latest_checkpoint, 27, 16)::bigint AS block FROM indexer._ponder_checkpoint WHERE chain_id = $1",
    [chainId],
  );
  return rows[0]?.block ?? null;
}
