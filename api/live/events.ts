import { z } from "zod";

import { bindingStatusShape } from "../proofs/read/bindings.ts";
import { chainItemShape } from "../proofs/read/chain.ts";
import { addressText, hashText, publicKeyText, timeText } from "../shapes.ts";

/** What events are of. */
export const EVENT_TYPES = ["link", "binding", "reorg"] as const;
export type EventType = (typeof EVENT_TYPES)[number];

const common = {
  id: z.int().meta({ description: "The cursor behind it. Grows only, whatever a reorg does to blocks." }),
  chain_id: z.int(),
  avatar: publicKeyText,
  platform: z.string(),
  identity: z.string(),
};

const standing = z.enum([...bindingStatusShape.options, "none"]);

/** A link came on chain. Its `id` is the one that it has in GET /v1/proofchain/changes. */
const linkEventShape = z
  .object({
    ...common,
    type: z.literal("link"),
    link_id: hashText,
    action: chainItemShape.shape.action.or(z.literal("release")),
    sequence: z.int().nullable(),
    status: standing,
    uuid: z.string(),
    created_at: timeText,
    block: z.int(),
    block_time: timeText,
    tx_hash: hashText,
  })
  .meta({ id: "LinkEvent" });

/** A binding stands otherwise than before, or this node holds it for valid or invalid since. */
const bindingEventShape = z
  .object({
    ...common,
    type: z.literal("binding"),
    link_id: hashText,
    status: bindingStatusShape,
    is_valid: z.boolean(),
    cause: z.enum(["link", "attesters", "node"]),
    attesters: z.array(addressText),
    reason: z.string(),
    block: z.int().nullable(),
    block_time: timeText.nullable(),
    tx_hash: hashText.nullable(),
  })
  .meta({ id: "BindingEvent" });

/** What was told of a binding and its links is gone, or elsewhere. */
const reorgEventShape = z
  .object({
    ...common,
    type: z.literal("reorg"),
    removed: z.array(z.int()).meta({ description: "Ids of events that are taken back." }),
    moved: z
      .array(z.object({ id: z.int(), block: z.int(), tx_hash: hashText }))
      .meta({ description: "Events that stand, with where they are now." }),
    status: standing.meta({ description: "Where the binding stands now; `none` where there is none any more." }),
    is_valid: z.boolean(),
  })
  .meta({ id: "ReorgEvent" });

export const eventShape = z.discriminatedUnion("type", [linkEventShape, bindingEventShape, reorgEventShape]);
export type JournalEvent = z.infer<typeof eventShape>;

/** A row of `api.journal`. */
export interface EventRow {
  id: number;
  type: EventType;
  cause: "link" | "attesters" | "node" | "reorg";
  chain_id: number;
  link_id: string;
  block: number;
  block_time: number | null;
  tx_hash: string | null;
  /** Address, lower case. */
  avatar: string;
  public_key: string;
  platform: string;
  identity: string;
  status: z.infer<typeof standing>;
  is_valid: boolean;
  data: Record<string, unknown>;
}

/** The columns of {@link EventRow}. */
export const EVENT_COLUMNS = `id, type, cause, chain_id, link_id, block, block_time, tx_hash, avatar, public_key, platform,
  identity, status, is_valid, data`;

/** An event as it is told. */
export function eventOf(row: EventRow): JournalEvent {
  const { id, chain_id, public_key: avatar, platform, identity, data } = row;
  const whose = { chain_id, avatar, platform, identity };
  const block_time = row.block_time === null ? null : String(row.block_time);
  switch (row.type) {
    case "link":
      return {
        ...{ id, type: "link", ...whose, link_id: row.link_id },
        ...(data as Pick<Extract<JournalEvent, { type: "link" }>, "action" | "sequence" | "uuid">),
        created_at: String(data.created_at),
        ...{ status: row.status, block: row.block, block_time: block_time!, tx_hash: row.tx_hash! },
      };
    case "binding": {
      const seen = row.cause === "node";
      return {
        ...{ id, type: "binding", ...whose, link_id: row.link_id },
        status: row.status as z.infer<typeof bindingStatusShape>,
        ...{ is_valid: row.is_valid, cause: row.cause as "link" | "attesters" | "node" },
        attesters: (data.attesters as string[] | undefined) ?? [],
        reason: (data.reason as string | undefined) ?? "",
        ...{ block: seen ? null : row.block, block_time, tx_hash: row.tx_hash },
      };
    }
    case "reorg":
      return {
        ...{ id, type: "reorg", ...whose },
        ...(data as Pick<Extract<JournalEvent, { type: "reorg" }>, "removed" | "moved">),
        ...{ status: row.status, is_valid: row.is_valid },
      };
  }
}

/**
 * An event as the stream has it (WHATWG HTML, section 9.2.5). JSON has no line breaks but as escapes, so that no stranger's text
 * can end a line.
 */
export function frame(row: EventRow): string {
  return `id: ${row.id}\nevent: ${row.type}\ndata: ${JSON.stringify(eventOf(row))}\n\n`;
}

/** Moves the cursor of who was told of nothing: an event without data is none (section 9.2.6). */
export function cursorFrame(id: number): string {
  return `:\nid: ${id}\n\n`;
}

/** Which events somebody wants. */
export interface EventFilter {
  types: ReadonlySet<EventType>;
  /** Address, lower case. */
  avatar?: string;
  platform?: string;
  /** All forms in which it may be stored. */
  identities?: readonly string[];
}

export function matches({ types, avatar, platform, identities }: EventFilter, row: EventRow): boolean {
  if (!types.has(row.type)) return false;
  if (avatar !== undefined && row.avatar !== avatar) return false;
  return identities === undefined || (row.platform === platform && identities.includes(row.identity));
}
