import { parsePublicKey } from "@syngraph/sdk/protocol";
import PQueue from "p-queue";
import type { Pool } from "pg";
import { z } from "zod";

import { ApiError, badRequest } from "../../errors.ts";
import { addressText, hashText, publicKeyText, timeText } from "../../shapes.ts";
import { PLATFORMS, platformOf } from "../../platforms/index.ts";
import type { Platform } from "../../platforms/types.ts";
import { aliasesOf } from "./aliases.ts";

import {
  BEST_FIRST,
  BINDINGS,
  BINDING_ROWS,
  type Binding,
  type BindingRow,
  type BindingStatus,
  bindingStatusShape,
  chainStandingShape,
  disputeShape,
  mergeChains,
} from "./bindings.ts";
import { CHAINS } from "./chains.ts";
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
    chain_id: z.int().meta({ description: "Of the chains that have it, the one on which it stands best." }),
    chains: z.array(chainStandingShape).meta({ description: "All chains that have it, the best first." }),
    disputed_by: z.array(disputeShape).meta({
      description:
        "Other avatars for which the same identity or account is confirmed and valid, the newest first; at most 20.",
    }),
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
type SortColumn = "created_at" | "last_checked_at" | "platform" | "identity" | "alt_id";
const SORT_COLUMNS = new Map<string, SortColumn>([
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

/** What {@link searchStatement} answers with: a row for each avatar, and one without where there is none. */
interface SearchRow {
  total: number;
  avatar: string | null;
  public_key: string;
  activated_at: number;
  alias: string[] | null;
  bindings: BindingRow[] | null;
}

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
  const statement = searchStatement(search);
  const ask = () => db.query<SearchRow>(statement);
  const { rows } = await (statement.scans ? scanInTurn(ask) : ask());
  const ids = rows.flatMap(({ avatar, public_key: key, activated_at, alias, bindings }) => {
    if (avatar === null) return [];
    const own = mergeChains(bindings ?? []).filter(({ status }) => search.statuses.includes(status));
    read(own);
    return [
      {
        persona: key,
        avatar: key,
        alias: alias ?? [],
        last_arweave_id: "",
        activated_at: String(activated_at),
        proofs: own.sort(comparing(search)).map(toProof),
      },
    ];
  });
  return { pagination: pagination(rows[0]!.total, search.page), ids };
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
    chains: binding.chains,
    disputed_by: (binding.disputed_by ?? []).map((other) => ({ ...other, created_at: String(other.created_at) })),
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

/** Whom a search is for: SQL over bindings `b`, with its values from $4 on. */
interface Condition {
  /** Tells apart conditions whose SQL differs. */
  name: string;
  sql: string;
  values: unknown[];
  /** Whether no index helps. */
  scans: boolean;
}

/** A statement with a name, under which it is prepared. */
interface Statement extends Pick<Condition, "values" | "scans"> {
  name: string;
  text: string;
}

/** Searches without an index at once, and those that may wait for their turn: they are not to be what a database does. */
const MAX_SCANS = 2;
const MAX_WAITING = 4;
const scans = new PQueue({ concurrency: MAX_SCANS });

/** @throws {ApiError} 503 where too many wait already, or it takes too long. */
async function scanInTurn<T>(ask: () => Promise<T>): Promise<T> {
  if (scans.size >= MAX_WAITING) throw tooMuch("too many look for parts of identities just now");
  try {
    return await scans.add(ask);
  } catch (error) {
    if ((error as { code?: string }).code !== CANCELED) throw error;
    throw tooMuch("to look for a part of an identity takes too long");
  }
}

function tooMuch(why: string): ApiError {
  return new ApiError(503, `${why}: ask for the whole one with exact=true`, { retryAfter: 1 });
}

/** What PostgreSQL says when a statement has had its time (appendix A). */
const CANCELED = "57014";

/** Proofs of an identity, or of one that contains it. */
function identityCondition({ identities, platform, exact }: ProofSearch): Condition {
  const forms = identities.flatMap((identity) => storedForms(identity, platformOf(platform)));
  const parts = exact ? [] : identities.filter((identity) => identity.length >= MIN_SUBSTRING).map(containing);
  const values: unknown[] = [platform === "" ? PLATFORMS.map(({ id }) => id) : [platform], forms];
  // The index on account ids begins with the platform, so that one is always named there.
  let sql = "(b.identity = ANY($5) OR b.platform = ANY($4) AND b.account_id = ANY($5))";
  // What is empty is left out: the planner would scan all for it.
  if (parts.length > 0) {
    sql = `(${sql} OR lower(b.identity) LIKE ANY($6))`;
    values.push(parts);
  }
  if (platform !== "") sql = `b.platform = ANY($4) AND ${sql}`;
  const scans = parts.length > 0;
  return { name: `${platform === "" ? "any" : "one"} platform, ${scans ? "part" : "exact"}`, sql, values, scans };
}

/** Next.ID's platform `nextid` names avatars by their public keys: all proofs of these match. */
function keyCondition({ identities }: ProofSearch): Condition {
  const addresses = identities.map((identity) => {
    try {
      return parsePublicKey(identity).address.toLowerCase();
    } catch (error) {
      throw badRequest(`Param error: identity ${identity} is no public key`, error);
    }
  });
  return { name: "keys", sql: "b.avatar = ANY($4)", values: [addresses], scans: false };
}

/**
 * All of a search in one statement: how many proofs match, and the avatars on one page of these, each once, in the order
 * asked for, with all that is told of them.
 */
export function searchStatement(search: ProofSearch): Statement {
  const { page, sort, order, statuses } = search;
  const condition = search.platform === "nextid" ? keyCondition(search) : identityCondition(search);
  const sorted = sort === "activated_at" ? sort : columnOf(sort);
  // Prepared once a connection: to plan it takes longer than to answer it.
  const name = `proofs by ${condition.name}, ${sorted} ${order}`;
  let text = texts.get(name);
  if (text === undefined) texts.set(name, (text = searchText(condition.sql, sorted, order)));
  return { name, text, values: [statuses, offsetOf(page), PER_PAGE, ...condition.values], scans: condition.scans };
}

/** The SQL of searches by its name: some dozens of texts, of some thousand characters each. */
const texts = new Map<string, string>();

function searchText(condition: string, sort: SortColumn | "activated_at", order: ProofSearch["order"]): string {
  const byActivation = sort === "activated_at";
  const column = byActivation ? "a.activated_at" : `m.${sort}`;
  const activation = `JOIN LATERAL (
    SELECT max(a.activated_at) AS activated_at FROM (${CHAINS}) a WHERE a.address = m.avatar) a ON true`;
  // The count comes also with an empty page.
  return `
    WITH matched AS (
      ${BINDINGS} WHERE ${condition} ORDER BY ${BEST_FIRST}
    ), listed AS (
      SELECT m.avatar, row_number() OVER (ORDER BY ${column} ${order}, m.avatar, m.platform, m.identity) AS place
      FROM matched m ${byActivation ? activation : ""}
      WHERE m.status = ANY($1::text[])
    ), page AS (
      SELECT avatar, min(place) AS place FROM listed
      WHERE place > $2::bigint AND place <= $2::bigint + $3::integer GROUP BY avatar
    )
    SELECT counted.total, p.avatar, a.public_key, a.activated_at, ${aliasesOf("a.public_key")} AS alias,
      (SELECT json_agg(x) FROM (${BINDING_ROWS} WHERE b.avatar = p.avatar ORDER BY ${BEST_FIRST}) x) AS bindings
    FROM (SELECT count(*)::integer AS total FROM listed) counted
    LEFT JOIN page p ON true
    LEFT JOIN LATERAL (${CHAINS} WHERE a.address = p.avatar ORDER BY latest.length DESC, a.chain_id LIMIT 1) a ON true
    ORDER BY p.place`;
}

function comparing({ sort, order }: ProofSearch): (a: Binding, b: Binding) => number {
  const column = columnOf(sort);
  const direction = order === "asc" ? 1 : -1;
  return (a, b) => {
    const [x, y] = [a[column], b[column]];
    return (x < y ? -1 : Number(x > y)) * direction || (a.identity < b.identity ? -1 : 1);
  };
}

function columnOf(sort: string): SortColumn {
  return SORT_COLUMNS.get(sort) ?? "created_at";
}

/** A LIKE pattern for texts that contain this one; what is a wildcard there stands for itself. */
function containing(text: string): string {
  return `%${text.toLowerCase().replace(/[\\%_]/g, String.raw`\$&`)}%`;
}
