import type { Pool } from "pg";

import { findPath } from "./path.ts";
import { beginningWith } from "./prefix.ts";
import { type Component, type Edge, type Graph, type Neighbourhood, type Scope, type VertexId } from "./types.ts";
import { describeVertices } from "./vertices.ts";
import { type EdgeRow, sortedEdges } from "./edges.ts";
import { createDoubts, reached, withDoubts } from "./contractWallets.ts";
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
  disputes: EdgeRow[];
}

/** How a walk goes; and how many disputed edges it tells beside those that it went by. */
interface Walk extends Scope {
  depth: number;
  cap: number;
  disputes: number;
}

/** What is found from one vertex on. */
interface Found extends Pick<Component, "edges" | "disputed" | "truncated"> {
  vertices: { vertex: VertexId; distance: number }[];
}

/** Ways that are looked for until one has nothing to doubt. */
const WAYS = 8;

/** What hardly anybody is; it has all statements planned all the same. */
const NOBODY: VertexId = { platform: "nextid", identity: "" };

/** Has each connection of a pool plan what it will be asked: the first to come need not wait for that. */
export async function planQuestions(pool: Pool): Promise<void> {
  const clients = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()));
  try {
    await Promise.all(
      clients.map(async (client) => {
        const graph = createGraph(client);
        await client.query("SELECT api.graph_plan()");
        await graph.components([NOBODY], { disputes: 1 });
        await graph.incident([NOBODY], { level: 1 });
        await graph.vertices([NOBODY]);
      }),
    );
  } finally {
    for (const client of clients) client.release();
  }
}

/** The graph over the tables of the indexer, and over what this node saw since. */
export function createGraph(db: Pick<Pool, "query">): Graph {
  const doubtsOf = createDoubts(db);

  async function ask(roots: readonly VertexId[], { depth, cap, disputes, ...scope }: Walk): Promise<Walked[]> {
    const { past, at, level } = scopeOf(scope);
    const storable = roots.map((root) => (isStorable(root) ? root : { platform: "", identity: "" }));
    const { rows } = await db.query<{ walked: Walked }>({
      name: "graph-walk",
      text: `SELECT api.graph_walk(r.platform, r.identity, $3, $4, $5, $6, $7, $8) AS walked
        FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS r (platform, identity, n) ORDER BY r.n`,
      values: [
        storable.map(({ platform }) => platform),
        storable.map(({ identity }) => identity),
        ...[past, at, level, depth, cap, disputes],
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
    const edges = sortedEdges(rows);
    const [doubts] = await doubtsOf([edges]);
    return withDoubts(edges, doubts!).filter((edge) => edge.level >= level);
  };

  /** What was walked over, without what only contract wallets of different chains seem to join. */
  async function walkOver(roots: readonly VertexId[], walk: Walk): Promise<Found[]> {
    const walked = await ask(roots, walk);
    const lists = walked.map(({ edges }) => sortedEdges(edges));
    const doubts = await doubtsOf(lists);
    return walked.map(({ vertices, truncated, disputes }, index): Found => {
      const root = { platform: roots[index]!.platform, identity: roots[index]!.identity };
      const all = vertices.map(([platform, identity, distance]) => ({ vertex: { platform, identity }, distance }));
      // What cannot be stored was asked for under another name.
      all[0] = { vertex: root, distance: 0 };
      const found = { vertices: all, edges: lists[index]!, disputed: sortedEdges(disputes), truncated };
      return doubts[index]!.size === 0 ? found : withoutDoubted(found, doubts[index]!, walk);
    });
  }

  return {
    async components(roots, { cap = COMPONENT_CAP, disputes = 0, ...scope } = {}) {
      // No component is deeper than it is large.
      const found = await walkOver(roots, { depth: cap, cap, disputes, ...scope });
      return found.map(({ vertices, ...rest }): Component => {
        const ids = vertices.map(({ vertex }) => vertex);
        const least = ids.reduce((a, b) => (byPlatform(b, a) < 0 ? b : a));
        return { id: `${least.platform},${least.identity}`, vertices: ids, ...rest };
      });
    },

    async neighbourhoods(roots, depth, { cap = COMPONENT_CAP, ...scope } = {}) {
      const found = await walkOver(roots, { depth, cap: cap + 1, disputes: 0, ...scope });
      return found.map(({ vertices, edges, truncated }): Neighbourhood => {
        const sources = new Map<string, Set<string>>();
        for (const { from, to, source } of edges) {
          for (const end of [from, to]) {
            const key = keyOf(end);
            sources.set(key, (sources.get(key) ?? new Set()).add(source));
          }
        }
        const neighbours = vertices.slice(1).map(({ vertex, distance }) => {
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
      const doubted = new Set<string>();
      const undoubted: Steps = async (...step) => (await steps(...step)).filter(({ uuid }) => !doubted.has(uuid));
      for (let tried = 0; tried < WAYS; tried++) {
        const way = await findPath(undoubted, { from, to, depth, scope });
        const [doubts] = await doubtsOf([way ?? []]);
        if (!way || doubts!.size === 0) return way;
        const { level } = scopeOf(scope);
        const marked = withDoubts(way, doubts!);
        if (marked.every((edge) => edge.level >= level)) return marked;
        for (const uuid of doubts!) doubted.add(uuid);
      }
      return null;
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

/** What can still be reached where some edges are disputed. */
function withoutDoubted(found: Found, doubts: ReadonlySet<string>, { depth, disputes, ...scope }: Walk): Found {
  const { level } = scopeOf(scope);
  const marked = withDoubts(found.edges, doubts);
  const edges = marked.filter((edge) => edge.level >= level);
  const root = found.vertices[0]!.vertex;
  const vertices = reached(root, edges, { level, depth });
  const there = new Set(vertices.map(({ vertex }) => keyOf(vertex)));
  const asked = [root, ...vertices.map(({ vertex }) => vertex).filter(({ platform }) => platform === "nextid")];
  const people = new Set(asked.map(keyOf));
  const told = marked.filter(
    ({ level: worth, from, to }) => worth < level && [from, to].some((end) => people.has(keyOf(end))),
  );
  const isThere = ({ from, to }: Edge) => there.has(keyOf(from)) && there.has(keyOf(to));
  return {
    ...{ vertices, edges: edges.filter(isThere), truncated: found.truncated },
    disputed:
      disputes === 0
        ? []
        : [...found.disputed.filter(({ from, to }) => [from, to].some((end) => people.has(keyOf(end)))), ...told],
  };
}
