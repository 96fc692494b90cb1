/**
 * Has one answer for all who ask while it is being found: what is asked without a limit must not cost without one.
 *
 * @param keep for how long it also answers who asks later, in milliseconds; a failure is not kept.
 */
export function shared<T>(find: () => Promise<T>, keep = 0): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= find().then(
      (answer) => {
        if (keep === 0) running = undefined;
        else setTimeout(() => (running = undefined), keep).unref();
        return answer;
      },
      (error: unknown) => {
        running = undefined;
        throw error;
      },
    );
    return running;
  };
}
