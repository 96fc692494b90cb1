import type { Link } from "@syngraph/sdk/protocol";
import type { Pool } from "pg";

import { prevOf } from "./chain.ts";

/** A link that stands on chain without being valid, and what its text quotes. */
export interface OpenClaim {
  linkId: string;
  prev: string | null;
  /** `claimed` where no quorum has seen its proof yet, `suspended` where one saw it gone. */
  status: "claimed" | "suspended";
  /** The account that a suspended one was confirmed with. */
  accountId?: string;
}

/**
 * The binding that one link made, if attesters may still confirm it or find it again. Anybody may have handed the link in,
 * before us or in an import.
 */
export async function findOpenClaim(
  db: Pool,
  chainId: number,
  avatar: string,
  { platform, identity, uuid, createdAt }: Link,
): Promise<OpenClaim | undefined> {
  const { rows } = await db.query(
    `SELECT l.id, l.action, l.previous_v, b.status::text, b.account_id, coalesce(before.signature, a.imported_after) AS quoted
     FROM indexer.link l
     JOIN indexer.binding b ON b.chain_id = l.chain_id AND b.avatar = l.avatar AND b.link = l.id
         AND b.status IN ('claimed', 'suspended')
     JOIN indexer.avatar a ON a.chain_id = l.chain_id AND a.address = l.avatar
     LEFT JOIN indexer.link before
       ON before.chain_id = l.chain_id AND before.avatar = l.avatar AND before.sequence = l.sequence - 1
     WHERE l.chain_id = $1 AND l.avatar = $2 AND l.uuid = $3 AND l.platform = $4 AND l.identity = $5
       AND l.created_at = $6`,
    [chainId, avatar.toLowerCase(), uuid, platform, identity, createdAt],
  );
  const [row] = rows;
  if (!row) return undefined;
  const { id: linkId, status, account_id: accountId } = row;
  return { linkId, prev: prevOf(row), status, ...(accountId === "" ? {} : { accountId }) };
}
