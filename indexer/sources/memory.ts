import schema from "ponder:schema";

import type { Context } from "./source.ts";

/** What a source has to remember between events, by keys of its own: rows of the table `source_state`. */
export class Memory<Value extends object> {
  readonly #prefix: string;
  readonly #empty: Value;

  /** @param empty what is remembered where nothing was yet. */
  constructor(prefix: string, empty: Value) {
    this.#prefix = prefix;
    this.#empty = empty;
  }

  async get({ chain, db }: Context, key: string): Promise<Value> {
    const row = await db.find(schema.sourceState, { chainId: chain.id, key: `${this.#prefix}:${key}` });
    return row ? (row.value as Value) : this.#empty;
  }

  async set({ chain, db }: Context, key: string, value: Value): Promise<void> {
    await db
      .insert(schema.sourceState)
      .values({ chainId: chain.id, key: `${this.#prefix}:${key}`, value })
      .onConflictDoUpdate({ value });
  }
}
