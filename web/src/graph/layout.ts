import {
  type Simulation,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
} from "d3-force";

import type { GraphModel, GraphNode } from "./model.ts";

/** Where a vertex lies. */
export interface Point {
  x: number;
  y: number;
}

interface Body extends SimulationNodeDatum {
  id: string;
}

/** Steps until it stands: fewer where each takes longer. */
const TICKS = 300;
const TICKS_OF_MANY = 110;
/** From so many vertices on it is many. */
const MANY = 150;
/** How long is reckoned at a time between two pictures, in milliseconds. */
const SLICE = 9;

/** Finds a place for each vertex. */
export class Layout {
  readonly #simulation: Simulation<Body, SimulationLinkDatum<Body>>;
  readonly #bodies: ReadonlyMap<string, Body>;

  /**
   * @param before where vertices lay in the picture before, so that those that stay do not jump.
   * @param window where it is to fit.
   */
  constructor(model: GraphModel, before: ReadonlyMap<string, Point>, window: { width: number; height: number }) {
    const { nodes, edges, root } = model;
    const begin = ringsOf(model);
    const bodies = nodes.map(({ id }): Body => ({ id, ...begin.get(id), ...before.get(id) }));
    this.#bodies = new Map(bodies.map((body) => [body.id, body]));
    Object.assign(this.#bodies.get(root.id)!, { x: 0, y: 0, fx: 0, fy: 0 });
    const isWide = window.width > window.height;
    const ticks = nodes.length < MANY ? TICKS : TICKS_OF_MANY;
    const { length, room } = nodes.length < FEW ? ROOMY : CLOSE;
    this.#simulation = forceSimulation(bodies)
      .alphaDecay(1 - 0.001 ** (1 / ticks))
      .force(
        "links",
        forceLink<Body, SimulationLinkDatum<Body>>(edges.map(({ source, target }) => ({ source, target })))
          .id(({ id }) => id)
          .distance(length),
      )
      .force("apart", forceManyBody().strength(-480).theta(1.1).distanceMax(700))
      .force("room", forceCollide(room))
      .force("x", forceX(0).strength(isWide ? 0.03 : 0.07))
      .force("y", forceY(0).strength(isWide ? 0.07 : 0.03))
      .stop();
  }

  /** Reckons for a moment. @returns whether everything has its place. */
  advance(milliseconds = SLICE): boolean {
    const end = performance.now() + milliseconds;
    do this.#simulation.tick();
    while (!this.#isStill() && performance.now() < end);
    return this.#isStill();
  }

  /** Reckons until everything has its place. */
  finish(): void {
    while (!this.#isStill()) this.#simulation.tick();
  }

  place(id: string): Point {
    const { x = 0, y = 0 } = this.#bodies.get(id) ?? {};
    return { x, y };
  }

  places(): Map<string, Point> {
    return new Map([...this.#bodies.keys()].map((id) => [id, this.place(id)]));
  }

  #isStill(): boolean {
    return this.#simulation.alpha() < this.#simulation.alphaMin();
  }
}

/** Below so many vertices each has room for its name beside another's; of more, names are read from near. */
const FEW = 40;
/** How long an edge is drawn, and the room around a vertex. */
const ROOMY = { length: 160, room: 76 };
const CLOSE = { length: 110, room: 44 };

/** Between rings. */
const RING = 120;

/**
 * A place to begin with for each vertex: on rings around the one that was asked for, each within the sector of the one that
 * leads to it. Left to forces alone, what belongs together would have to pass through the rest.
 */
function ringsOf({ nodes, byId, root }: GraphModel): Map<string, Point> {
  const children = new Map<string, GraphNode[]>();
  // Breadth first: an array is walked on into what is added to it.
  const found = [root];
  const seen = new Set([root.id]);
  for (const node of found) {
    const next = node.edges.map(({ source, target }) => byId.get(source === node.id ? target : source)!);
    const own = [...new Set(next)].filter(({ id }) => !seen.has(id));
    for (const { id } of own) seen.add(id);
    children.set(node.id, own);
    found.push(...own);
  }
  const weights = new Map<string, number>();
  for (const { id } of found.toReversed()) {
    weights.set(
      id,
      Math.max(
        1,
        children.get(id)!.reduce((sum, child) => sum + weights.get(child.id)!, 0),
      ),
    );
  }
  const places = new Map<string, Point>();
  const place = (id: string, ring: number, from: number, to: number) => {
    const angle = (from + to) / 2;
    places.set(id, { x: RING * ring * Math.cos(angle), y: RING * ring * Math.sin(angle) });
    let begin = from;
    for (const child of children.get(id)!) {
      const end = begin + ((to - from) * weights.get(child.id)!) / weights.get(id)!;
      place(child.id, ring + 1, begin, end);
      begin = end;
    }
  };
  place(root.id, 0, 0, 2 * Math.PI);
  // What nothing shown joins with the rest.
  for (const [index, { id }] of nodes.filter((node) => !seen.has(node.id)).entries()) {
    places.set(id, { x: RING * (index + 1), y: RING * 4 });
  }
  return places;
}

/** The line from one place to another, which bends aside where others lie between the same two. */
export function lineOf(from: Point, to: Point, bend: number): string {
  if (bend === 0) return `M${round(from.x)} ${round(from.y)}L${round(to.x)} ${round(to.y)}`;
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  const aside = bend * 36;
  const [x, y] = [(from.x + to.x) / 2 - (dy / length) * aside, (from.y + to.y) / 2 + (dx / length) * aside];
  return `M${round(from.x)} ${round(from.y)}Q${round(x)} ${round(y)} ${round(to.x)} ${round(to.y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Where an arrow key leads. */
const DIRECTIONS: Readonly<Record<string, Point>> = {
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
};

/** The vertex that somebody means who presses an arrow key; null where there is none that way. */
export function neighbourOf(id: string, key: string, places: ReadonlyMap<string, Point>): string | null {
  const direction = DIRECTIONS[key];
  const from = places.get(id);
  if (!direction || !from) return null;
  let best: { id: string; cost: number } | null = null;
  for (const [other, to] of places) {
    if (other === id) continue;
    const [x, y] = [to.x - from.x, to.y - from.y];
    const ahead = x * direction.x + y * direction.y;
    const aside = Math.abs(x * direction.y) + Math.abs(y * direction.x);
    // Within 60 degrees of where the arrow points; straight ahead is nearer.
    if (ahead <= 0 || aside > ahead * 1.75) continue;
    const cost = ahead + 2 * aside;
    if (!best || cost < best.cost) best = { id: other, cost };
  }
  return best?.id ?? null;
}
