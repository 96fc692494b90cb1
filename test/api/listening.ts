import { messagesOf } from "../../sdk/src/client/messages.ts";
import { type JournalEvent, eventShape } from "../../api/live/events.ts";
import type { ApiOrigin } from "../helpers/openApi.ts";

/** A client of GET /v1/events that looks at every byte. */
export class Ear {
  readonly response: Response;
  /** All that came, as it came. */
  text = "";
  readonly #messages: ReturnType<typeof messagesOf>;
  readonly #hangUp: AbortController;
  /** The id of the last message. */
  cursor = 0;

  private constructor(response: Response, hangUp: AbortController) {
    this.response = response;
    this.#hangUp = hangUp;
    const decoder = new TextDecoder();
    const hear = (chunk: Uint8Array) => {
      this.text += decoder.decode(chunk, { stream: true });
      return chunk;
    };
    this.#messages = messagesOf(
      (async function* () {
        for await (const chunk of response.body!) yield hear(chunk);
      })(),
    );
  }

  static async open({ apiUrl }: ApiOrigin, query = "", headers: Record<string, string> = {}): Promise<Ear> {
    const hangUp = new AbortController();
    const response = await fetch(`${apiUrl}/v1/events${query}`, { headers, signal: hangUp.signal });
    return new Ear(response, hangUp);
  }

  /** The next event; undefined where the stream ends. Each must be what the API promises, under its own id. */
  async next(): Promise<JournalEvent | undefined> {
    for (;;) {
      const { done, value } = await this.#messages.next();
      if (done) return undefined;
      if (value.id !== undefined) {
        if (Number(value.id) < this.cursor) throw new Error(`cursor ${value.id} comes behind ${this.cursor}`);
        this.cursor = Number(value.id);
      }
      if (value.data === undefined) continue;
      const event = eventShape.parse(JSON.parse(value.data));
      if (String(event.id) !== value.id) throw new Error(`event ${event.id} is told under the id ${value.id}`);
      return event;
    }
  }

  /** So many more. */
  async take(count: number): Promise<JournalEvent[]> {
    const events: JournalEvent[] = [];
    while (events.length < count) {
      const event = await this.next();
      if (event === undefined) throw new Error(`the stream ended after ${events.length} events of ${count}`);
      events.push(event);
    }
    return events;
  }

  hangUp(): void {
    this.#hangUp.abort();
  }
}

/** What events are about, in short. */
export function inShort(event: JournalEvent): string {
  if (event.type === "link") return `link ${event.action} ${event.identity}`;
  if (event.type === "reorg") return `reorg ${event.identity} ${event.status}`;
  return `binding ${event.identity} ${event.status} ${event.is_valid} ${event.cause}`;
}
