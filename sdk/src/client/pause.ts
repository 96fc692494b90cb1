import { SyngraphError } from "../errors.ts";

/** What comes of some work, unless it is given up. @throws {SyngraphError} `aborted`. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(new SyngraphError("aborted", null, "the request was given up"));
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

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
