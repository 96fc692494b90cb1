import { type Link, type PublicKey, type Signature, parsePublicKey, parseSignature } from "@syngraph/sdk/protocol";
import type { Pool } from "pg";

import { prevOf } from "./chain.ts";

/** A link that stands on chain as a claim, and what its text quotes. */
export interface OpenClaim {
  linkId: string;
  prev: string | null;
  /** The avatar's, as the chain has it. */
  signature: Signature;
}

const CLAIMS = `
  SELECT l.*, a.public_key, coalesce(before.signature, a.imported_after) AS quoted
  FROM indexer.link l
  JOIN indexer.binding b ON b.chain_id = l.chain_id AND b.avatar = l.avatar AND b.link = l.id AND b.status = 'claimed'
  JOIN indexer.avatar a ON a.chain_id = l.chain_id AND a.address = l.avatar
  LEFT JOIN indexer.link before
    ON before.chain_id = l.chain_id AND before.avatar = l.avatar AND before.sequence = l.sequence - 1`;

/** The claim that one link made, if it is still that: anybody may have handed it in, before us or in an import. */
export async function findOpenClaim(
  db: Pool,
  chainId: number,
  avatar: string,
  { platform, identity, uuid, createdAt }: Link,
): Promise<OpenClaim | undefined> {
  const { rows } = await db.query(
    `${CLAIMS}
     WHERE l.chain_id = $1 AND l.avatar = $2 AND l.uuid = $3 AND l.platform = $4 AND l.identity = $5
       AND l.created_at = $6`,
    [chainId, avatar.toLowerCase(), uuid, platform, identity, createdAt],
  );
  const [row] = rows;
  return row && { linkId: row.id, prev: prevOf(row), signature: parseSignature(row.signature) };
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
  const { rows } = await db.query(`${CLAIMS} WHERE l.chain_id = $1 AND l.id = $2`, [chainId, linkId]);
  const [row] = rows;
  if (!row) return undefined;
  const { action, platform, identity, public_key, created_at: createdAt, uuid } = row;
  const link = { action, platform, identity, avatar: public_key, prev: prevOf(row), createdAt, uuid };
  const signature = parseSignature(row.signature);
  return { link, avatar: parsePublicKey(public_key), signature, location: row.proof_location };
}
