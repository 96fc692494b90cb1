import { safeFetchWrap } from "@atproto-labs/fetch-node";

import { CheckError } from "./types.ts";

/** Largest answer that is read, in bytes after decompression. */
export const MAX_ANSWER_BYTES = 512 * 1024;

/** An answer of any status but a redirect, read to its end. */
export interface Answer {
  status: number;
  headers: Headers;
  text(): string;
}

export interface FetchOptions {
  headers?: Readonly<Record<string, string>>;
  /** Ends several requests of one look together. */
  deadline?: AbortSignal;
  /** JSON to POST. */
  body?: string | undefined;
}

/** GETs one URL, or POSTs to it. @throws {CheckError} where there is no whole answer. */
export type Fetcher = (url: URL, options?: FetchOptions) => Promise<Answer>;

export interface FetcherOptions {
  /** Origins that the operator set: they alone may be private, plain http, or on a port. */
  trustedOrigins: readonly string[];
  /** Deadline for the whole answer, in milliseconds. */
  timeout: number;
  /** Largest answer that is read, in bytes after decompression: {@link MAX_ANSWER_BYTES} unless told. */
  maxBytes?: number;
}

/**
 * The only code that asks the web. Everywhere but at the operator's own origins it speaks https on the standard port
 * with public addresses, which are checked when a connection is made, so that a name cannot resolve to another address
 * afterwards. No redirect is followed and no cookie kept.
 */
export function createFetcher({ trustedOrigins, timeout, maxBytes = MAX_ANSWER_BYTES }: FetcherOptions): Fetcher {
  const limits = { timeout, responseMaxSize: maxBytes };
  const guarded = safeFetchWrap(limits);
  const unguarded = safeFetchWrap({ ...limits, ssrfProtection: false });

  return async (url, { headers, body: json, deadline = AbortSignal.timeout(timeout) } = {}) => {
    const get = trustedOrigins.includes(url.origin) ? unguarded : guarded;
    try {
      const response = await get(url, {
        ...(json === undefined ? {} : { method: "POST", body: json }),
        headers: {
          "User-Agent": "syngraph",
          ...(json === undefined ? {} : { "Content-Type": "application/json" }),
          ...headers,
        },
        redirect: "manual",
        credentials: "omit",
        signal: deadline,
      });
      if (response.status >= 300 && response.status < 400) {
        await response.body?.cancel();
        throw new CheckError("soft", `${url.host} answered with a redirect, which is not followed`);
      }
      const body = await response.text();
      return { status: response.status, headers: response.headers, text: () => body };
    } catch (error) {
      throw asCheckError(error, url, { timeout, maxBytes });
    }
  };
}

function asCheckError(
  error: unknown,
  url: URL,
  { timeout, maxBytes }: { timeout: number; maxBytes: number },
): CheckError {
  if (error instanceof CheckError) return error;
  const causes = causesOf(error);
  if (causes.some(({ message }) => message === "Response too large")) {
    // Asking again would not help, so this is no failure of the upstream.
    return new CheckError("medium", `the answer of ${url.host} is larger than ${maxBytes} bytes`, {
      cause: error,
    });
  }
  const reason = causes.some(({ name }) => name === "AbortError" || name === "TimeoutError")
    ? `gave no whole answer within ${timeout / 1000} s`
    : `could not be asked: ${causes.at(-1)?.message || "the connection failed"}`;
  return new CheckError("soft", `${url.host} ${reason}`, { cause: error });
}

function causesOf(error: unknown): Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}
