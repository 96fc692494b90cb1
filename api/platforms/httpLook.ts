import type { Answer, Fetcher } from "./fetcher.ts";
import { CheckError, type HttpLookup, type Look } from "./types.ts";

export interface HttpLookOptions {
  fetcher: Fetcher;
  /** An origin to ask instead of the platform's. */
  upstream: string | undefined;
  token: string | undefined;
  /** Deadline of both requests together, in milliseconds. */
  timeout: number;
}

/** GETs a post and, where the platform shortened it, the rest of it. */
export function createHttpLook(lookup: HttpLookup, { fetcher, upstream, token, timeout }: HttpLookOptions): Look {
  const textOrigins = upstream === undefined ? lookup.textOrigins : [upstream];
  const headers = token ? { ...lookup.headers, Authorization: `Bearer ${token}` } : lookup.headers;

  async function readText(text: string | { url: string }, deadline: AbortSignal): Promise<string> {
    if (typeof text === "string") return text;
    const url = URL.parse(text.url);
    if (!url || !textOrigins.includes(url.origin)) {
      throw new CheckError("soft", `the rest of the post is at ${url?.host ?? "no URL"}, which is not the platform's`);
    }
    return accept(await fetcher(url, { deadline }), url);
  }

  return async (claim, location) => {
    const path = lookup.path.replace("{location}", encodeURIComponent(location));
    const url = new URL(path, upstream ?? lookup.origin);
    const deadline = AbortSignal.timeout(timeout);
    const answer = await fetcher(url, { headers, deadline });
    const post = lookup.extract(parseJson(accept(answer, url), url), claim);
    return { post, texts: () => Promise.all(post.texts.map((text) => readText(text, deadline))) };
  };
}

function accept({ status, headers, text }: Answer, url: URL): string {
  if (status === 200) return text();
  if (status === 404 || status === 410 || status === 451) {
    throw new CheckError("medium", `${url.host} has nothing public at ${url.pathname} (HTTP ${status})`);
  }
  const retryAfter = secondsToWait(headers);
  const wait = retryAfter === null ? "" : `; it may be asked again in ${retryAfter} s`;
  throw new CheckError("soft", `${url.host} does not answer now (HTTP ${status})${wait}`, { retryAfter });
}

function parseJson(text: string, url: URL): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CheckError("soft", `the answer of ${url.host} is not JSON`, { cause: error });
  }
}

/**
 * How long an upstream wants to be left alone: Retry-After (RFC 9110, section 10.2.3), else the `x-ratelimit-*` headers
 * that GitHub and others send.
 */
function secondsToWait(headers: Headers): number | null {
  const now = Date.now() / 1000;
  const retryAfter = headers.get("retry-after") ?? "";
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter);
  const date = Date.parse(retryAfter) / 1000;
  const reset = headers.get("x-ratelimit-remaining") === "0" ? Number(headers.get("x-ratelimit-reset")) : Number.NaN;
  const until = [date, reset].find((time) => time > now);
  return until === undefined ? null : Math.ceil(until - now);
}
