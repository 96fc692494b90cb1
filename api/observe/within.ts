/** How long each part of the node may take to say how it is, in milliseconds. */
const DEADLINE = 3_000;

/** An answer that comes in time. @throws where none does. */
export async function within<T>(answer: Promise<T>): Promise<T> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(new Error("no answer in time")), DEADLINE);
  return Promise.race([answer, timeout.promise]).finally(() => clearTimeout(timer));
}
