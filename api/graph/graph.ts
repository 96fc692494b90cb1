import type { Pool } from "pg";

import { findPath } from "./path.ts";
import { beginningWith } from "./prefix.ts";
import { type Component, type Edge, type Graph, type Neighbourhood, type Scope, type VertexId } from "./types.ts";
import { describeVertices } from "./vertices.ts";
import { type EdgeRow, sortedEdges } from "./edges.ts";
import { referenced } from "./functions.ts";
import { linkNamed } from "./named.ts";
import { type Steps, byPlatform, isStorable, keyOf, scopeOf } from "./vertexId.ts";

/** Most vertices of a component, and of a neighbourhood, unless a caller says otherwise; as with RelationService. */
export const COMPONENT_CAP = 500;

/** What the walk answers, in JSON. */
interface Walked {
  truncated: boolean;
  /** Platform, identity, distance. */
  vertices: [string, string, number][];
  edges: EdgeRow[];
}

/** The graph over the tables of the indexer, and over what this node saw since. */
export function createGraph(db: Pool): Graph {
  async function walk(roots: readonly VertexId[], depth: number, cap: number, scope: Scope): Promise<Walked[]> {
    const { past, at, level } = scopeOf(scope);
    const storable = roots.map((root) => (isStorable(root) ? root : { platform: "", identity: "" }));
    const { rows } = await db.query<{ walked: Walked }>({
      name: "graph-walk",
      text: `SELECT api.graph_walk(r.platform, r.identity, $3, $4, $5, $6, $7) AS walked
        FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS r (platform, identity, n) ORDER BY r.n`,
      values: [
        storable.map(({ platform }) => platform),
        storable.map(({ identity }) => identity),
        ...[past, at, level, depth, cap],
      ],
    });
    return rows.map(({ walked }) => walked);
  }

  /** One level of the walk: from each of the vertices, in their order. */
  const steps: Steps = async (vertices, scope, scan) => {
    const { past, at, level } = scopeOf(scope);
    const { rows } = await db.query<EdgeRow>({
      name: "graph-incident",
      text: `${referenced("api.graph_incident($1, $2, $3, $4, $5, $6)")} WHERE NOT e.sentinel`,
      values: [
        vertices.map(({ platform }) => platform),
        vertices.map(({ identity }) => identity),
        ...[past, at, level, scan],
      ],
    });
    return sortedEdges(rows);
  };

  return {
    async components(roots, { cap = COMPONENT_CAP, ...scope } = {}) {
      // No component is deeper than it is large.
      const walked = await walk(roots, cap, cap, scope);
      return walked.map(({ vertices, edges, truncated }, root): Component => {
        const ids = vertices.map(([platform, identity]) => ({ platform, identity }));
        ids[0] = { platform: roots[root]!.platform, identity: roots[root]!.identity };
        const least = ids.reduce((a, b) => (byPlatform(b, a) < 0 ? b : a));
        return { id: `${least.platform},${least.identity}`, vertices: ids, edges: sortedEdges(edges), truncated };
      });
    },

    async neighbourhoods(roots, depth, { cap = COMPONENT_CAP, ...scope } = {}) {
      const walked = await walk(roots, depth, cap + 1, scope);
      return walked.map(({ vertices, edges: rows, truncated }): Neighbourhood => {
        const edges = sortedEdges(rows);
        const sources = new Map<string, Set<string>>();
        for (const { from, to, source } of edges) {
          for (const end of [from, to]) {
            const key = keyOf(end);
            sources.set(key, (sources.get(key) ?? new Set()).add(source));
          }
        }
        const neighbours = vertices.slice(1).map(([platform, identity, distance]) => {
          const vertex = { platform, identity };
          return { vertex, distance, sources: [...(sources.get(keyOf(vertex)) ?? [])].sort() };
        });
        return { neighbours, edges, truncated };
      });
    },

    async incident(ids, { cap = COMPONENT_CAP, ...scope } = {}) {
      const edges = new Map(ids.map((id) => [keyOf(id), [] as Edge[]]));
      for (const edge of await steps(ids.filter(isStorable), scope, cap)) {
        for (const key of new Set([keyOf(edge.from), keyOf(edge.to)])) edges.get(key)?.push(edge);
      }
      return ids.map((id) => edges.get(keyOf(id))!);
    },

    async path(from, to, { depth = 10, ...scope } = {}) {
      if (!isStorable(from) || !isStorable(to)) return null;
      return findPath(steps, { from, to, depth, scope });
    },

    vertices: (ids, at) => describeVertices(db, ids, at),

    async edge(uuid) {
      const named = await linkNamed(db, uuid);
      if (!named) return null;
      // From both ends: one of them may be joined with more than is read.
      const edges = await steps([named.avatar, named.identity], { level: 1 }, COMPONENT_CAP);
      return edges.find(({ references: [best] }) => best!.linkId === named.linkId) ?? null;
    },

    beginningWith: (prefix, options) => beginningWith(db, prefix, options),
  };
}
