import { type Link, identityKey } from "@syngraph/sdk/protocol";
import type { Pool } from "pg";
import { z } from "zod";

import { POLICY, STRIKES } from "../../checks/outcome.ts";

/** Where a binding stands, as the indexer has it. */
export const bindingStatusShape = z.enum(["claimed", "confirmed", "deleted", "suspended"]).meta({
  id: "BindingStatus",
  description:
    "`confirmed`: both sides stand for it. `suspended`: attesters saw that the other side's confirmation is gone. " +
    "`claimed`: the avatar says so alone. `deleted`: one side took it back.",
});
export type BindingStatus = z.infer<typeof bindingStatusShape>;

/** A binding as the read routes print it. Times are Unix seconds. */
export interface Binding {
  chain_id: number;
  /** Address of the avatar's key, lower case. */
  avatar: string;
  platform: string;
  identity: string;
  alt_id: string;
  status: BindingStatus;
  link_id: string;
  proof_location: string;
  as_of: number;
  /** Addresses of those who attested its status, lower case. */
  attesters: string[];
  created_at: number;
  /** When it was last looked at, by attesters or by this node since. */
  last_checked_at: number;
  /** Why this node holds it for invalid since; empty where it does not, or where a quorum saw it later. */
  failure: string;
  /** When it is to be looked at again. */
  next_due: number;
}

/**
 * One row per avatar and identity: where several chains have it, the one on which it stands best. What the platform names
 * an account by besides its handle is `alt_id`; a wallet and a domain are their own.
 */
export const BINDINGS = `
  SELECT DISTINCT ON (b.avatar, b.identity_key)
    b.chain_id, b.avatar, b.platform, b.identity, b.status::text AS status, b.link AS link_id, b.proof_location, b.as_of,
    b.attesters, b.created_at, CASE WHEN b.account_id = '' THEN b.identity ELSE b.account_id END AS alt_id,
    greatest(b.as_of, c.last_checked_at) AS last_checked_at, coalesce(c.next_due, b.as_of + ${POLICY.maxAge}) AS next_due,
    CASE WHEN c.strikes >= ${STRIKES} AND (b.status <> 'confirmed' OR c.last_checked_at >= b.as_of) THEN c.reason
      ELSE '' END AS failure
  FROM indexer.binding b
  LEFT JOIN api.checks c ON c.chain_id = b.chain_id AND c.link_id = b.link`;

/** Confirmed before suspended before claimed before deleted; then the chain with the lowest id. */
export const BEST_FIRST = `b.avatar, b.identity_key,
  array_position(ARRAY['confirmed', 'suspended', 'claimed'], b.status::text), b.chain_id`;

/** All bindings of some avatars. */
export async function bindingsOf(db: Pool, avatars: readonly string[]): Promise<Binding[]> {
  const { rows } = await db.query<Binding>(`${BINDINGS} WHERE b.avatar = ANY($1) ORDER BY ${BEST_FIRST}`, [avatars]);
  return rows;
}

/** Where a binding stands on one chain; undefined where it was never claimed there. */
export async function bindingStatus(
  db: Pool,
  chainId: number,
  avatar: string,
  { platform, identity }: Pick<Link, "platform" | "identity">,
): Promise<BindingStatus | undefined> {
  const { rows } = await db.query<{ status: BindingStatus }>(
    "SELECT status::text FROM indexer.binding WHERE chain_id = $1 AND avatar = $2 AND identity_key = $3",
    [chainId, avatar.toLowerCase(), identityKey(platform, identity)],
  );
  return rows[0]?.status;
}
