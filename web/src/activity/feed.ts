import type { RegistryEvent } from "@syngraph/sdk/client";

/** So many events are kept: the page is no archive. */
const MOST_KEPT = 200;

/** Events as they are shown. */
export interface Feed {
  /** The latest first. */
  events: readonly RegistryEvent[];
  /** Ids of those that a reorg took back. */
  takenBack: ReadonlySet<number>;
  /** Where those are now that a reorg has put into other blocks. */
  moved: ReadonlyMap<number, number>;
}

export const NO_FEED: Feed = { events: [], takenBack: new Set(), moved: new Map() };

/** The feed with one more event. A reorg marks what it takes back, and takes nothing away: the reader has seen it. */
export function withEvent({ events, takenBack, moved }: Feed, event: RegistryEvent): Feed {
  const kept = [event, ...events.filter(({ id }) => id !== event.id)].slice(0, MOST_KEPT);
  if (event.type !== "reorg") return { events: kept, takenBack, moved };
  const ids = new Set(kept.map(({ id }) => id));
  return {
    events: kept,
    takenBack: new Set([...takenBack, ...event.removed].filter((id) => ids.has(id))),
    moved: new Map(
      [...moved, ...event.moved.map(({ id, block }) => [id, block] as const)].filter(([id]) => ids.has(id)),
    ),
  };
}
