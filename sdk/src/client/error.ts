/**
 * What went wrong, for a program to act on: `network` the server could not be reached, `timeout` it did not answer in
 * time, `aborted` the caller's own signal, `not_found` 404, `rate_limited` 429, `refused` any other 4xx, `server` 5xx,
 * `bad_reply` an answer that is not what the API promises.
 */
export type SyngraphErrorCode =
  "network" | "timeout" | "aborted" | "not_found" | "rate_limited" | "refused" | "server" | "bad_reply";

/** The one error that {@link SyngraphClient} throws. `message` is the server's own where it gave one. */
export class SyngraphError extends Error {
  override readonly name = "SyngraphError";
  readonly code: SyngraphErrorCode;
  /** HTTP status; null where there was no reply. */
  readonly status: number | null;

  constructor(code: SyngraphErrorCode, status: number | null, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.status = status;
  }

  /** Whether the same request may succeed later without a change. */
  get retryable(): boolean {
    return ["network", "timeout", "rate_limited", "server"].includes(this.code);
  }
}

/** The code of a reply's status, which is none of 2xx. */
export function codeOfStatus(status: number): SyngraphErrorCode {
  if (status === 404) return "not_found";
  if (status === 429) return "rate_limited";
  if (status >= 500) return "server";
  return status >= 400 ? "refused" : "bad_reply";
}
