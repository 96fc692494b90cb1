import DataLoader from "dataloader";
import PQueue from "p-queue";

import { idOfVertex } from "../graph/identityOf.ts";
import type { Component, Edge, Graph, Level, Neighbourhood, Vertex, VertexId } from "../graph/types.ts";
import type { Budget } from "./budget.ts";

/** Vertices of one component or neighbourhood, at most. */
export const MAX_VERTICES = 500;
/** Steps of a neighbourhood, at most. */
export const MAX_DEPTH = 5;
/** Edges of one vertex that say what it holds, stands for and is bound to, of each kind at most. */
const MAX_EDGES = 200;
/** Fewer would cut most answers off at first, only to ask for them again. */
const LEAST_CAP = 50;
/** Queries of one request at once: none shall have all connections, and what is too much is noticed between them. */
const AT_ONCE = 2;
/** How many are asked for in one query. */
const BATCH = { vertices: 500, roots: 100 } as const;

/** Unix seconds, or undefined for now. */
type At = number | undefined;

/** What of a component or neighbourhood is counted. */
interface Found {
  edges: readonly Edge[];
  truncated: boolean;
}

/** Asks the graph for what many fields want at once, in as few queries as there are kinds of questions; all for one request. */
export class Loaders {
  readonly #graph: Graph;
  readonly #budget: Budget;
  readonly #loaders = new Map<string, DataLoader<VertexId, unknown, string>>();
  readonly #asking = new PQueue({ concurrency: AT_ONCE });

  constructor(graph: Graph, budget: Budget) {
    this.#graph = graph;
    this.#budget = budget;
  }

  /** What is known of an identity beside its edges. */
  vertex(id: VertexId, at: At): Promise<Vertex> {
    return this.#load(`vertex ${at}`, BATCH.vertices, id, async (ids) => {
      this.#budget.takeRead(ids.length);
      return this.#graph.vertices(ids, at);
    });
  }

  /** The edges of one identity, however weak. */
  edges(id: VertexId, at: At): Promise<readonly Edge[]> {
    return this.#load(`edges ${at}`, BATCH.roots, id, async (ids) => {
      this.#budget.takeRead(ids.length);
      const found = await this.#graph.incident(ids, { level: 1, cap: MAX_EDGES, ...when(at) });
      this.#budget.takeRead(0, sum(found.map((edges) => edges.length)));
      return found;
    });
  }

  component(id: VertexId, level: Level, at: At): Promise<Component> {
    return this.#load(`component ${level} ${at}`, BATCH.roots, id, (ids) =>
      this.#capped(
        ids,
        (roots, cap) => this.#graph.components(roots, { level, cap, ...when(at) }),
        ({ vertices }) => vertices.length,
      ),
    );
  }

  neighbourhood(id: VertexId, depth: number, level: Level, at: At): Promise<Neighbourhood> {
    return this.#load(`neighbourhood ${depth} ${level} ${at}`, BATCH.roots, id, (ids) =>
      this.#capped(
        ids,
        (roots, cap) => this.#graph.neighbourhoods(roots, depth, { level, cap, ...when(at) }),
        ({ neighbours }) => neighbours.length,
      ),
    );
  }

  /**
   * Asks first for as much of each as the budget has for all, so that no query does more; then for the few that are larger,
   * one by one while the budget lasts.
   */
  async #capped<T extends Found>(
    roots: readonly VertexId[],
    ask: (roots: readonly VertexId[], cap: number) => Promise<T[]>,
    sizeOf: (found: T) => number,
  ): Promise<T[]> {
    const take = (found: readonly T[]) =>
      this.#budget.takeRead(sum(found.map((one) => 1 + sizeOf(one))), sum(found.map(({ edges }) => edges.length)));
    this.#budget.check();
    const share = Math.floor(this.#budget.vertices / roots.length);
    const cap = Math.min(MAX_VERTICES, Math.max(LEAST_CAP, share));
    const found = await ask(roots, cap);
    take(found);
    for (const [index, root] of roots.entries()) {
      if (cap === MAX_VERTICES || !found[index]!.truncated || sizeOf(found[index]!) < cap) continue;
      const [whole] = await ask([root], MAX_VERTICES);
      take([whole!]);
      found[index] = whole!;
    }
    return found;
  }

  /** One loader for each kind of question; `key` says all that the question has beside the identity. */
  #load<T>(
    key: string,
    maxBatchSize: number,
    id: VertexId,
    ask: (ids: readonly VertexId[]) => Promise<T[]>,
  ): Promise<T> {
    let loader = this.#loaders.get(key);
    if (!loader) {
      const inTurn = (ids: readonly VertexId[]) =>
        this.#asking.add(() => {
          this.#budget.check();
          return ask(ids);
        });
      loader = new DataLoader<VertexId, unknown, string>(inTurn, { maxBatchSize, cacheKeyFn: idOfVertex });
      this.#loaders.set(key, loader);
    }
    return loader.load(id) as Promise<T>;
  }
}

function when(at: At): { at?: number } {
  return at === undefined ? {} : { at };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
