import { type Edge, type Level, MERGING_LEVEL, type Scope, type VertexId } from "./types.ts";

/** The edges at some vertices; of one vertex at most `scan` of each kind are looked at. */
export type Steps = (vertices: readonly VertexId[], scope: Scope, scan: number) => Promise<Edge[]>;

/** A text that two vertices have in common only if they are one. */
export function keyOf({ platform, identity }: VertexId): string {
  return JSON.stringify([platform, identity]);
}

/** By platform, then by identity; by code points, as the database's collation "C" does, whatever its own is. */
export function byPlatform(a: VertexId, b: VertexId): number {
  return byCodePoints(a.platform, b.platform) || byCodePoints(a.identity, b.identity);
}

export function byCodePoints(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Whether the database can hold it at all: PostgreSQL's texts have no zero byte. */
export function isStorable({ platform, identity }: VertexId): boolean {
  return !platform.includes("\0") && !identity.includes("\0");
}

/** Largest time that a column of the indexer holds. */
const LAST_TIME = 2 ** 31 - 1;

/** A scope with its defaults: `past` tells whether history is asked for. */
export function scopeOf({ level = MERGING_LEVEL, at }: Scope): { past: boolean; at: number; level: Level } {
  const time = Math.floor(at ?? Date.now() / 1000);
  return { past: at !== undefined, at: Math.min(Math.max(time, 0), LAST_TIME), level };
}
