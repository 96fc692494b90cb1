import { type RegistryEvent, SyngraphError, type StreamState } from "@syngraph/sdk/client";
import { useCallback, useEffect, useReducer, useState } from "react";

import { client } from "../app/client.ts";
import { type Feed, NO_FEED, withEvent } from "./feed.ts";

/** How many of the latest events the page begins with. */
const FIRST = 50;

/** How the feed stands: as its stream does, or ended for good. */
export type FeedState = StreamState["name"] | "failed";

/** What the reader sees of the feed, and what waits meanwhile. */
interface Shown {
  feed: Feed;
  /** What has come while the reader wanted it to stand still; null while it runs. */
  held: RegistryEvent[] | null;
}

type Change = { event: RegistryEvent } | "pause" | "resume" | "begin";

function change({ feed, held }: Shown, what: Change): Shown {
  if (what === "begin") return { feed: NO_FEED, held: held && [] };
  if (what === "pause") return { feed, held: held ?? [] };
  if (what === "resume") return { feed: (held ?? []).reduce(withEvent, feed), held: null };
  return held === null ? { feed: withEvent(feed, what.event), held } : { feed, held: [...held, what.event] };
}

/**
 * The latest events of the registry, and what comes. While nobody looks at the tab there is no stream: it goes on where it was
 * when somebody does.
 */
export function useFeed() {
  const [{ feed, held }, dispatch] = useReducer(change, { feed: NO_FEED, held: null });
  const [state, setState] = useState<FeedState>("connecting");
  const [error, setError] = useState<unknown>(null);
  const [hasGap, setGap] = useState(false);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let cursor: number | undefined;
    let current: AbortController | undefined;

    async function listen(signal: AbortSignal) {
      const query = cursor === undefined ? { last: FIRST } : { cursor };
      if (cursor === undefined) dispatch("begin");
      const follow = {
        signal,
        onState: ({ name }: StreamState) => signal.aborted || setState(name),
        onCursor: (next: number) => (cursor = next),
      };
      for await (const event of client.events(query, follow)) {
        if (signal.aborted) return;
        dispatch({ event });
      }
    }

    async function run(signal: AbortSignal) {
      for (;;) {
        try {
          return await listen(signal);
        } catch (reason) {
          if (signal.aborted) return;
          // Too old a cursor, or of another journal: the only way on is to begin anew, and to say so.
          if (reason instanceof SyngraphError && reason.status === 410 && cursor !== undefined) {
            cursor = undefined;
            setGap(true);
            continue;
          }
          setState("failed");
          setError(reason);
          return;
        }
      }
    }

    function start() {
      current = new AbortController();
      setError(null);
      void run(current.signal);
    }

    function followTab() {
      if (document.hidden) {
        current?.abort();
        current = undefined;
      } else if (!current) start();
    }
    followTab();
    document.addEventListener("visibilitychange", followTab);
    return () => {
      current?.abort();
      document.removeEventListener("visibilitychange", followTab);
    };
  }, [attempt]);

  return {
    ...{ feed, state, error, hasGap },
    isPaused: held !== null,
    held: held?.length ?? 0,
    pause: useCallback(() => dispatch("pause"), []),
    resume: useCallback(() => dispatch("resume"), []),
    retry: useCallback(() => setAttempt((count) => count + 1), []),
  };
}
