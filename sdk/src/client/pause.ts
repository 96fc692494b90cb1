import { SyngraphError } from "../errors.ts";

/** Waits, unless it is given up. @throws {SyngraphError} `aborted`. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  const stop = () => resolve();
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) resolve();
  await promise;
  signal?.removeEventListener("abort", stop);
  clearTimeout(timer);
  if (signal?.aborted) throw new SyngraphError("aborted", null, "the request was given up");
}
