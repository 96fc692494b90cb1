import { type Link, type PublicKey, parsePublicKey } from "@syngraph/sdk/protocol";
import type { Pool } from "pg";

import { LINKS, type LinkRow, linkOf } from "../proofs/read/chain.ts";

/** A binding that attesters stand for, or stood for, with the link it rests on. */
export interface Subject {
  link: Link;
  avatar: PublicKey;
  /** Canonical, `0x` hex. */
  signature: string;
  status: "confirmed" | "suspended";
  /** The account it was confirmed with. */
  accountId: string;
  /** Where whoever brought it on chain says the proof is. */
  location: string;
  /** When attesters last looked, Unix seconds. */
  asOf: number;
}

/** The binding that rests on a link; undefined where none does, or only a claim. */
export async function subjectOf(db: Pool, chainId: number, linkId: string): Promise<Subject | undefined> {
  const { rows } = await db.query<LinkRow & { stands: Subject["status"]; account: string; at: string; as_of: number }>(
    `SELECT x.*, b.status::text AS stands, b.account_id AS account, b.proof_location AS at, b.as_of
     FROM (${LINKS} WHERE l.chain_id = $1 AND l.id = $2) x
     JOIN indexer.binding b ON b.chain_id = x.chain_id AND b.avatar = x.avatar AND b.link = x.id
     WHERE b.status IN ('confirmed', 'suspended')`,
    [chainId, linkId],
  );
  const [row] = rows;
  return (
    row && {
      link: linkOf(row),
      avatar: parsePublicKey(row.public_key),
      signature: row.signature!,
      ...{ status: row.stands, accountId: row.account, location: row.at, asOf: row.as_of },
    }
  );
}
