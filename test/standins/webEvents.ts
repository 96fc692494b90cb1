import type { LinkEvent, RegistryEvent, ReorgEvent } from "@syngraph/sdk/client";
import { type Response, Router } from "express";

const TIME = 1_779_990_000;

/** A link of an account, as `GET /v1/events` tells it. */
export function linkEvent(id: number, rest: Partial<LinkEvent> = {}): LinkEvent {
  return {
    ...{
      type: "link",
      id,
      chain_id: 31337,
      avatar: `0x02${"a".repeat(64)}`,
      platform: "github",
      identity: `user-${id}`,
    },
    ...{ link_id: `0x${String(id).padStart(64, "0")}`, action: "create", sequence: 1, status: "claimed" },
    ...{ uuid: "353449e6-3a6f-4ac8-ae65-ba14bf466baf", created_at: String(TIME), block: id, block_time: String(TIME) },
    ...{ tx_hash: `0x${String(id).padStart(64, "1")}` },
    ...rest,
  } as LinkEvent;
}

/** A reorg that takes events back. */
export function reorgEvent(id: number, removed: number[], rest: Partial<ReorgEvent> = {}): ReorgEvent {
  const { chain_id, avatar, platform } = linkEvent(id);
  return {
    ...{ type: "reorg", id, chain_id, avatar, platform, identity: `user-${removed[0]}` },
    ...{ removed, moved: [], status: "none", is_valid: false, ...rest },
  };
}

/** `GET /v1/events` over a journal that a test writes. */
export class WebEvents {
  readonly router = Router();
  /** The queries that streams were asked for with, in order. */
  readonly asked: Record<string, string>[] = [];
  /** Where set, the status that is answered with instead of a stream. */
  refuse: number | undefined;
  readonly #journal: RegistryEvent[] = [];
  readonly #streams = new Set<Response>();

  constructor() {
    this.router.get("/events", (request, response) => {
      const query = request.query as Record<string, string>;
      this.asked.push(query);
      if (this.refuse !== undefined) {
        response.set("Cache-Control", "no-store").status(this.refuse).json({ message: "not now" });
        return;
      }
      response.set("content-type", "text/event-stream");
      response.write("retry: 100\n\n");
      const last = Number(query["last"] ?? 0);
      const cursor = Number(query["cursor"] ?? this.#journal.at(-1 - last)?.id ?? 0);
      response.write(`:\nid: ${cursor}\n\n`);
      for (const event of this.#journal) if (event.id > cursor) response.write(frame(event));
      this.#streams.add(response);
      response.on("close", () => this.#streams.delete(response));
    });
  }

  tell(...events: RegistryEvent[]): void {
    this.#journal.push(...events);
    for (const stream of this.#streams) for (const event of events) stream.write(frame(event));
  }

  /** Breaks all streams off. */
  hangUp(): void {
    for (const stream of this.#streams) stream.destroy();
  }
}

function frame(event: RegistryEvent): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
