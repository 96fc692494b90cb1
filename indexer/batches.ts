/** What is used of an event: its name, as handlers are registered for it, and its values. */
export interface AnnouncedEvent {
  eventCallback: { name: string };
  event: { args?: unknown };
}

/** Hears of events some time before their handlers do. */
type Listener = (events: readonly AnnouncedEvent[]) => void;

/** Ponder loads the handlers, and what they import, by a loader of its own: the two would not see one another otherwise. */
const LISTENERS = Symbol.for("syngraph.batches");
const shared = globalThis as { [LISTENERS]?: Listener[] };

/** Has a listener told of each batch of events that Ponder is about to index. */
export function beforeBatches(listener: Listener): void {
  (shared[LISTENERS] ??= []).push(listener);
}

/** Tells the listeners of a batch. */
export function tellBatch(events: readonly AnnouncedEvent[]): void {
  for (const listener of shared[LISTENERS] ?? []) listener(events);
}
