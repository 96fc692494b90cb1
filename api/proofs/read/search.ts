import { parsePublicKey } from "@syngraph/sdk/protocol";
import type { Pool } from "pg";
import { z } from "zod";

import { badRequest } from "../../errors.ts";
import { addressText, hashText, publicKeyText, timeText } from "../../shapes.ts";
import { PLATFORMS, platformOf } from "../../platforms/index.ts";
import type { Platform } from "../../platforms/types.ts";
import { aliasesOf } from "./aliases.ts";
import { LATEST_LINK, avatarsOf } from "./avatars.ts";
import { BEST_FIRST, BINDINGS, type Binding, type BindingStatus, bindingStatusShape, bindingsOf } from "./bindings.ts";
import { type Pagination, PER_PAGE, offsetOf, pagination } from "./pages.ts";

/** What GET /v1/proof asks for. */
export interface ProofSearch {
  identities: string[];
  platform: string;
  page: number;
  exact: boolean;
  sort: string;
  order: "asc" | "desc";
  /** Bindings that stand otherwise are left out. */
  statuses: readonly BindingStatus[];
}

/** A proof in Next.ID's shape, with what we add. */
export const proofShape = z
  .object({
    platform: z.string(),
    identity: z.string().meta({ description: "In the platform's normal form." }),
    alt_id: z.string().meta({ description: "What else the platform names the account by; else the identity." }),
    created_at: timeText.meta({ description: "When it came on chain, Unix seconds." }),
    last_checked_at: timeText.meta({ description: "When attesters, or this node since, last looked; Unix seconds." }),
    is_valid: z.boolean(),
    invalid_reason: z.string().meta({ description: "Empty where `is_valid`." }),
    status: bindingStatusShape,
    proof_location: z.string(),
    attesters: z
      .array(addressText)
      .meta({ description: "Who attested that; none for what the other side signed itself." }),
    link_id: hashText,
    chain_id: z.int(),
  })
  .meta({ id: "Proof" });
export type Proof = z.infer<typeof proofShape>;

/** An avatar with all its proofs, in Next.ID's shape. */
export const identityRecordShape = z
  .object({
    persona: publicKeyText,
    avatar: publicKeyText.meta({ description: "The same as `persona`." }),
    alias: z.array(publicKeyText).meta({ description: "Avatars joined with it on `nextid`, at most 100." }),
    last_arweave_id: z.string(),
    activated_at: timeText.meta({ description: "`created_at` of its latest link." }),
    proofs: z.array(proofShape).meta({ description: "Of all platforms." }),
  })
  .meta({ id: "IdentityRecord" });
export type IdentityRecord = z.infer<typeof identityRecordShape>;

/** Shortest identity that is looked for inside others: a shorter one would match nearly all. */
const MIN_SUBSTRING = 3;

/** Columns by Next.ID's names; proofs have no number here, so their time stands for it, and nothing is on Arweave. */
const SORT_COLUMNS = new Map<string, keyof Binding>([
  ["id", "created_at"],
  ["created_at", "created_at"],
  ["last_checked_at", "last_checked_at"],
  ["proof_chain_id", "created_at"],
  ["platform", "platform"],
  ["identity", "identity"],
  ["alt_id", "alt_id"],
]);

const INVALID_REASONS: Record<Binding["status"], string> = {
  confirmed: "",
  suspended: "attesters saw that the other side's confirmation is gone",
  claimed: "claimed by the avatar, not confirmed by the other side yet",
  deleted: "deleted",
};

/**
 * The avatars that have one of the identities, each with all its proofs.
 *
 * @param read told what is listed.
 */
export async function searchProofs(
  db: Pool,
  search: ProofSearch,
  read: (bindings: readonly Binding[]) => void = () => {},
): Promise<{ pagination: Pagination; ids: IdentityRecord[] }> {
  const { total, avatars } = search.platform === "nextid" ? await byKey(db, search) : await byIdentity(db, search);
  const [records, bindings, aliases] = await Promise.all([
    avatarsOf(db, avatars),
    bindingsOf(db, avatars),
    aliasesOf(db, avatars),
  ]);
  const ids = avatars.flatMap((address) => {
    const record = records.get(address);
    if (!record) return [];
    const own = bindings.filter(({ avatar, status }) => avatar === address && search.statuses.includes(status));
    read(own);
    return [
      {
        persona: record.public_key,
        avatar: record.public_key,
        alias: aliases.get(address) ?? [],
        last_arweave_id: "",
        activated_at: String(record.activated_at),
        proofs: own.sort(comparing(search)).map(toProof),
      },
    ];
  });
  return { pagination: pagination(total, search.page), ids };
}

/** A binding in Next.ID's words. */
export function toProof(binding: Binding): Proof {
  return {
    platform: binding.platform,
    identity: binding.identity,
    alt_id: binding.alt_id,
    created_at: String(binding.created_at),
    last_checked_at: String(binding.last_checked_at),
    ...validityOf(binding),
    status: binding.status,
    proof_location: binding.proof_location,
    attesters: binding.attesters,
    link_id: binding.link_id,
    chain_id: binding.chain_id,
  };
}

/** Whether both sides stand for a binding: as the chain says, and as this node saw since. */
export function validityOf({ status, failure }: Binding): Pick<Proof, "is_valid" | "invalid_reason"> {
  const reason = INVALID_REASONS[status];
  const reasons = status === "confirmed" || status === "suspended" ? [reason, failure] : [reason];
  const invalid_reason = reasons.filter((text) => text !== "").join(": ");
  return { is_valid: invalid_reason === "", invalid_reason };
}

/** The ways in which an identity may be stored, given as a user wrote it. */
export function storedForms(typed: string, platform: Platform | undefined): string[] {
  const forms = new Set([typed, typed.toLowerCase(), typed.replace(/^@/, "").toLowerCase()]);
  const normalForms = (platform ? [platform] : PLATFORMS).map(({ normaliseIdentity }) => normaliseIdentity);
  // Aliases are named by their keys, which have many forms.
  if (!platform) normalForms.push((key) => parsePublicKey(key).compressed);
  for (const normalForm of normalForms) {
    try {
      forms.add(normalForm(typed));
    } catch {
      // It is no identity of that platform.
    }
  }
  // Where there is no account id, an empty text stands for it.
  forms.delete("");
  return [...forms];
}

interface Matches {
  total: number;
  /** Addresses, each once, in the order asked for. */
  avatars: string[];
}

/** Proofs of an identity, or of one that contains it. */
async function byIdentity(db: Pool, search: ProofSearch): Promise<Matches> {
  const { identities, platform, exact } = search;
  const forms = identities.flatMap((identity) => storedForms(identity, platformOf(platform)));
  const parts = exact ? [] : identities.filter((identity) => identity.length >= MIN_SUBSTRING).map(containing);
  // What is empty is left out: the planner would scan all for it.
  const condition = `($4 = '' OR b.platform = $4) AND (b.identity = ANY($5) OR b.account_id = ANY($5)
    OR cardinality($6::text[]) > 0 AND lower(b.identity) LIKE ANY($6))`;
  return matching(db, search, condition, [platform, forms, parts]);
}

/** Next.ID's platform `nextid` names avatars by their public keys: all proofs of these match. */
async function byKey(db: Pool, search: ProofSearch): Promise<Matches> {
  const addresses = search.identities.map((identity) => {
    try {
      return parsePublicKey(identity).address.toLowerCase();
    } catch (error) {
      throw badRequest(`Param error: identity ${identity} is no public key`, error);
    }
  });
  return matching(db, search, "b.avatar = ANY($4)", [addresses]);
}

/** The avatars on a page of the proofs that match; `condition` has its values from $4 on. */
async function matching(
  db: Pool,
  { page, sort, order, statuses }: ProofSearch,
  condition: string,
  values: unknown[],
): Promise<Matches> {
  const column = sort === "activated_at" ? "a.activated_at" : `m.${columnOf(sort)}`;
  // The count comes also with an empty page.
  const sql = `
    WITH matched AS (
      ${BINDINGS}
      WHERE ${condition}
      ORDER BY ${BEST_FIRST}
    ), listed AS (
      SELECT m.avatar, row_number() OVER (ORDER BY ${column} ${order}, m.avatar, m.platform, m.identity) AS place
      FROM matched m
      ${sort === "activated_at" ? "JOIN LATERAL (SELECT max(latest.activated_at) AS activated_at FROM indexer.avatar a, ${LATEST_LINK} WHERE a.address = m.avatar) a ON true" : ""}
      WHERE m.status = ANY($1)
    )
    SELECT counted.total, l.avatar FROM (SELECT count(*)::integer AS total FROM listed) counted
    LEFT JOIN listed l ON l.place > $2::bigint AND l.place <= $2::bigint + $3
    ORDER BY l.place`;
  const { rows } = await db.query<{ total: number; avatar: string | null }>(sql, [
    statuses,
    offsetOf(page),
    PER_PAGE,
    ...values,
  ]);
  const avatars = rows.map(({ avatar }) => avatar).filter((avatar) => avatar !== null);
  return { total: rows[0]!.total, avatars: [...new Set(avatars)] };
}

function comparing({ sort, order }: ProofSearch): (a: Binding, b: Binding) => number {
  const column = columnOf(sort);
  const direction = order === "asc" ? 1 : -1;
  return (a, b) => {
    const [x, y] = [a[column], b[column]];
    return (x < y ? -1 : Number(x > y)) * direction || (a.identity < b.identity ? -1 : 1);
  };
}

function columnOf(sort: string): keyof Binding {
  return SORT_COLUMNS.get(sort) ?? "created_at";
}

/** A LIKE pattern for texts that contain this one; what is a wildcard there stands for itself. */
function containing(text: string): string {
  return `%${text.toLowerCase().replace(/[\\%_]/g, String.raw`\$&`)}%`;
}
