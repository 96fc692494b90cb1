import type { Vertex } from "@syngraph/sdk/client";

import { isLevel } from "./Level.tsx";
import { idOf, vertexOf } from "./model.ts";

/** What the page of a graph shows, as its address says it. */
export interface GraphAddress {
  level: number;
  /** To whom the way is explained; null for nobody. */
  to: Vertex | null;
}

/** The level at and above which the API takes two identities for one person's. */
export const STANDARD_LEVEL = 3;

export function readAddress(search: string): GraphAddress {
  const query = new URLSearchParams(search);
  const level = Number(query.get("level"));
  return { level: isLevel(level) ? level : STANDARD_LEVEL, to: vertexOf(query.get("to") ?? "") };
}

/** The address of an identity's graph. */
export function graphHref(
  { platform, identity }: Vertex,
  { level = STANDARD_LEVEL, to = null }: Partial<GraphAddress> = {},
): string {
  const query = new URLSearchParams();
  if (level !== STANDARD_LEVEL) query.set("level", String(level));
  if (to !== null) query.set("to", idOf(to));
  const path = `/graph/${encodeURIComponent(platform)}/${encodeURIComponent(identity)}`;
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}
