import type { Pool } from "pg";

import type { VertexId } from "./types.ts";
import { byCodePoints } from "./vertexId.ts";

const LIMIT = 20;
const MAX_LIMIT = 500;

/** Identities that begin so: what is bound now, and names that have not expired. */
export async function beginningWith(
  db: Pick<Pool, "query">,
  prefix: string,
  { platforms, limit = LIMIT }: { platforms?: readonly string[]; limit?: number } = {},
): Promise<VertexId[]> {
  if (prefix.includes("\0") || platforms?.some((platform) => platform.includes("\0"))) return [];
  const most = Math.min(Math.max(Math.floor(limit), 0), MAX_LIMIT);
  const { rows } = await db.query<VertexId>({
    name: "graph-prefix",
    text: "SELECT p.platform, p.identity FROM api.graph_prefix($1, $2, $3, $4, $5) p",
    values: [prefix, behind(prefix), platforms ?? null, most, Math.floor(Date.now() / 1000)],
  });
  return rows.sort((a, b) => byCodePoints(a.identity, b.identity) || byCodePoints(a.platform, b.platform));
}

/** No identity is behind it: it has more of the last code point than an identity has characters. */
const LAST = "\u{10ffff}".repeat(256);

/** The least text behind all that begin so, by code points. */
export function behind(prefix: string): string {
  const points = Array.from(prefix, (character) => character.codePointAt(0)!);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last === 0x10ffff) continue;
    // Surrogates are no characters.
    return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
  }
  return LAST;
}
