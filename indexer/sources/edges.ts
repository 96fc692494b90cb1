import schema from "ponder:schema";

import type { Context, Hex, SourceEvent } from "./source.ts";

/** An identity as an end of an edge. */
export interface End {
  platform: string;
  identity: string;
}

/** What a slot says. */
export interface EdgeState {
  source: string;
  kind: (typeof schema.edgeKind.enumValues)[number];
  from: End;
  to: End;
  /** The names of the source with which it ends when they expire. */
  restsOn?: readonly string[];
}

/** An address as an end of an edge. */
export function wallet(address: Hex): End {
  return { platform: "ethereum", identity: address.toLowerCase() };
}

/**
 * Has a slot hold this edge from the event on, or none. What it held before becomes a past edge, unless nothing changed.
 *
 * @param until when what it held had ended already, Unix seconds: then it begins anew even where it says the same.
 */
export async function setEdge(
  { chain, db }: Context,
  slot: string,
  edge: EdgeState | null,
  { block, transaction, log }: Omit<SourceEvent, "args">,
  until?: number,
): Promise<void> {
  const row = { chainId: chain.id, slot };
  const before = await db.find(schema.edge, row);
  const now = Number(block.timestamp);
  const state = edge && {
    ...{ source: edge.source, kind: edge.kind },
    ...{ fromPlatform: edge.from.platform, fromIdentity: edge.from.identity },
    ...{ toPlatform: edge.to.platform, toIdentity: edge.to.identity },
    restsOn: edge.restsOn ? [...edge.restsOn] : null,
  };
  if (before) {
    if (state && until === undefined && isSame(before, state)) return;
    const ended = Math.min(now, until ?? now);
    // What began and ended at one time was never to be seen.
    if (ended > before.since) await db.insert(schema.pastEdge).values({ ...before, until: ended });
  }
  if (state) {
    const position = { blockNumber: block.number, transactionHash: transaction.hash, logIndex: log.logIndex };
    const next = { ...state, since: now, ...position };
    await db
      .insert(schema.edge)
      .values({ ...row, ...next })
      .onConflictDoUpdate(next);
  } else if (before) await db.delete(schema.edge, row);
}

type EdgeRow = typeof schema.edge.$inferSelect;

function isSame(row: EdgeRow, state: Pick<EdgeRow, "kind" | (typeof ENDS)[number]>): boolean {
  return row.kind === state.kind && ENDS.every((column) => row[column] === state[column]);
}

const ENDS = ["fromPlatform", "fromIdentity", "toPlatform", "toIdentity"] as const;

type NameRow = typeof schema.name.$inferSelect;

/** What is known of a name, or of an account by its number. */
export interface NameState extends Partial<
  Pick<NameRow, "displayName" | "resolver" | "texts" | "registeredAt" | "expiresAt">
> {
  uid: string;
}

/** Writes down what a registry says of a name of its own; what is not given stays as it was. */
export async function setName(
  { chain, db }: Context,
  { platform, identity }: End,
  state: NameState,
  { block }: Pick<SourceEvent, "block">,
): Promise<void> {
  const change = { ...state, updatedAt: Number(block.timestamp) };
  await db
    .insert(schema.name)
    .values({ chainId: chain.id, platform, identity, texts: {}, ...change })
    .onConflictDoUpdate(change);
}
