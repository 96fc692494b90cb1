import type { Edge, Scope, VertexId } from "./types.ts";
import { type Steps, byCodePoints, keyOf } from "./vertexId.ts";

/** How many vertices are visited at most, and of how many edges of one kind of each is heard: then there is no way. */
const VISITED = 4_000;
const SCAN = 1_000;

/** What is asked for. */
interface Question {
  from: VertexId;
  to: VertexId;
  /** Longest way that is looked for. */
  depth: number;
  scope: Scope;
}

/** The vertices at each distance from one end, and the edges that lead one further. */
class Side {
  readonly distances = new Map<string, number>();
  readonly edges: Edge[] = [];
  front: VertexId[];
  depth = 0;

  constructor(root: VertexId) {
    this.front = [root];
    this.distances.set(keyOf(root), 0);
  }

  async grow(steps: Steps, scope: Scope): Promise<void> {
    const met = await steps(this.front, scope, SCAN);
    this.depth++;
    this.front = [];
    for (const edge of met) {
      for (const end of [edge.from, edge.to]) {
        if (this.distances.has(keyOf(end))) continue;
        this.distances.set(keyOf(end), this.depth);
        this.front.push(end);
      }
    }
    this.edges.push(...met);
  }
}

/**
 * The shortest way, found from both ends: always from the end that has less to look at. Of the shortest ones that of which
 * the weakest edge is strongest; of those the first by its vertices.
 */
export async function findPath(steps: Steps, { from, to, depth, scope }: Question): Promise<Edge[] | null> {
  const [near, far] = [new Side(from), new Side(to)];
  if (keyOf(from) === keyOf(to)) return [];
  while (near.depth + far.depth < depth) {
    const side = near.front.length <= far.front.length ? near : far;
    await side.grow(steps, scope);
    if (side.front.length === 0) return null;
    if (side.front.some((vertex) => (side === near ? far : near).distances.has(keyOf(vertex)))) {
      return bestWay(near, far, keyOf(from), keyOf(to));
    }
    if (near.distances.size + far.distances.size > VISITED) return null;
  }
  return null;
}

/** One step of a way, by the keys of its ends. */
interface Step {
  to: string;
  edge: Edge;
}

function bestWay(near: Side, far: Side, from: string, to: string): Edge[] {
  const around = new Map<string, Step[]>();
  for (const edge of new Map([...near.edges, ...far.edges].map((it) => [it.uuid + it.kind, it])).values()) {
    for (const [a, b] of [
      [edge.from, edge.to],
      [edge.to, edge.from],
    ] as const) {
      const [key, next] = [keyOf(a), keyOf(b)];
      const steps = around.get(key);
      if (steps) steps.push({ to: next, edge });
      else around.set(key, [{ to: next, edge }]);
    }
  }
  // Counted anew: of a vertex with more edges than are read, one side may have met what the other did not.
  const places = new Map([[from, 0]]);
  for (const [key, place] of places) {
    for (const { to: next } of around.get(key) ?? []) if (!places.has(next)) places.set(next, place + 1);
  }
  const onward = new Map(
    [...places].map(([key, place]) => [key, around.get(key)!.filter((step) => places.get(step.to) === place + 1)]),
  );
  /** The weakest edge of the best way from each vertex to the end; vertices from which none leads there are not in it. */
  const strength = new Map<string, number>([[to, Number.POSITIVE_INFINITY]]);
  // They were met from the nearest to the farthest.
  for (const [key, steps] of [...onward].toReversed()) {
    const best = Math.max(...steps.map((step) => worth(step, strength)));
    if (best > 0) strength.set(key, best);
  }
  const weakest = strength.get(from)!;
  const way: Edge[] = [];
  for (let key = from; key !== to;) {
    const [first] = onward
      .get(key)!
      .filter((step) => worth(step, strength) >= weakest)
      .sort(
        (a, b) => byCodePoints(a.to, b.to) || b.edge.level - a.edge.level || byCodePoints(a.edge.uuid, b.edge.uuid),
      );
    way.push(first!.edge);
    key = first!.to;
  }
  return way;
}

function worth({ to, edge }: Step, strength: ReadonlyMap<string, number>): number {
  return Math.min(edge.level, strength.get(to) ?? 0);
}
