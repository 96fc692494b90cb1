import type { Pool } from "pg";

import type { ChainRpc } from "./chainRpc.ts";

/** How a relayer and what it has to do stand. */
export interface RelayerStatus {
  /** Whose balance pays. */
  address: string;
  /** Wei; null where the chain cannot be asked. */
  balance: bigint | null;
  /** Whether this process is the one that works with the key. */
  leading: boolean;
  /** Submissions that have not come to their end, of all relayers on the database. */
  submissions: { accepted: number; sent: number };
  /** For how long the oldest of them has been waiting, in seconds; 0 where there is none. */
  oldestWaiting: number;
  /** Transactions of this key that are not included yet. */
  inFlight: number;
  /** What last went wrong; null where nothing did since this process began to lead. */
  lastError: string | null;
}

/** Asks chain and database. @throws when the database cannot be asked. */
export async function statusOf(
  { db, chainId }: { db: Pool; chainId: number },
  rpc: ChainRpc,
  known: Pick<RelayerStatus, "address" | "leading" | "lastError">,
): Promise<RelayerStatus> {
  const balance = rpc.balance(known.address).catch(() => null);
  const { rows } = await db.query<{ accepted: number; sent: number; oldest: number; flying: number }>(
    `SELECT count(*) FILTER (WHERE state = 'accepted')::integer AS accepted,
       count(*) FILTER (WHERE state = 'sent')::integer AS sent,
       coalesce(extract(epoch FROM now() - min(created_at)), 0)::float AS oldest,
       (SELECT count(*)::integer FROM api.transaction
        WHERE chain_id = $1 AND sender = $2 AND state = 'sent') AS flying
     FROM api.submission WHERE chain_id = $1 AND state IN ('accepted', 'sent')`,
    [chainId, known.address.toLowerCase()],
  );
  const { accepted, sent, oldest, flying } = rows[0]!;
  return {
    ...known,
    balance: await balance,
    submissions: { accepted, sent },
    oldestWaiting: oldest,
    inFlight: flying,
  };
}
