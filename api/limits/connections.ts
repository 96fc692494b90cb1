import { ApiError } from "../errors.ts";

export interface ConnectionLimits {
  /** At once, of one client and of all. */
  perClient: number;
  total: number;
}

/** After how long who has too many may ask again, in seconds: by then a stream of theirs that is dead was noticed. */
const RETRY_AFTER = 30;

/** Counts what stays open, for this process: unlike requests it ends with it. */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #byClient = new Map<string, number>();
  #all = 0;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /**
   * Counts one more.
   *
   * @returns what counts it off again.
   * @throws {ApiError} 429 where that client has too many, 503 where all have.
   */
  open(client: string): () => void {
    const { perClient, total } = this.#limits;
    const own = this.#byClient.get(client) ?? 0;
    if (own >= perClient) {
      throw new ApiError(429, `your address has ${own} streams open, which is the most`, { retryAfter: RETRY_AFTER });
    }
    if (this.#all >= total) {
      throw new ApiError(503, `this node has ${total} streams open, which is the most`, { retryAfter: RETRY_AFTER });
    }
    this.#byClient.set(client, own + 1);
    this.#all += 1;
    let counted = true;
    return () => {
      if (!counted) return;
      counted = false;
      this.#all -= 1;
      const left = this.#byClient.get(client)! - 1;
      if (left > 0) this.#byClient.set(client, left);
      else this.#byClient.delete(client);
    };
  }
}
