import { type Link, aliasSignature, signPayload } from "@syngraph/sdk/protocol";
import { concat, dataSlice, encodeBase64, toBeHex } from "ethers";
import type { Pool } from "pg";
import { z } from "zod";

import type { Journal } from "../../live/journal.ts";
import { base64Text, hashText, publicKeyText, timeText, uuidText } from "../../shapes.ts";
import { bindingStatusShape } from "./bindings.ts";
import { type AvatarChain, CHAINS, chainsOf } from "./chains.ts";
import { type Pagination, PER_PAGE, offsetOf, pagination } from "./pages.ts";

/** One entry of a proof chain in Next.ID's shape, with what we add behind `arweave_id`. */
export const chainItemShape = z
  .object({
    action: z.enum(["create", "delete"]),
    platform: z.string(),
    identity: z.string(),
    alt_id: z.string(),
    proof_location: z.string(),
    created_at: timeText.meta({ description: "As it was signed." }),
    signature: base64Text.meta({ description: "The avatar's; empty for a release." }),
    signature_payload: z.string().meta({ description: "What it signed, with EIP-191." }),
    uuid: uuidText,
    extra: z.object({ wallet_signature: z.string().optional(), target_signature: z.string().optional() }).meta({
      description:
        "The other side's own signature: an Ethereum wallet's in Base64, a Solana wallet's in Base58, an alias's as `0x` hex.",
    }),
    arweave_id: z.string(),
    prev: base64Text.nullable().meta({ description: "The signature that the text quotes." }),
    link_id: hashText,
    sequence: z
      .int()
      .nullable()
      .meta({ description: "Place in the chain, from 1; null for a release, the other side's own delete." }),
    status: z.enum([...bindingStatusShape.options, "none"]).meta({ description: "Where the binding stood after it." }),
    chain_id: z.int().meta({ description: "Where `block` and `tx_hash` are." }),
    chains: z.array(z.int()).meta({ description: "All chains that have the same link." }),
    block: z.int(),
    tx_hash: hashText,
  })
  .meta({ id: "ChainItem" });
export type ChainItem = z.infer<typeof chainItemShape>;

/** A link as {@link LINKS} reads it. */
export interface LinkRow {
  chain_id: number;
  id: string;
  public_key: string;
  sequence: number | null;
  action: "create" | "delete" | "release";
  platform: string;
  identity: string;
  uuid: string;
  created_at: number;
  previous_v: number | null;
  /** r ‖ s … of the signature that `prev` quotes, where it is known. */
  quoted: string | null;
  signature: string | null;
  proof: string;
  proof_location: string;
  account_id: string;
  status: ChainItem["status"];
  block_number: number;
  transaction_hash: string;
  /** The chains that have it, this one among them. */
  chains: number[];
}

/**
 * A link with the signature that its text quotes: its predecessor's, or the one an imported chain begins after. And the
 * chains that have it: a link has the same id on each; a release, which has none, the same text.
 */
export const LINKS = `
  SELECT l.*, l.block_number::bigint AS block_number, a.public_key,
    CASE WHEN l.action <> 'release' THEN
      ARRAY(SELECT same.chain_id FROM indexer.link same WHERE same.id = l.id ORDER BY same.chain_id)
    ELSE
      ARRAY(SELECT same.chain_id FROM indexer.link same
        WHERE same.avatar = l.avatar AND same.sequence IS NULL AND same.uuid = l.uuid AND same.created_at = l.created_at
          AND same.platform = l.platform AND same.identity = l.identity ORDER BY same.chain_id)
    END AS chains,
    coalesce(l.previous, before.signature, CASE WHEN l.sequence = 1 THEN a.imported_after END) AS quoted
  FROM indexer.link l
  JOIN indexer.avatar a ON a.chain_id = l.chain_id AND a.address = l.avatar
  LEFT JOIN indexer.link before
    ON before.chain_id = l.chain_id AND before.avatar = l.avatar AND before.sequence = l.sequence - 1`;

/** A page of an avatar's proof chain, in order, of the chain on which it is longest; and where else it stands. */
export async function proofChain(
  db: Pool,
  avatar: string,
  page: number,
): Promise<{ pagination: Pagination; proof_chain: ChainItem[]; chains: AvatarChain[] }> {
  const longest = `l.chain_id = (SELECT a.chain_id FROM (${CHAINS}) a WHERE a.address = $1 ORDER BY a.length DESC, a.chain_id LIMIT 1)`;
  const [chains, counted, { rows }] = await Promise.all([
    chainsOf(db, avatar),
    db.query<{ total: number }>(
      `SELECT count(*)::integer AS total FROM indexer.link l WHERE l.avatar = $1 AND ${longest}`,
      [avatar],
    ),
    db.query<LinkRow>(
      `${LINKS} WHERE l.avatar = $1 AND ${longest} ORDER BY l.block_number, l.log_index LIMIT ${PER_PAGE} OFFSET $2`,
      [avatar, offsetOf(page)],
    ),
  ]);
  return { pagination: pagination(counted.rows[0]!.total, page), proof_chain: rows.map(toItem), chains };
}

/** A link with the number it has in the journal. */
export const journalItemShape = chainItemShape
  .extend({
    id: z.int().meta({ description: "Grows only, whatever a reorg does to blocks." }),
    avatar: publicKeyText,
  })
  .meta({ id: "JournalItem" });
export type JournalItem = z.infer<typeof journalItemShape>;

/**
 * Links of all avatars after a cursor: what the journal tells of links, but for what was taken back. Each link gets its number
 * when this database first sees it, so numbers only grow: what a reorg moves keeps its number, and what it brings comes last. So
 * does what was told to be gone, and came back: who asked then was not shown it, and will not look behind their cursor again.
 */
export async function changesAfter(db: Pool, journal: Journal, lastId: number, count: number): Promise<JournalItem[]> {
  await journal.catchUp();
  const { rows } = await db.query<LinkRow & { journal_id: number; id: string | null }>(
    `SELECT j.id AS journal_id, x.* FROM api.journal j LEFT JOIN LATERAL (
       ${LINKS} WHERE l.chain_id = j.chain_id AND l.id = j.link_id) x ON true
     WHERE j.id > $1 AND j.type = 'link' AND j.taken_back IS NULL ORDER BY j.id LIMIT $2`,
    [lastId, count],
  );
  // What the index lacks for a moment may keep its number: nobody is led past it until that is clear.
  const missing = rows.findIndex(({ id }) => id === null);
  const there = missing < 0 ? rows : rows.slice(0, missing);
  return there.map((row) => ({ ...toItem(row), avatar: row.public_key, id: row.journal_id }));
}

/** The link itself, as its text has it. */
export function linkOf(row: LinkRow): Link {
  return {
    action: row.action === "release" ? "delete" : row.action,
    platform: row.platform,
    identity: row.identity,
    avatar: row.public_key,
    prev: prevOf(row),
    createdAt: row.created_at,
    uuid: row.uuid,
  };
}

/** A link as the read routes print it. */
export function toItem(row: LinkRow): ChainItem {
  const link = linkOf(row);
  return {
    action: link.action,
    platform: row.platform,
    identity: row.identity,
    alt_id: row.account_id === "" ? row.identity : row.account_id,
    proof_location: row.proof_location,
    created_at: String(row.created_at),
    signature: row.signature === null ? "" : encodeBase64(row.signature),
    signature_payload: signPayload(link),
    uuid: row.uuid,
    extra: extraOf(row),
    arweave_id: "",
    prev: link.prev,
    link_id: row.id,
    sequence: row.sequence,
    status: row.status,
    chain_id: row.chain_id,
    chains: row.chains,
    block: row.block_number,
    tx_hash: row.transaction_hash,
  };
}

function extraOf({ platform, proof, proof_location: location, action }: LinkRow): ChainItem["extra"] {
  if (platform === "solana") return action === "create" && location !== "" ? { wallet_signature: location } : {};
  if (proof === "0x") return {};
  if (platform === "ethereum") return { wallet_signature: encodeBase64(proof) };
  return platform === "nextid" ? { target_signature: aliasSignature(proof) } : {};
}

/** The signature that the text quotes, as it was published, in Base64. */
export function prevOf({
  action,
  quoted,
  previous_v: v,
}: Pick<LinkRow, "action" | "quoted" | "previous_v">): string | null {
  if (action === "release") return quoted === null || quoted === "0x" ? null : encodeBase64(quoted);
  if (v === null || quoted === null) return null;
  return encodeBase64(concat([dataSlice(quoted, 0, 64), toBeHex(v, 1)]));
}
