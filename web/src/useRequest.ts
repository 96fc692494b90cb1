import { useCallback, useEffect, useState } from "react";

/** How a request stands. */
export type Request<T> =
  { state: "loading" } | { state: "done"; value: T } | { state: "failed"; error: unknown; retry: () => void };

/**
 * Asks once per `key`, gives up the question when the key changes or the component goes, and asks again on `retry`.
 *
 * @param key names the question: the same key must mean the same `ask`.
 */
export function useRequest<T>(key: string, ask: (signal: AbortSignal) => Promise<T>): Request<T> {
  const [attempt, setAttempt] = useState(0);
  const [answer, setAnswer] = useState<{ to: string } & ({ value: T } | { error: unknown })>();
  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  const question = `${attempt} ${key}`;

  useEffect(() => {
    const abort = new AbortController();
    ask(abort.signal).then(
      (value) => abort.signal.aborted || setAnswer({ to: question, value }),
      (error: unknown) => abort.signal.aborted || setAnswer({ to: question, error }),
    );
    return () => abort.abort();
    // `ask` is a new function in every render; the question names what it asks.
  }, [question]);

  if (answer?.to !== question) return { state: "loading" };
  return "error" in answer ? { state: "failed", error: answer.error, retry } : { state: "done", value: answer.value };
}
