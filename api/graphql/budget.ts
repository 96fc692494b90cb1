import { tooMuch } from "./errors.ts";

/** What one request may cost, whatever its document looks like. */
export interface RequestLimits {
  /** Of the graph, read for it. */
  vertices: number;
  edges: number;
  /** In the answer. */
  fields: number;
  milliseconds: number;
}

export const REQUEST_LIMITS: RequestLimits = { vertices: 5_000, edges: 20_000, fields: 200_000, milliseconds: 10_000 };

/** What is left of a request's share. */
export class Budget {
  readonly #limits: RequestLimits;
  readonly #left: RequestLimits;
  #ended: Error | null = null;

  constructor(limits: RequestLimits) {
    this.#limits = limits;
    this.#left = { ...limits };
  }

  /** How many vertices may still be read. */
  get vertices(): number {
    return this.#left.vertices;
  }

  /** How many vertices were read. */
  get spent(): number {
    return this.#limits.vertices - this.#left.vertices;
  }

  /** Takes what was read of the graph, also for nobody any more. @throws where that was too much. */
  takeRead(vertices: number, edges = 0): void {
    this.#left.vertices -= vertices;
    this.#left.edges -= edges;
    this.check();
    for (const what of ["vertices", "edges"] as const) {
      if (this.#left[what] < 0)
        this.#end(`the query needs more than ${this.#limits[what]} ${what} of the graph: ask for fewer at once`);
    }
    this.check();
  }

  /** Takes what is about to be answered. @throws where that is too much. */
  takeFields(fields: number): void {
    this.check();
    this.#left.fields -= fields;
    if (this.#left.fields < 0)
      this.#end(`the answer would have more than ${this.#limits.fields} fields: ask for fewer at once`);
    this.check();
  }

  /** @throws once the request has ended. */
  check(): void {
    if (this.#ended) throw this.#ended;
  }

  /** Lets nothing more be read: the time is over, or nobody waits any more. */
  end(message: string): void {
    this.#end(message);
  }

  #end(message: string): void {
    this.#ended ??= tooMuch(message);
  }
}
