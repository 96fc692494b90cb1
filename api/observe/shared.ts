/** Has one answer for all who ask while it is being found: what is asked without a limit must not cost without one. */
export function shared<T>(find: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= find().finally(() => {
      running = undefined;
    });
    return running;
  };
}
