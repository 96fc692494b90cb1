import type { GraphEdge } from "../client/index.ts";
import type { GraphVertex, IdentityGraph } from "../syngraph.ts";
import type { Span, Style } from "./output.ts";

/** What lines are drawn with. */
export interface Strokes {
  branch: string;
  last: string;
  trunk: string;
  blank: string;
  back: string;
}

export const UNICODE: Strokes = { branch: "├─ ", last: "└─ ", trunk: "│  ", blank: "   ", back: "↺ " };
export const ASCII: Strokes = { branch: "|- ", last: "`- ", trunk: "|  ", blank: "   ", back: "^ " };

/** Those that a terminal can show, by the locale: one that is named and is not of UTF-8 cannot. */
export function strokesOf({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): Strokes {
  const locale = LC_ALL || LC_CTYPE || LANG || "";
  return locale === "" || /utf-?8/i.test(locale) ? UNICODE : ASCII;
}

/** One line below another. */
interface Branch {
  label: readonly Span[];
  children: readonly Branch[];
}

/**
 * An identity's graph as a tree: each identity once, at the end of a shortest way to it, with what the strongest connection on
 * that way rests on. Other connections are named behind it, once each.
 */
export function drawGraph({ root, vertices, edges }: IdentityGraph, strokes: Strokes): Span[][] {
  const known = new Map(vertices.map((vertex) => [vertex.id, vertex]));
  const rootId = vertices[0]?.id ?? `${root.platform},${root.identity}`;
  const between = Map.groupBy(edges, ({ from, to }) => pairOf(idOf(from), idOf(to)));
  const neighbours = neighboursOf(edges);
  const parents = parentsOf(vertices, neighbours);
  const below = Map.groupBy(vertices, ({ id }) => (id === rootId ? undefined : parents.get(id)));
  const places = new Map(vertices.map(({ id }, place) => [id, place]));

  const branchOf = (vertex: GraphVertex): Branch => {
    const children = below.get(vertex.id) ?? [];
    const others = [...(neighbours.get(vertex.id) ?? [])].filter(
      (id) => parents.get(id) !== vertex.id && parents.get(vertex.id) !== id && isAfter(vertex, known.get(id)!, places),
    );
    const backs = others.map((id): Branch => {
      const { platform, identity } = known.get(id)!;
      const label = [
        strokes.back,
        nameSpan(platform, identity),
        "  ",
        ...edgeSpans(between.get(pairOf(vertex.id, id))!),
      ];
      return { label, children: [] };
    });
    return { label: labelOf(vertex), children: [...backs, ...children.map(branchOf)] };
  };

  const labelOf = (vertex: GraphVertex): Span[] => {
    const { platform, identity, displayName } = vertex;
    const parent = parents.get(vertex.id);
    const strongest = parent === undefined ? [] : ["  ", ...edgeSpans(between.get(pairOf(vertex.id, parent))!)];
    const shown = displayName !== null && displayName !== identity && displayName !== "";
    return [nameSpan(platform, identity), ...(shown ? [" ", dim(`(${displayName})`)] : []), ...strongest];
  };

  const top = known.get(rootId);
  return top ? linesOf(branchOf(top), "", strokes) : [[nameSpan(root.platform, root.identity)]];
}

function linesOf({ label, children }: Branch, indent: string, strokes: Strokes): Span[][] {
  const below = children.flatMap((child, index) => {
    const isLast = index === children.length - 1;
    const [first, ...rest] = linesOf(child, indent + (isLast ? strokes.blank : strokes.trunk), strokes);
    return [[indent + (isLast ? strokes.last : strokes.branch), ...first!], ...rest];
  });
  return [[...label], ...below];
}

/** Of each vertex that one before it which is nearer to the root: the first with the strongest connection would do as well. */
function parentsOf(
  vertices: readonly GraphVertex[],
  neighbours: ReadonlyMap<string, ReadonlySet<string>>,
): Map<string, string> {
  const distances = new Map(vertices.map(({ id, distance }) => [id, distance]));
  const parents = new Map<string, string>();
  for (const { id, distance } of vertices) {
    const nearer = [...(neighbours.get(id) ?? [])].find((other) => distances.get(other) === distance - 1);
    if (nearer !== undefined) parents.set(id, nearer);
  }
  return parents;
}

/** So that of two that know each other only the later one names the other. */
function isAfter(vertex: GraphVertex, other: GraphVertex, places: ReadonlyMap<string, number>): boolean {
  if (vertex.distance !== other.distance) return vertex.distance > other.distance;
  return places.get(vertex.id)! > places.get(other.id)!;
}

function neighboursOf(edges: readonly GraphEdge[]): Map<string, Set<string>> {
  const neighbours = new Map<string, Set<string>>();
  for (const { from, to } of edges) {
    for (const [one, other] of [
      [idOf(from), idOf(to)],
      [idOf(to), idOf(from)],
    ] as const) {
      if (one !== other) neighbours.set(one, (neighbours.get(one) ?? new Set()).add(other));
    }
  }
  return neighbours;
}

/** What the strongest of some connections rests on, and how many there are beside it. */
export function edgeSpans(edges: readonly GraphEdge[]): Span[] {
  const [edge, ...rest] = edges.toSorted((one, other) => other.level - one.level);
  const { kind, evidence, source, level } = edge!;
  const disputed = edges.some((each) => each.disputed);
  return [
    { text: `level ${level}`, style: LEVEL_STYLES[level] ?? "dim" },
    " ",
    dim(`· ${kind}, ${evidence}, ${source}`),
    ...(rest.length > 0 ? [" ", dim(`+${rest.length}`)] : []),
    ...(disputed ? [" ", { text: "! disputed", style: "red" } as const] : []),
  ];
}

/** From 1, insecure, to 5, very confident. */
const LEVEL_STYLES: readonly (Style | undefined)[] = [undefined, "red", "yellow", "yellow", "green", "green"];

/** How an identity is named. */
export function nameSpan(platform: string, identity: string): Span {
  return { text: `${platform} ${identity}`, style: "bold" };
}

function dim(text: string): Span {
  return { text, style: "dim" };
}

function idOf({ platform, identity }: { platform: string; identity: string }): string {
  return `${platform},${identity}`;
}

function pairOf(one: string, other: string): string {
  return JSON.stringify([one, other].sort());
}
