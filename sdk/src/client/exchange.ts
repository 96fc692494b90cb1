import { SyngraphError, codeOfStatus } from "../errors.ts";
import { type Reader, ShapeError } from "./reader.ts";

/** Within what a server has to answer: it shall neither hold anybody up nor fill the memory. */
export interface Bounds {
  /** Instead of the global fetch. */
  fetch?: typeof globalThis.fetch;
  /** Milliseconds until the last byte of the answer. */
  timeoutMs: number;
  /** The most bytes of an answer, unpacked. */
  longest: number;
  /** The caller's own. */
  signal?: AbortSignal | undefined;
}

/** An answer of 2xx. */
export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

/**
 * No reply may send a request on: what was signed, and for whom, is meant for one server, and of what the user's machine can
 * reach, a server is to learn nothing. Browsers tell of such a reply by the status 0.
 */
export const ELSEWHERE = { redirect: "manual" } as const;

/** Sends one request and reads the answer, which is JSON. @throws {SyngraphError} */
export async function exchange<T>(url: URL, init: RequestInit, bounds: Bounds, reader: Reader<T>): Promise<Answer<T>> {
  const { fetch = globalThis.fetch, timeoutMs, longest, signal } = bounds;
  const timeout = AbortSignal.timeout(timeoutMs);
  let response: Response;
  let raw: string;
  try {
    response = await fetch(url.href, {
      ...init,
      ...ELSEWHERE,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    raw = await textOf(response, longest);
  } catch (cause) {
    throw failureOf(cause, { origin: url.origin, timeoutMs, signal, timeout });
  }
  const { status, headers } = response;
  if (!response.ok) throw refusal(status, raw);
  return { status, headers, body: readBody(raw, status, reader) };
}

/** What kept a request from being answered, as an error of the SDK's. */
export function failureOf(
  cause: unknown,
  {
    origin,
    timeoutMs,
    signal,
    timeout,
  }: Pick<Bounds, "timeoutMs" | "signal"> & { origin: string; timeout: AbortSignal },
): SyngraphError {
  if (cause instanceof SyngraphError) return cause;
  if (signal?.aborted) return new SyngraphError("aborted", null, "the request was given up", { cause });
  if (timeout.aborted) {
    return new SyngraphError("timeout", null, `no answer from ${origin} within ${timeoutMs / 1000} s`, { cause });
  }
  return new SyngraphError("network", null, `${origin} could not be reached${reasonOf(cause)}`, { cause });
}

/** Node hides the reason of a failed fetch in `cause`, sometimes as several; browsers give none. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return "";
  const code = (cause as { code?: unknown }).code;
  const reason = cause.message || (typeof code === "string" ? code : "");
  return reason === "" ? "" : `: ${reason}`;
}

/** An answer that is none of 2xx. */
export function refusal(status: number, raw: string): SyngraphError {
  return new SyngraphError(codeOfStatus(status), status, messageOf(raw, status));
}

/** Longest message of a server's that is passed on, in characters: it is for people. */
const LONGEST_MESSAGE = 2_000;

/** A proxy in front of the API may answer with a page of HTML, or with nothing. */
function messageOf(raw: string, status: number): string {
  if (status < 400) return `the server sends elsewhere (${status}), where nothing is asked: give its own address`;
  try {
    const body: unknown = JSON.parse(raw);
    if (typeof body === "object" && body !== null && "message" in body && typeof body.message === "string") {
      return body.message.slice(0, LONGEST_MESSAGE) || `the server answered ${status}`;
    }
  } catch {
    // Not JSON: nothing in it is meant for us.
  }
  return `the server answered ${status} without a message`;
}

function readBody<T>(raw: string, status: number, reader: Reader<T>): T {
  try {
    return reader(JSON.parse(raw), "reply");
  } catch (cause) {
    const what = cause instanceof ShapeError ? cause.message : "it is no JSON";
    throw new SyngraphError("bad_reply", status, `the server's reply is not what the API promises: ${what}`, { cause });
  }
}

/** The text of a body. @throws {SyngraphError} where it is longer than that, in bytes. */
export async function textOf(response: Response, longest: number): Promise<string> {
  if (!response.body) return "";
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of chunksOf(response.body, () => {})) {
    size += chunk.length;
    if (size > longest) {
      throw new SyngraphError("bad_reply", response.status, `the server's reply is longer than ${longest} bytes`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** The chunks of a body. Not every browser can iterate over one. */
export async function* chunksOf(body: ReadableStream<Uint8Array>, heard: () => void): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader();
  try {
    for (;;) {
      heard();
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Of what is left nothing more shall come.
    reader.cancel().catch(() => {});
  }
}
