import { type Link, identityKey } from "@syngraph/sdk/protocol";
import type { Pool } from "pg";
import { z } from "zod";

import { POLICY, STRIKES } from "../../checks/outcome.ts";
import { hashText, publicKeyText, timeText } from "../../shapes.ts";

/** Where a binding stands, as the indexer has it. */
export const bindingStatusShape = z.enum(["claimed", "confirmed", "deleted", "suspended"]).meta({
  id: "BindingStatus",
  description:
    "`confirmed`: both sides stand for it. `suspended`: attesters saw that the other side's confirmation is gone. " +
    "`claimed`: the avatar says so alone. `deleted`: one side took it back.",
});
export type BindingStatus = z.infer<typeof bindingStatusShape>;

/** Where a binding stands on one of its chains. */
export const chainStandingShape = z
  .object({ chain_id: z.int(), status: bindingStatusShape, link_id: hashText })
  .meta({ id: "ChainStanding" });
export type ChainStanding = z.infer<typeof chainStandingShape>;

/** Another avatar for which the same identity or account is confirmed. */
export const disputeShape = z
  .object({
    avatar: publicKeyText,
    created_at: timeText.meta({ description: "When that came on chain." }),
    link_id: hashText,
    chain_id: z.int(),
  })
  .meta({ id: "Dispute" });

/** A binding as one chain has it. Times are Unix seconds. */
export interface BindingRow {
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
  /** Other avatars for which the same is confirmed and valid, the newest first; at most {@link MAX_DISPUTES}. */
  disputed_by: { avatar: string; created_at: number; link_id: string; chain_id: number }[] | null;
}

/** A binding as the read routes print it: as it stands on the chain where it stands best. */
export interface Binding extends BindingRow {
  /** All chains that have it, the best first. */
  chains: ChainStanding[];
}

/** How many disputes of a binding are told at most: whoever has many keys can make as many as they like. */
const MAX_DISPUTES = 20;
/** Bindings of the same identity that are looked at for that. */
const MAX_LOOKED_AT = 1_000;

/**
 * SQL: why this node holds a binding `b` for invalid, by what `api.checks` `c` has of it; else empty. A quorum's later word
 * counts for more.
 */
export const FAILURE = `CASE WHEN c.strikes >= ${STRIKES} AND (b.status <> 'confirmed' OR c.last_checked_at >= b.as_of)
  THEN c.reason ELSE '' END`;

// What is text for PostgreSQL's prepared statements must not be an enum: a new version of the index has types of its own.
const COLUMNS = `
  b.chain_id, b.avatar, b.platform, b.identity, b.status::text AS status, b.link AS link_id, b.proof_location, b.as_of,
  b.attesters, b.created_at, CASE WHEN b.account_id = '' THEN b.identity ELSE b.account_id END AS alt_id,
  greatest(b.as_of, c.last_checked_at) AS last_checked_at, coalesce(c.next_due, b.as_of + ${POLICY.maxAge}) AS next_due,
  ${FAILURE} AS failure`;

const FROM = `
  FROM indexer.binding b
  LEFT JOIN api.checks c ON c.chain_id = b.chain_id AND c.link_id = b.link`;

/**
 * One row per avatar and identity: where several chains have it, the one on which it stands best. What the platform names
 * an account by besides its handle is `alt_id`; a wallet and a domain are their own.
 */
export const BINDINGS = `SELECT DISTINCT ON (b.avatar, b.identity_key) ${COLUMNS} ${FROM}`;

/** Confirmed before suspended before claimed before deleted; then the chain with the lowest id. */
export const BEST_FIRST = `b.avatar, b.identity_key,
  array_position(ARRAY['confirmed', 'suspended', 'claimed'], b.status::text), b.chain_id`;

/**
 * SQL: those other avatars than `b`'s for which its identity or account is confirmed and not seen gone. An alias is no
 * account that only one can have.
 */
const DISPUTES = `(
  SELECT json_agg(json_build_object('avatar', d.public_key, 'created_at', d.created_at, 'link_id', d.link,
    'chain_id', d.chain_id)) FROM (
    SELECT o.*, (SELECT a.public_key FROM indexer.avatar a WHERE a.address = o.avatar LIMIT 1) AS public_key FROM (
      SELECT DISTINCT ON (o.avatar) o.avatar, o.created_at, o.link, o.chain_id FROM (
        SELECT s.* FROM indexer.binding s WHERE s.identity = b.identity AND s.platform = b.platform
        UNION ALL
        SELECT s.* FROM indexer.binding s WHERE s.platform = b.platform AND s.account_id = nullif(b.account_id, '')
        LIMIT ${MAX_LOOKED_AT}
      ) o
      WHERE o.avatar <> b.avatar AND o.status = 'confirmed' AND NOT EXISTS (
        SELECT FROM api.checks c WHERE c.chain_id = o.chain_id AND c.link_id = o.link
          AND c.strikes >= ${STRIKES} AND c.last_checked_at >= o.as_of)
      ORDER BY o.avatar, o.created_at
    ) o ORDER BY o.created_at DESC, o.avatar LIMIT ${MAX_DISPUTES}
  ) d)`;

/** One row per avatar, identity and chain; to be merged by {@link mergeChains}, and so in the order of {@link BEST_FIRST}. */
export const BINDING_ROWS = `
  SELECT ${COLUMNS}, CASE WHEN b.status = 'confirmed' AND b.platform <> 'nextid' THEN ${DISPUTES} END AS disputed_by ${FROM}`;

/** Merges what several chains have of the same binding; of rows in the order of {@link BEST_FIRST}. */
export function mergeChains(rows: readonly BindingRow[]): Binding[] {
  const merged: Binding[] = [];
  for (const row of rows) {
    const { avatar, platform, identity, chain_id, status, link_id } = row;
    const last = merged.at(-1);
    const chain = { chain_id, status, link_id };
    if (last?.identity === identity && last.platform === platform && last.avatar === avatar) last.chains.push(chain);
    else merged.push({ ...row, chains: [chain] });
  }
  return merged;
}

/** All bindings of an avatar. */
export async function bindingsOf(db: Pool, avatar: string): Promise<Binding[]> {
  const { rows } = await db.query<BindingRow>({
    name: "bindings of an avatar",
    text: `${BINDING_ROWS} WHERE b.avatar = $1 ORDER BY ${BEST_FIRST}`,
    values: [avatar],
  });
  return mergeChains(rows);
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
