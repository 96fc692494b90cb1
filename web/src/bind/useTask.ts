import { useCallback, useEffect, useRef, useState } from "react";

/** Something that the reader started, and what came of it. */
export interface Task {
  busy: boolean;
  /** What it failed with; null where it did not, or is under way again. */
  error: unknown;
  /** Starts it, unless it runs already. Its failure is kept in {@link Task.error}. */
  run(work: (signal: AbortSignal) => Promise<void> | void): Promise<void>;
  /** Forgets the failure. */
  clear(): void;
}

/** One task of a component at a time; given up when the component goes. */
export function useTask(): Task {
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null });
  const running = useRef<AbortController>(null);
  useEffect(
    () => () => {
      running.current?.abort();
      // A component that React mounts twice in development may start again.
      running.current = null;
    },
    [],
  );

  const run = useCallback(async (work: (signal: AbortSignal) => Promise<void> | void) => {
    if (running.current) return;
    const abort = new AbortController();
    running.current = abort;
    setState({ busy: true, error: null });
    let error: unknown = null;
    try {
      await work(abort.signal);
    } catch (reason) {
      error = reason;
    }
    if (running.current !== abort) return;
    running.current = null;
    setState({ busy: false, error });
  }, []);

  const clear = useCallback(() => setState((before) => ({ ...before, error: null })), []);
  return { ...state, run, clear };
}
