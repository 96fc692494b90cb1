import {
  type JsonRpcApiProviderOptions,
  type JsonRpcPayload,
  JsonRpcProvider,
  type JsonRpcResult,
  encodeBase64,
} from "ethers";

import { exchange } from "./client/exchange.ts";
import { pause } from "./client/pause.ts";
import { type Reader, ShapeError } from "./client/reader.ts";
import { InputError, SyngraphError } from "./errors.ts";

/** How long a server may take for one answer, in milliseconds, where nobody says otherwise. */
const TIMEOUT = 60_000;

/** The most bytes of an answer: a range of logs that is longer is asked for in halves. */
const LONGEST_ANSWER = 32 * 1024 * 1024;

/** Milliseconds before the first new attempt where a server says that it is asked too often; then twice as many. */
const FIRST_PAUSE = 250;

export interface RpcOptions extends JsonRpcApiProviderOptions {
  /** How long a server may take for one answer, in milliseconds. */
  timeoutMs?: number;
}

/**
 * A chain's RPC by its URL. The transport of ethers bounds neither the size of an answer nor, once it has begun, its time, and
 * goes wherever a server sends it.
 */
export class RpcProvider extends JsonRpcProvider {
  readonly #url: URL;
  readonly #headers: Record<string, string>;
  readonly #timeoutMs: number;

  /**
   * @param url a name and a password in it are sent as such (RFC 7617).
   * @param chainId asked for where it is not told.
   * @throws {InputError} where the URL is none of http or https.
   */
  constructor(url: string, chainId?: number, options: RpcOptions = {}) {
    const { timeoutMs = TIMEOUT, ...ofEthers } = options;
    // ethers would answer from memory for a moment after a block.
    super(url, chainId, { staticNetwork: chainId !== undefined, cacheTimeout: -1, ...ofEthers });
    this.#url = urlOf(url);
    this.#headers = { "content-type": "application/json", ...takeCredentials(this.#url) };
    this.#timeoutMs = timeoutMs;
  }

  /** @throws {SyngraphError} `network`, `timeout`, and `bad_reply` where the answer is too long, or none of JSON-RPC. */
  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    const init = { method: "POST", headers: this.#headers, body: JSON.stringify(payload) };
    const deadline = Date.now() + this.#timeoutMs;
    for (let rest = FIRST_PAUSE; ; rest *= 2) {
      try {
        const bounds = { timeoutMs: Math.max(1, deadline - Date.now()), longest: LONGEST_ANSWER };
        return (await exchange(this.#url, init, bounds, answers)).body;
      } catch (error) {
        const { code } = error as SyngraphError;
        if (code !== "rate_limited" || Date.now() + rest >= deadline)
          throw failureOf(error as SyngraphError, this.#url);
      }
      await pause(rest);
    }
  }
}

/** A status is no word about what was asked for, as an API's would be: there is just no answer. */
function failureOf(cause: SyngraphError, { origin }: URL): SyngraphError {
  const { code, status, message } = cause;
  if (status === null) return cause;
  return new SyngraphError(code === "bad_reply" ? code : "network", status, `${origin}: ${message}`, { cause });
}

/** Which answer is to which call, and whether it is an error, ethers looks itself. */
const answers: Reader<JsonRpcResult[]> = (value, path) => {
  const all = Array.isArray(value) ? (value as unknown[]) : [value];
  if (all.some((one) => typeof one !== "object" || one === null)) throw new ShapeError(`${path} is none of JSON-RPC`);
  return all as JsonRpcResult[];
};

function urlOf(text: string): URL {
  const url = URL.parse(text);
  if (url && ["http:", "https:"].includes(url.protocol)) return url;
  throw new InputError("the RPC's address is no http or https address", "rpc");
}

/** The header for them: fetch refuses a URL that has any. */
function takeCredentials(url: URL): { authorization?: string } {
  const { username, password } = url;
  if (username === "" && password === "") return {};
  [url.username, url.password] = ["", ""];
  const pair = new TextEncoder().encode(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  return { authorization: `Basic ${encodeBase64(pair)}` };
}
