import { setTimeout as sleep } from "node:timers/promises";

import PQueue from "p-queue";
import { Client, type Pool } from "pg";
import type { Logger } from "pino";

import { ApiError, messageOf } from "../errors.ts";
import { anew } from "./anew.ts";
import { EVENT_COLUMNS, type EventFilter, type EventRow, cursorFrame, frame, matches } from "./events.ts";
import { JOURNAL_CHANNEL, type Journal } from "./journal.ts";
import type { EventStream } from "./stream.ts";

/** The channel on which Ponder tells of each block that it has taken in, also of those of a reorg. */
const INDEX_CHANNEL = "indexer_live_query";

/** How long nothing need be heard until it is looked all the same, in milliseconds: while somebody listens, and else. */
const LOOK = 1_000;
const LOOK_ALONE = 5_000;
/** While the journal waits for the index. */
const LOOK_AGAIN = 100;
const AFTER_FAILURE = 500;
/** How often a stream shows that it lives, in milliseconds: proxies end what is silent for a minute. */
const BEAT = 15_000;
const COMPACT = 3_600_000;
/** Events that are read at once. Where more are new, each reads on at its own pace. */
const PAGE = 500;
/** What one listener is sent at once while it reads on: little, since each of thousands may be slow. Events, and characters. */
const PIECE = 200;
const PIECE_SIZE = 128 * 1024;
/** Latest events that a process remembers: who was away for a moment costs no query. */
const REMEMBERED = 2_000;
/** Queries at once on behalf of those who read on. */
const AT_ONCE = 2;
/** How long what is under way is waited for at the end, in milliseconds. */
const STOP_WAIT = 1_000;

export interface FeedOptions {
  databaseUrl: string;
  db: Pool;
  journal: Journal;
  log: Logger;
}

interface Listener {
  filter: EventFilter;
  stream: EventStream;
  /** The last event that it knows. */
  after: number;
}

/** An event with its text, which is made once for all listeners. */
interface Told {
  row: EventRow;
  text: string;
}

function textFor(filter: EventFilter, told: readonly Told[]): string {
  return told
    .filter(({ row }) => matches(filter, row))
    .map(({ text }) => text)
    .join("");
}

/** Where somebody goes on. */
export type Cursor = { after: number } | { last: number } | "start" | "now";

/**
 * Tells listeners what is new in the journal, with one query for all of them; and has the journal written when the index moves.
 * Who begins further back reads up to where the process is, and is told of the rest with the others: in the order of the
 * journal, whatever the process.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #read: () => Promise<void>;
  readonly #reading = new PQueue({ concurrency: AT_ONCE });
  readonly #streams = new Set<EventStream>();
  readonly #live = new Set<Listener>();
  readonly #stop = new AbortController();
  /** The last event that live listeners were told of. */
  #head = 0;
  /** All events behind this one, up to the head, are remembered. */
  #rememberedSince = 0;
  #remembered: Told[] = [];
  #wake = Promise.withResolvers<void>();
  /** Whether the journal may lack something. */
  #moved = true;
  #running: Promise<void> = Promise.resolve();
  #beats: NodeJS.Timeout | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#read = anew(() => this.#readNew());
  }

  /** How many listen. */
  get listeners(): number {
    return this.#streams.size;
  }

  start(): void {
    this.#running = this.#run();
    this.#beats = setInterval(() => this.#beat(), BEAT);
  }

  /** Ends all streams: their clients go on with another process. */
  async stop(): Promise<void> {
    this.#stop.abort();
    clearInterval(this.#beats);
    this.#wake.resolve();
    for (const stream of this.#streams) stream.end();
    await Promise.race([this.#running, sleep(STOP_WAIT, undefined, { ref: false })]);
  }

  /** To be called when there may be something new that the index does not tell of. */
  look(): void {
    this.#moved = true;
    this.#wake.resolve();
  }

  /**
   * Where a cursor stands in the journal.
   *
   * @throws {ApiError} 410 where it is of no use any more.
   */
  async place(cursor: Cursor): Promise<number> {
    if (cursor === "now") {
      // What can be read already is not told as news.
      await this.#options.journal.advance();
      await this.#read();
      return this.#head;
    }
    const { last, compacted } = await this.#options.journal.ends();
    if (cursor === "start") return compacted;
    if ("last" in cursor) {
      const { rows } = await this.#options.db.query<{ id: number }>(
        "SELECT id FROM api.journal ORDER BY id DESC OFFSET $1 LIMIT 1",
        [cursor.last],
      );
      return Math.max(compacted, rows[0]?.id ?? 0);
    }
    const { after } = cursor;
    if (after > last) {
      throw new ApiError(410, `cursor ${after} is of another journal: the last event here is ${last}`);
    }
    if (after < compacted) {
      throw new ApiError(
        410,
        `events up to ${compacted} are not kept any more, cursor ${after} is older: read what stands, and go on from now`,
      );
    }
    return after;
  }

  /** Tells a stream of what comes behind a cursor, until it ends. */
  async follow(after: number, filter: EventFilter, stream: EventStream): Promise<void> {
    this.#streams.add(stream);
    try {
      if (this.#stop.signal.aborted) stream.end();
      stream.push(cursorFrame(after));
      await this.#catchUp({ after, filter, stream });
    } catch (error) {
      this.#options.log.warn({ error: messageOf(error) }, "a stream of events ends");
      stream.end();
    }
    if (stream.ended) this.left(stream);
  }

  /** Forgets a stream that has ended. */
  left(stream: EventStream): void {
    this.#streams.delete(stream);
    for (const listener of this.#live) if (listener.stream === stream) this.#live.delete(listener);
  }

  /** Reads on to where the process is, and from there with all others. */
  async #catchUp(listener: Listener): Promise<void> {
    const { filter, stream } = listener;
    if (listener.after > this.#head) await this.#read();
    while (!stream.ended) {
      const head = this.#head;
      if (listener.after >= this.#rememberedSince) {
        const { told, isAll } = this.#rememberedBehind(listener.after);
        if (isAll) {
          // No other turn comes between this and being one of them.
          this.#push(listener, told);
          this.#live.add(listener);
          return;
        }
        listener.after = told.at(-1)!.row.id;
        await stream.send(textFor(filter, told) || cursorFrame(listener.after));
        continue;
      }
      const { text, last } = await this.#reading.add(() => this.#piece(listener.after, head, filter));
      listener.after = last;
      // Where nothing was for this listener, the cursor moves all the same.
      await stream.send(text || cursorFrame(last));
    }
  }

  #push({ filter, stream, after }: Listener, told: readonly Told[]): void {
    const text = textFor(
      filter,
      told.filter(({ row }) => row.id > after),
    );
    if (text !== "") stream.push(text);
  }

  /** What is remembered behind an event, as far as it is sent at once. */
  #rememberedBehind(after: number): { told: Told[]; isAll: boolean } {
    const rest = this.#remembered.filter(({ row }) => row.id > after);
    let [count, size] = [0, 0];
    while (count < rest.length && size < PIECE_SIZE) size += rest[count++]!.text.length;
    return { told: rest.slice(0, count), isAll: count === rest.length };
  }

  /** The text of the next events for a listener, and how far it goes: what waits for a slow reader is no more than that. */
  async #piece(
    after: number,
    head: number,
    { types, avatar, platform, identities }: EventFilter,
  ): Promise<{ text: string; last: number }> {
    const { rows } = await this.#options.db.query<EventRow>(
      `SELECT ${EVENT_COLUMNS} FROM api.journal
       WHERE id > $1 AND id <= $2 AND type = ANY($3)
         ${avatar === undefined ? "AND $4::text IS NULL" : "AND avatar = $4"}
         ${identities === undefined ? "AND $5::text IS NULL AND $6::text[] IS NULL" : "AND platform = $5 AND identity = ANY($6)"}
       ORDER BY id LIMIT ${PIECE}`,
      [after, head, [...types], avatar ?? null, platform ?? null, identities ?? null],
    );
    return { text: rows.map(frame).join(""), last: rows.length < PIECE ? head : rows.at(-1)!.id };
  }

  /** Tells live listeners what is new. */
  async #readNew(): Promise<void> {
    if (this.#live.size === 0) {
      // Nobody waits for it: what is asked for later is read then.
      const { last } = await this.#options.journal.ends();
      // Who began to listen meanwhile is told of all.
      if (this.#live.size === 0 && last - this.#head > PAGE) this.#skipTo(last);
    }
    const { rows } = await this.#options.db.query<EventRow>(
      `SELECT ${EVENT_COLUMNS} FROM api.journal WHERE id > $1 ORDER BY id LIMIT ${PAGE}`,
      [this.#head],
    );
    if (rows.length === PAGE) {
      const { last } = await this.#options.journal.ends();
      const [listeners, from] = [[...this.#live], this.#head];
      this.#live.clear();
      this.#skipTo(last);
      for (const { filter, stream } of listeners) void this.follow(from, filter, stream);
      return;
    }
    if (rows.length === 0) return;
    const told = rows.map((row) => ({ row, text: frame(row) }));
    this.#head = rows.at(-1)!.id;
    this.#remember(told);
    for (const listener of this.#live) this.#push(listener, told);
  }

  #skipTo(last: number): void {
    this.#head = last;
    this.#rememberedSince = last;
    this.#remembered = [];
  }

  #remember(told: readonly Told[]): void {
    this.#remembered.push(...told);
    if (this.#remembered.length <= REMEMBERED) return;
    // By halves, so that not every event moves all.
    const forgotten = this.#remembered.splice(0, this.#remembered.length - REMEMBERED / 2);
    this.#rememberedSince = forgotten.at(-1)!.row.id;
  }

  #beat(): void {
    for (const { stream } of this.#live) stream.beat(cursorFrame(this.#head));
  }

  async #run(): Promise<void> {
    const { databaseUrl, log } = this.#options;
    let trouble = "";
    while (!this.#stop.signal.aborted) {
      const client = new Client({ connectionString: databaseUrl, application_name: "syngraph-live" });
      client.on("error", () => {});
      try {
        await client.connect();
        await this.#hear(client, () => {
          trouble = "";
        });
      } catch (error) {
        if (messageOf(error) !== trouble) log.warn({ error: messageOf(error) }, "events cannot be read just now");
        trouble = messageOf(error);
      } finally {
        await client.end().catch(() => {});
      }
      await this.#pause(AFTER_FAILURE);
    }
  }

  /** Keeps the journal up to date, and tells of it, while the connection lives. */
  async #hear(client: Client, goesWell: () => void): Promise<void> {
    const { journal } = this.#options;
    const connection = new AbortController();
    this.#moved = true;
    client.on("end", () => {
      connection.abort();
      this.#wake.resolve();
    });
    client.on("notification", ({ channel }) => {
      if (channel === INDEX_CHANNEL) this.#moved = true;
      this.#wake.resolve();
    });
    await client.query(`LISTEN ${INDEX_CHANNEL}; LISTEN ${JOURNAL_CHANNEL}`);
    let [waits, lookedAt, compactedAt] = [false, 0, Date.now()];
    while (!connection.signal.aborted && !this.#stop.signal.aborted) {
      this.#wake = Promise.withResolvers();
      const pause = waits ? LOOK_AGAIN : this.#streams.size > 0 ? LOOK : LOOK_ALONE;
      if (this.#moved || Date.now() - lookedAt >= pause) {
        this.#moved = false;
        lookedAt = Date.now();
        waits = await journal.advance();
      }
      await this.#read();
      if (Date.now() - compactedAt >= COMPACT) {
        compactedAt = Date.now();
        await journal.compact();
      }
      goesWell();
      if (!this.#moved) await this.#pause(pause);
    }
  }

  /** Waits so many milliseconds, or until something is heard. */
  async #pause(milliseconds: number): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const { promise, resolve } = this.#wake;
    const timer = setTimeout(resolve, milliseconds);
    await promise;
    clearTimeout(timer);
  }
}
