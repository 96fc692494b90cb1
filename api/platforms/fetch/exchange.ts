import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

import { type Dispatcher, request } from "undici";

/** An answer of any status, read to its end. */
export interface Answer {
  /** Where it comes from, after redirects. */
  url: URL;
  status: number;
  headers: Headers;
  /** After decompression. */
  bytes: Uint8Array;
  /** The bytes as UTF-8. */
  text(): string;
}

/** A body above the limit. */
export class TooLargeError extends Error {
  override readonly name = "TooLargeError";
}

export interface Exchange {
  dispatcher: Dispatcher;
  headers: Readonly<Record<string, string>>;
  /** JSON to POST. */
  body: string | undefined;
  signal: AbortSignal;
  /** Largest body after decompression. */
  maxBytes: number;
}

/**
 * One request, and its answer read to the end; the body of a redirect is left unread.
 *
 * @throws {TooLargeError} as soon as it is.
 */
export async function exchange(url: URL, settings: Exchange): Promise<Answer> {
  try {
    return await within(settings.signal, ask(url, settings));
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "UND_ERR_RES_EXCEEDED_MAX_SIZE" ? new TooLargeError() : error;
  }
}

/** What is asked, or the signal's reason as soon as it comes: undici heeds it only once there is a connection. */
async function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: end, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason as Error);
  signal.addEventListener("abort", stop);
  return Promise.race([work, end]).finally(() => signal.removeEventListener("abort", stop));
}

async function ask(url: URL, { dispatcher, headers, body, signal, maxBytes }: Exchange): Promise<Answer> {
  const answer = await request(url, {
    dispatcher,
    method: body === undefined ? "GET" : "POST",
    headers: {
      "User-Agent": "syngraph",
      "Accept-Encoding": "gzip",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    body: body ?? null,
    signal,
  });
  const received = headersOf(answer.headers);
  const bytes = isRedirect(answer.statusCode)
    ? discard(answer.body)
    : await read(answer.body, received.get("content-encoding") ?? "", { maxBytes, signal });
  return { url, status: answer.statusCode, headers: received, bytes, text: () => new TextDecoder().decode(bytes) };
}

export function isRedirect(status: number): boolean {
  return status >= 300 && status < 400;
}

async function read(
  body: Readable,
  encoding: string,
  { maxBytes, signal }: Pick<Exchange, "maxBytes" | "signal">,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  async function collect(source: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > maxBytes) throw new TooLargeError();
      chunks.push(chunk);
    }
  }
  try {
    if (/^(?:identity)?$/i.test(encoding)) await pipeline(body, collect, { signal });
    else if (/^(?:x-)?gzip$/i.test(encoding)) await pipeline(body, createGunzip(), collect, { signal });
    else throw new Error(`the answer is encoded as ${encoding.slice(0, 40)}, which was not asked for`);
  } finally {
    discard(body);
  }
  return Buffer.concat(chunks);
}

/** Ends the connection rather than to read on. */
function discard(body: Readable): Uint8Array {
  body.on("error", () => {}).destroy();
  return new Uint8Array();
}

function headersOf(fields: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(fields)) {
    for (const value of [values ?? []].flat()) headers.append(name, value);
  }
  return headers;
}
