/** One call in a batch, and who waits for it. */
interface Waiting {
  call: { id: unknown; method: string; params: readonly unknown[] };
  give(answer: Answer | undefined): void;
}

/** What a node says: anything. */
export type Answer = { id?: unknown; result?: unknown } | null;

/** Milliseconds that Ponder itself waits for an answer. */
const PATIENCE = 10_000;

/**
 * Asks a node for many blocks in one request. History in small blocks is one call a block, and most of what that costs is
 * the request around it.
 */
export class BlockBatches {
  readonly #url: string;
  readonly #most: number;
  readonly #fetch: typeof fetch;
  #waiting: Waiting[] = [];

  constructor(url: string, most: number, ask: typeof fetch) {
    this.#url = url;
    this.#most = most;
    this.#fetch = ask;
  }

  /**
   * Asks together with what else is asked in the same turn of the event loop.
   *
   * @param body of a call by itself, as Ponder has it.
   * @returns the answer, as to a call by itself; `undefined` where it has to be asked by itself: nobody else asked, it is no
   *   call for a block of history, or the node did not answer it in a batch.
   */
  async ask(body: string, signal: AbortSignal): Promise<Answer | undefined> {
    const call = JSON.parse(body) as Waiting["call"];
    // What comes next is asked by name; of that, and of a block by its hash, one at a time is wanted, and at once.
    if (call.method !== "eth_getBlockByNumber" || !String(call.params[0]).startsWith("0x")) return undefined;
    return await new Promise((give, refuse) => {
      signal.addEventListener("abort", () => refuse(signal.reason as Error), { once: true });
      if (this.#waiting.push({ call, give }) === 1) setImmediate(() => this.#send());
      else if (this.#waiting.length === this.#most) this.#send();
    });
  }

  #send(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length === 1) waiting[0]!.give(undefined);
    else if (waiting.length > 1) void this.#answer(waiting);
  }

  async #answer(waiting: readonly Waiting[]): Promise<void> {
    // Whatever goes wrong, each is asked by itself: what Ponder then hears of it, it knows how to take.
    const answers = await this.#askAll(waiting).catch(() => []);
    const byId = new Map(answers.map((answer) => [answer?.id, answer]));
    for (const [index, { call, give }] of waiting.entries()) {
      const answer = byId.get(index);
      give(answer?.result ? { ...answer, id: call.id } : undefined);
    }
  }

  async #askAll(waiting: readonly Waiting[]): Promise<Answer[]> {
    // Ponder counts its calls for each connection anew, and here several meet.
    const calls = waiting.map(({ call }, id) => ({ ...call, id }));
    const response = await this.#fetch(this.#url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(calls),
      signal: AbortSignal.timeout(PATIENCE),
    });
    const answers: unknown = response.ok ? await response.json() : [];
    return Array.isArray(answers) ? answers : [];
  }
}
