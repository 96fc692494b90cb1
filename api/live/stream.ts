import { once } from "node:events";
import type { ServerResponse } from "node:http";

/** Most bytes that wait in memory for somebody who does not read. */
export const MOST_WAITING = 1024 * 1024;
/** How long somebody may read nothing at all, in milliseconds. */
const STALL = 30_000;
/** After how long a client asks again that has lost its stream, in milliseconds. */
const RETRY = 2_000;

/** A stream of server-sent events to one client. */
export class EventStream {
  readonly #response: ServerResponse;
  #ended = false;
  /** Whether something waited to be read at the last beat. */
  #stuck = false;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.writeHead(200, {
      "Content-Type": "text/event-stream; charset=utf-8",
      // Neither kept nor compressed nor gathered: each event is to arrive at once (nginx's buffering is ended by the last).
      "Cache-Control": "no-store, no-transform",
      "X-Accel-Buffering": "no",
    });
    response.once("close", () => {
      this.#ended = true;
    });
    response.write(`retry: ${RETRY}\n\n`);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Sends without waiting; ends the stream of a client that has not read what it was sent. */
  push(text: string): void {
    if (this.#ended) return;
    if (this.#response.writableLength + text.length > MOST_WAITING) this.#drop();
    else this.#response.write(text);
  }

  /** Sends, whatever its length, and waits until there is room for more. */
  async send(text: string): Promise<void> {
    if (this.#ended) return;
    this.#response.write(text);
    if (!this.#response.writableNeedDrain) return;
    const stalled = setTimeout(() => this.#drop(), STALL);
    const over = new AbortController();
    const [drained, closed] = ["drain", "close"].map((event) => once(this.#response, event, { signal: over.signal }));
    await Promise.race([drained, closed]).catch(() => {});
    clearTimeout(stalled);
    over.abort();
  }

  /** Shows that the stream lives; ends that of a client that has read nothing since the last time. */
  beat(text: string): void {
    if (this.#ended) return;
    const { writableNeedDrain } = this.#response;
    if (writableNeedDrain && this.#stuck) this.#drop();
    else this.push(text);
    this.#stuck = writableNeedDrain;
  }

  /** Ends it in order: the client comes back with its cursor. */
  end(): void {
    this.#ended = true;
    this.#response.end();
  }

  #drop(): void {
    this.#ended = true;
    this.#response.destroy();
  }
}
