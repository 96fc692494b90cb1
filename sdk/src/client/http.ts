import { SyngraphError } from "../errors.ts";
import { type Bounds, ELSEWHERE, chunksOf, exchange, failureOf, refusal, textOf } from "./exchange.ts";
import { type StreamMessage, messagesOf } from "./messages.ts";
import type { Reader } from "./reader.ts";

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

/** Longest reply that is read, in bytes. */
const LONGEST_REPLY = 16 * 1024 * 1024;

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
    const { body: sent, token, method = sent === undefined ? "GET" : "POST", signal } = request;
    const init = {
      method,
      headers: {
        ...(sent !== undefined && { "content-type": "application/json" }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(sent !== undefined && { body: JSON.stringify(sent) }),
    };
    const bounds: Bounds = { fetch: this.#fetch, timeoutMs: this.#timeoutMs, longest: LONGEST_REPLY, signal };
    const { status, headers, body } = await exchange(url, init, bounds, reader);
    const location = headers.get("location");
    return { status, location: location === null ? null : (URL.parse(location, url.href)?.href ?? null), body };
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
      if (!response.ok) throw refusal(status, await textOf(response, LONGEST_REPLY));
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
      const { origin } = url;
      throw failureOf(cause, { origin, timeoutMs: this.#timeoutMs, signal: request.signal, timeout: dead.signal });
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
}
