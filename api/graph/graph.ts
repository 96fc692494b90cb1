import type { Pool } from "pg";

import { findPath } from "./path.ts";
import { beginningWith } from "./prefix.ts";
import type { Component, Edge, Graph, Neighbourhood, Scope, VertexId } from "./types.ts";
import { MERGING_LEVEL } from "./types.ts";
import { describeVertices } from "./vertices.ts";
import { type EdgeRow, sortedEdges } from "./edges.ts";
import { type Met, createDoubts, isWalletBinding, reached, withDoubts } from "./contractWallets.ts";
import { MET } from "./functions.ts";
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
  /** See {@link Met}. */
  beside: EdgeRow[];
  crowded: (string | null)[];
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

/** Ways that are looked for until one has nothing to doubt, and walks that begin anew without what is in doubt. */
const WAYS = 8;
const WALKS = 4;

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

  async function ask(roots: readonly VertexId[], walk: Walk, without: readonly Edge[]): Promise<Walked[]> {
    const { depth, cap, disputes, ...scope } = walk;
    const { past, at, level } = scopeOf(scope);
    const storable = roots.map((root) => (isStorable(root) ? root : { platform: "", identity: "" }));
    const { rows } = await db.query<{ walked: Walked }>({
      name: "graph-walk",
      text: `SELECT api.graph_walk(r.platform, r.identity, $3, $4, $5, $6, $7, $8, $9) AS walked
        FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS r (platform, identity, n) ORDER BY r.n`,
      values: [
        storable.map(({ platform }) => platform),
        storable.map(({ identity }) => identity),
        ...[past, at, level, depth, cap, disputes],
        // A link's edge goes by the link.
        without.map(({ references: [best] }) => best!.linkId),
      ],
    });
    return rows.map(({ walked }) => walked);
  }

  async function meet(vertices: readonly VertexId[], scope: Scope, scan: number): Promise<Met> {
    const { past, at, level } = scopeOf(scope);
    const { rows } = await db.query<Pick<Walked, "edges" | "crowded">>({
      name: "graph-incident",
      text: MET,
      values: [
        vertices.map(({ platform }) => platform),
        vertices.map(({ identity }) => identity),
        ...[past, at, level, scan],
      ],
    });
    return { edges: sortedEdges(rows[0]!.edges), beside: [], crowded: rows[0]!.crowded };
  }

  /** The same with all that is said of its wallets, but for those of which it was read already. */
  async function withWallets(met: Met, read: readonly VertexId[], scope: Scope): Promise<Met> {
    const known = new Set(read.map(keyOf));
    const bound = met.edges.filter((edge) => isWalletBinding(edge) && !known.has(keyOf(edge.to)));
    if (bound.length === 0) return met;
    const wallets = [...new Map(bound.map(({ to }) => [to.identity, to])).values()];
    const said = await meet(wallets, { ...scope, level: MERGING_LEVEL }, COMPONENT_CAP);
    return { edges: met.edges, beside: said.edges, crowded: [...met.crowded, ...said.crowded] };
  }

  async function believed(met: Met, { level = MERGING_LEVEL }: Scope): Promise<Edge[]> {
    const [doubts] = await doubtsOf([met]);
    return withDoubts(met.edges, doubts!).filter((edge) => edge.level >= level);
  }

  /** One level of the walk: from each of the vertices, in their order. What else is said of wallets is not looked at. */
  const steps: Steps = async (vertices, scope, scan) => believed(await meet(vertices, scope, scan), scope);

  /** What was walked over, without what only contract wallets of different chains seem to join. */
  async function walkOver(roots: readonly VertexId[], walk: Walk, without: readonly Edge[] = [], walks = WALKS) {
    const walked = await ask(roots, walk, without);
    const met = walked.map(({ edges, beside, crowded }): Met => {
      return { edges: sortedEdges(edges), beside: sortedEdges(beside), crowded };
    });
    const doubts = await doubtsOf(met);
    const all: Found[] = [];
    for (const [index, { vertices, truncated, disputes }] of walked.entries()) {
      const root = { platform: roots[index]!.platform, identity: roots[index]!.identity };
      const { edges, beside } = met[index]!;
      const links = [...edges, ...beside].filter((edge) => isWalletBinding(edge) && doubts[index]!.has(edge.uuid));
      // They may have come before others whom the cap then left out.
      if (truncated && links.length > 0 && walks > 1 && scopeOf(walk).level >= MERGING_LEVEL) {
        all.push(...(await walkOver([root], walk, [...without, ...links], walks - 1)));
        continue;
      }
      const places = vertices.map(([platform, identity, distance]) => ({ vertex: { platform, identity }, distance }));
      // What cannot be stored was asked for under another name.
      places[0] = { vertex: root, distance: 0 };
      const found = { vertices: places, edges, disputed: sortedEdges(disputes), truncated };
      const doubted = new Set([...doubts[index]!, ...without.map(({ uuid }) => uuid)]);
      all.push(doubted.size === 0 ? found : withoutDoubted(found, [...edges, ...without], doubted, walk));
    }
    return all;
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
      const asked = ids.filter(isStorable);
      const met = await withWallets(await meet(asked, scope, cap), asked, scope);
      for (const edge of await believed(met, scope)) {
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
        if (!way) return null;
        const [doubts] = await doubtsOf([await withWallets({ edges: way, beside: [], crowded: [] }, [], scope)]);
        if (way.every(({ uuid }) => !doubts!.has(uuid))) return way;
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
function withoutDoubted(found: Found, met: readonly Edge[], doubts: ReadonlySet<string>, walk: Walk): Found {
  const { depth, disputes, ...scope } = walk;
  const { level } = scopeOf(scope);
  const marked = withDoubts(met, doubts);
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
