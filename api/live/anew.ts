/**
 * Runs `work` one at a time, and once for all who ask while it runs: what each of them gets has begun after they asked, so that
 * it knows of everything that was so then.
 */
export function anew<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  return () =>
    (next ??= running.then(() => {
      next = undefined;
      const run = work();
      running = run.catch(() => {});
      return run;
    }));
}
