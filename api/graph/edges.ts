import { createHash } from "node:crypto";

import type { Edge, EdgeKind, EvidenceKind, Level, Reference } from "./types.ts";
import { byCodePoints, byPlatform } from "./vertexId.ts";

/** A row of the type `api.graph_edge`. */
export interface EdgeRow {
  kind: EdgeKind;
  source: string;
  from_platform: string;
  from_identity: string;
  to_platform: string;
  to_identity: string;
  evidence: EvidenceKind;
  disputed: boolean;
  level: Level;
  first_seen: number;
  last_seen: number;
  name: string;
  reference: Reference[];
}

/** Edges in the order in which they are always told: by their ends, kind, source and name. Each of them once. */
export function sortedEdges(rows: readonly EdgeRow[]): Edge[] {
  const edges = new Map(rows.map((row) => [[row.name, row.kind, row.from_identity].join(), edgeOf(row)]));
  return [...edges.values()].sort(
    (a, b) =>
      byPlatform(a.from, b.from) ||
      byPlatform(a.to, b.to) ||
      byCodePoints(a.kind, b.kind) ||
      byCodePoints(a.source, b.source) ||
      byCodePoints(a.uuid, b.uuid),
  );
}

function edgeOf(row: EdgeRow): Edge {
  return {
    uuid: row.source === "nextid" ? edgeUuid(row.name) : edgeUuid(createHash("sha256").update(row.name).digest("hex")),
    kind: row.kind,
    from: { platform: row.from_platform, identity: row.from_identity },
    to: { platform: row.to_platform, identity: row.to_identity },
    source: row.source,
    evidence: row.evidence,
    disputed: row.disputed,
    level: row.level,
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    references: row.reference,
  };
}

/** A UUID of the first 16 bytes of a hash, but for version 8 and variant (RFC 9562, section 5.8). */
export function edgeUuid(hash: string): string {
  const hex = hash.replace(/^0x/, "");
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16);
  const digits = `${hex.slice(0, 12)}8${hex.slice(13, 16)}${variant}${hex.slice(17, 32)}`;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
