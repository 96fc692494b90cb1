import { SyngraphError } from "../errors.ts";
import type { CallOptions, Http } from "./http.ts";
import { pause } from "./pause.ts";
import { ShapeError } from "./reader.ts";
import { type RegistryEvent, registryEvent } from "./wire.ts";

/** What `GET /v1/events` is asked for. */
export interface EventsQuery {
  /** The `id` of the last event that one has: what comes behind it is told. */
  cursor?: number;
  /** Without a cursor: what comes from `now` on, which is the default, or all that is kept. */
  from?: "now" | "start";
  /** Without a cursor: so many of the latest events first. */
  last?: number;
  types?: readonly RegistryEvent["type"][];
  /** A public key in any form, or its address. */
  avatar?: string;
  /** Both or neither; the identity whole. */
  platform?: string;
  identity?: string;
}

/** How a stream stands: `waiting` to be asked for again, for so many milliseconds, after it broke off. */
export type StreamState =
  { name: "connecting" } | { name: "open" } | { name: "waiting"; milliseconds: number; error: SyngraphError | null };

/** What {@link eventsOf} takes beside its query. */
export interface EventsOptions extends CallOptions {
  /** Told whenever the stream stands otherwise. */
  onState?: (state: StreamState) => void;
  /** Told of each new cursor, also of those behind events that were not asked for. */
  onCursor?: (cursor: number) => void;
}

/** How long nothing may come until the stream is taken for dead, in milliseconds: the server is heard every 15 s. */
const SILENCE = 45_000;
/** Pauses before asking again, in milliseconds: what the server says at first, and longer each time nothing came. */
const RETRY = 2_000;
const SHORTEST_RETRY = 100;
const LONGEST_RETRY = 60_000;

/**
 * Events as they come, without end. Where the stream breaks off it is asked for again with the last cursor, so that none is
 * missed and none comes twice.
 *
 * @throws {SyngraphError} where asking again is of no use: `refused` with status 410 means that the cursor is too old.
 */
export async function* eventsOf(
  http: Http,
  { cursor, from, last: latest, types, ...rest }: EventsQuery,
  { onState, onCursor, ...options }: EventsOptions,
): AsyncGenerator<RegistryEvent, void> {
  let last = cursor;
  let retry = RETRY;
  let failures = 0;
  for (;;) {
    let error: SyngraphError | null = null;
    let isOpen = false;
    onState?.({ name: "connecting" });
    try {
      const begin = last === undefined ? { from, last: latest } : { cursor: last };
      const query = { ...rest, types: types?.join(), ...begin };
      for await (const message of http.stream({ path: "v1/events", query, ...options }, SILENCE)) {
        failures = 0;
        if (!isOpen) onState?.({ name: "open" });
        isOpen = true;
        if (message.retry !== undefined) retry = Math.max(message.retry, SHORTEST_RETRY);
        // Also a message without data moves the cursor.
        if (message.data !== undefined) yield readEvent(message.data);
        if (message.id === undefined) continue;
        last = Number(message.id);
        onCursor?.(last);
      }
    } catch (cause) {
      if (!(cause instanceof SyngraphError) || !cause.retryable) throw cause;
      error = cause;
    }
    // Not all at once, who lost their streams at once.
    const spread = 0.5 + Math.random() / 2;
    const milliseconds = spread * Math.min(retry * 2 ** failures, LONGEST_RETRY);
    onState?.({ name: "waiting", milliseconds, error });
    await pause(milliseconds, options.signal);
    failures += 1;
  }
}

function readEvent(data: string): RegistryEvent {
  try {
    return registryEvent(JSON.parse(data), "event");
  } catch (cause) {
    const what = cause instanceof ShapeError ? cause.message : "it is no JSON";
    throw new SyngraphError("bad_reply", 200, `an event is not what the API promises: ${what}`, { cause });
  }
}
