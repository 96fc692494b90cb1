import { SyngraphError, codeOfStatus } from "../errors.ts";
import { type StreamMessage, messagesOf } from "./messages.ts";
import { type Reader, ShapeError } from "./reader.ts";

/** What every call takes beside its own parameters. */
export interface CallOptions {
  /** Gives the call up; it then throws a {@link SyngraphError} `aborted`. */
  signal?: AbortSignal;
}

/** One request. */
export interface Request extends CallOptions {
  /** Below the base URL, without a leading slash. */
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  /** Sent as JSON by POST; without it the request is a GET. */
  body?: unknown;
  /** Another method than these. */
  method?: "DELETE";
  /** Of a session, for the header Authorization. */
  token?: string;
}

/** A reply of 2xx. */
export interface Reply<T> {
  status: number;
  /** The Location header, resolved against the request's address. */
  location: string | null;
  body: T;
}

/**
 * No reply may send a request on: what was signed, and for whom, is meant for one server, and of what the user's machine can
 * reach, a server is to learn nothing. Browsers tell of such a reply by the status 0.
 */
const ELSEWHERE = { redirect: "manual" } as const;

/** Sends requests to one API and turns everything that can go wrong into a {@link SyngraphError}. */
export class Http {
  readonly baseUrl: URL;
  readonly #fetch: typeof globalThis.fetch;
  readonly #timeoutMs: number;

  constructor(baseUrl: string, fetch: typeof globalThis.fetch, timeoutMs: number) {
    this.baseUrl = new URL(baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`);
    // Called as a method of anything but the window, a browser's fetch throws "Illegal invocation".
    this.#fetch = (input, init) => fetch(input, init);
    this.#timeoutMs = timeoutMs;
  }

  /** @throws {SyngraphError} */
  async send<T>(request: Request, reader: Reader<T>): Promise<Reply<T>> {
    const url = this.#urlOf(request);
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    let response: Response;
    let raw: string;
    const { body, token, method = body === undefined ? "GET" : "POST" } = request;
    try {
      response = await this.#fetch(url.href, {
        method,
        headers: {
          ...(body !== undefined && { "content-type": "application/json" }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...ELSEWHERE,
        signal: request.signal ? AbortSignal.any([request.signal, timeout]) : timeout,
      });
      raw = await textOf(response);
    } catch (cause) {
      throw cause instanceof SyngraphError ? cause : this.#failure(request, timeout, cause);
    }
    const { status } = response;
    if (!response.ok) throw new SyngraphError(codeOfStatus(status), status, messageOf(raw, status));
    const location = response.headers.get("location");
    return {
      status,
      location: location === null ? null : (URL.parse(location, url.href)?.href ?? null),
      body: readBody(raw, status, reader),
    };
  }

  /**
   * The messages of a stream of server-sent events, until it ends.
   *
   * @param silence how long nothing may come, in milliseconds.
   * @throws {SyngraphError}
   */
  async *stream(request: Request, silence: number): AsyncGenerator<StreamMessage, void> {
    const url = this.#urlOf(request);
    const dead = new AbortController();
    let timer = setTimeout(() => dead.abort(), this.#timeoutMs);
    const signal = request.signal ? AbortSignal.any([request.signal, dead.signal]) : dead.signal;
    try {
      const response = await this.#fetch(url.href, { headers: { accept: "text/event-stream" }, ...ELSEWHERE, signal });
      const { status } = response;
      if (!response.ok)
        throw new SyngraphError(codeOfStatus(status), status, messageOf(await textOf(response), status));
      const type = response.headers.get("content-type") ?? "none";
      if (!type.startsWith("text/event-stream") || !response.body) {
        throw new SyngraphError("bad_reply", status, `the server's reply is of type ${type}, not text/event-stream`);
      }
      const heard = () => {
        clearTimeout(timer);
        timer = setTimeout(() => dead.abort(), silence);
      };
      yield* messagesOf(chunksOf(response.body, heard));
    } catch (cause) {
      throw cause instanceof SyngraphError ? cause : this.#failure(request, dead.signal, cause);
    } finally {
      clearTimeout(timer);
      dead.abort();
    }
  }

  #urlOf({ path, query = {} }: Request): URL {
    const url = new URL(path, this.baseUrl);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url;
  }

  #failure({ signal }: Request, timeout: AbortSignal, cause: unknown): SyngraphError {
    if (signal?.aborted) return new SyngraphError("aborted", null, "the request was given up", { cause });
    const { origin } = this.baseUrl;
    if (timeout.aborted) {
      return new SyngraphError("timeout", null, `no answer from ${origin} within ${this.#timeoutMs / 1000} s`, {
        cause,
      });
    }
    return new SyngraphError("network", null, `${origin} could not be reached${reasonOf(cause)}`, { cause });
  }
}

/** Node hides the reason of a failed fetch in `cause`, sometimes as several; browsers give none. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return "";
  const code = (cause as { code?: unknown }).code;
  const reason = cause.message || (typeof code === "string" ? code : "");
  return reason === "" ? "" : `: ${reason}`;
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

/** Longest reply that is read, in bytes: a server shall not fill the memory. */
const LONGEST_REPLY = 16 * 1024 * 1024;

async function textOf(response: Response): Promise<string> {
  if (!response.body) return "";
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of chunksOf(response.body, () => {})) {
    size += chunk.length;
    if (size > LONGEST_REPLY) {
      await response.body.cancel().catch(() => {});
      throw new SyngraphError("bad_reply", response.status, `the server's reply is longer than ${LONGEST_REPLY} bytes`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** The chunks of a body. Not every browser can iterate over one. */
async function* chunksOf(body: ReadableStream<Uint8Array>, heard: () => void): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader();
  for (;;) {
    heard();
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
