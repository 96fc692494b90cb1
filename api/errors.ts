/** A request that cannot be served; its message goes to the caller. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status. */
  readonly status: number;
  /** Seconds after which it may be tried again, where that is known; the answer's Retry-After. */
  readonly retryAfter: number | null;
  /** What the answer has beside the message. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    message: string,
    {
      retryAfter = null,
      fields = {},
      ...options
    }: ErrorOptions & { retryAfter?: number | null; fields?: Record<string, unknown> } = {},
  ) {
    super(message, options);
    this.status = status;
    this.retryAfter = retryAfter;
    this.fields = fields;
  }
}

/** 400: what the caller sent is wrong. */
export function badRequest(message: string, cause?: unknown): ApiError {
  return new ApiError(400, message, { cause });
}

/** What an unknown throw has to say. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
