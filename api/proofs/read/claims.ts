import { type Link, type PublicKey, type Signature, parsePublicKey, parseSignature } from "@syngraph/sdk/protocol";
import type { Pool } from "pg";

import { LINKS, type LinkRow, linkOf, prevOf } from "./chain.ts";

/** A link that stands on chain as a claim, and what its text quotes. */
export interface OpenClaim {
  linkId: string;
  prev: string | null;
  /** The avatar's, as the chain has it. */
  signature: Signature;
  /** `claimed` where no quorum has seen its proof yet, `suspended` where one saw it gone. */
  status: "claimed" | "suspended";
  /** The account that a suspended one was confirmed with. */
  accountId?: string;
  /** When it was suspended, Unix seconds. */
  asOf?: number;
}

/** A link whose binding rests on it, with where that stands. */
type BoundRow = LinkRow & { signature: string; stands: OpenClaim["status"]; account: string; as_of: number };

/** @param which of the links `l`. */
const bound = (which: string): string => `
  SELECT x.*, b.status::text AS stands, b.account_id AS account, b.as_of
  FROM (${LINKS} WHERE ${which}) x
  JOIN indexer.binding b ON b.chain_id = x.chain_id AND b.avatar = x.avatar AND b.link = x.id`;

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
  const which = `l.chain_id = $1 AND l.avatar = $2 AND l.uuid = $3 AND l.platform = $4 AND l.identity = $5
    AND l.created_at = $6`;
  const { rows } = await db.query<BoundRow>(`${bound(which)} WHERE b.status IN ('claimed', 'suspended')`, [
    ...[chainId, avatar.toLowerCase(), uuid, platform, identity, createdAt],
  ]);
  const [row] = rows;
  if (!row) return undefined;
  const { id: linkId, stands: status, account: accountId, as_of: asOf } = row;
  const claim = { linkId, prev: prevOf(row), signature: parseSignature(row.signature), status };
  return { ...claim, ...(accountId === "" ? {} : { accountId }), ...(status === "suspended" ? { asOf } : {}) };
}

/** A claim with all that a look at its other side needs. */
export interface ClaimOnChain {
  link: Link;
  avatar: PublicKey;
  signature: Signature;
  /** As whoever appended it said. */
  location: string;
}

/** The claim that a link made, if it is still that. */
export async function claimOnChain(db: Pool, chainId: number, linkId: string): Promise<ClaimOnChain | undefined> {
  const which = "l.chain_id = $1 AND l.id = $2";
  const { rows } = await db.query<BoundRow>(`${bound(which)} WHERE b.status = 'claimed'`, [chainId, linkId]);
  const [row] = rows;
  return (
    row && {
      link: linkOf(row),
      avatar: parsePublicKey(row.public_key),
      signature: parseSignature(row.signature),
      location: row.proof_location,
    }
  );
}
