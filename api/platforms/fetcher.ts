import { setTimeout as sleep } from "node:timers/promises";

import { LRUCache } from "lru-cache";
import PQueue from "p-queue";

import { type Network, guardedConnections, trustedConnections } from "./fetch/connections.ts";
import { type Answer, TooLargeError, exchange, isRedirect } from "./fetch/exchange.ts";
import { type GateLimits, type HostGate, type Rate, createHostGate, inTurn } from "./fetch/hostGate.ts";
import { assertAllowed, isSameSite } from "./fetch/policy.ts";
import { secondsToWait } from "./fetch/retryAfter.ts";
import { CheckError } from "./types.ts";

export type { Answer } from "./fetch/exchange.ts";
export type { Network } from "./fetch/connections.ts";
export { isPublicOrigin } from "./fetch/policy.ts";

/** Largest answer that is read, in bytes after decompression. */
export const MAX_ANSWER_BYTES = 512 * 1024;

export interface FetchOptions {
  headers?: Readonly<Record<string, string>>;
  /** Ends several requests of one look together. */
  deadline?: AbortSignal;
  /** JSON to POST. */
  body?: string | undefined;
  /** The only origins to ask, for a platform whose hosts are fixed; without it any public host is. */
  origins?: readonly string[] | undefined;
  /** The host was named by a stranger: then also what the operator trusts is guarded, on every hop. */
  stranger?: boolean;
  /** How often the host may be asked; the first request to it says so. */
  rate?: Rate | undefined;
  /** How many redirects to follow within the site; none unless told. */
  redirects?: number | undefined;
  /** Whether redirects may lead to other sites too. */
  anySite?: boolean;
  /** Statuses that tell something on this platform, so that asking again is no use. */
  settled?: readonly number[] | undefined;
}

/** GETs one URL, or POSTs to it. @throws {CheckError} where there is no whole answer. */
export type Fetcher = (url: URL, options?: FetchOptions) => Promise<Answer>;

/** A fetcher that tells which hosts it leaves alone. */
export interface WatchedFetcher extends Fetcher {
  /** Until when a platform's own host is left alone, Unix milliseconds; null where it may be asked. */
  restsUntil(origin: string): number | null;
}

/** How much is asked of whom at a time, and how often again. */
export interface FetchLimits extends GateLimits {
  /** Requests at a time to all hosts together that are none of a platform's. */
  strangers: number;
  /** How often a request that failed is made again. */
  retries: number;
  /** Before the first time, in milliseconds; twice as long before each next one, and up to half of it by chance. */
  backoff: number;
}

const LIMITS: FetchLimits = {
  ...{ concurrency: 6, waiting: 200, failures: 10, rest: 15_000 },
  ...{ strangers: 32, retries: 2, backoff: 200 },
};

export interface FetcherOptions {
  /** Origins that the operator set: they alone may be private, plain http, or on a port. */
  trustedOrigins: readonly string[];
  /** Deadline for the whole answer, in milliseconds. */
  timeout: number;
  limits?: Partial<FetchLimits>;
  /** For tests: another resolver and other connections. */
  network?: Network;
  /** Largest answer that is read, in bytes after decompression: {@link MAX_ANSWER_BYTES} unless told. */
  maxBytes?: number;
}

/** Longest that is waited before a request is made again, in milliseconds. */
const MAX_WAIT = 2000;

/** How many strangers' hosts are remembered. */
const MAX_STRANGERS = 2000;

/**
 * The only code that asks the web. Everywhere but at the operator's own origins it speaks https on the standard port
 * with public addresses, which are checked for every connection. Each host has a queue, a breaker, and is left alone when it
 * says so. No cookie is kept.
 */
export function createFetcher(settings: FetcherOptions): WatchedFetcher {
  const { trustedOrigins, timeout, maxBytes = MAX_ANSWER_BYTES, limits: given, network } = settings;
  const limits = { ...LIMITS, ...given };
  const connections = { timeout, maxBytes };
  const [trusted, guarded] = [trustedConnections(connections), guardedConnections(connections, network)];
  const own = new Map<string, HostGate>();
  const others = new LRUCache<string, HostGate>({ max: MAX_STRANGERS });
  // Slow strangers must not keep a platform's own hosts waiting.
  const strangers = new PQueue({ concurrency: limits.strangers });

  async function ask(url: URL, options: FetchOptions & { deadline: AbortSignal }): Promise<Answer> {
    const { headers = {}, body, deadline: signal, origins, rate, stranger = false } = options;
    const trusting = stranger ? [] : trustedOrigins;
    assertAllowed(url, { trustedOrigins: trusting, origins });
    const { origin, host } = url;
    const isTrusted = trusting.includes(origin);
    const isOwn = isTrusted || origins !== undefined;
    const gate = (isOwn ? own : others).get(origin) ?? createHostGate(host, limits, rate);
    (isOwn ? own : others).set(origin, gate);
    const dispatcher = isTrusted ? trusted : guarded;
    const task = () => exchange(url, { dispatcher, headers, body, signal, maxBytes });
    try {
      return await gate.pass(isOwn ? task : () => inTurn(strangers, task, { signal, host }), signal);
    } catch (error) {
      throw asCheckError(error, url, { timeout, maxBytes });
    }
  }

  async function askAgain(url: URL, options: FetchOptions & { deadline: AbortSignal }): Promise<Answer> {
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await ask(url, options).catch((error: unknown) => error as CheckError);
      const wait = attempt < limits.retries ? waitBefore(outcome, attempt, options) : null;
      const isOver = wait === null || (await sleep(wait, false, { signal: options.deadline }).catch(() => true));
      if (!isOver) continue;
      if (outcome instanceof Error) throw outcome;
      return outcome;
    }
  }

  /** Milliseconds until a request is worth making again; null where it is not. */
  function waitBefore(outcome: Answer | CheckError, attempt: number, { settled = [] }: FetchOptions): number | null {
    const backoff = limits.backoff * 2 ** attempt * (1 + Math.random() / 2);
    if (outcome instanceof Error) return isPassing(outcome.cause) ? backoff : null;
    if (!PASSING_STATUSES.has(outcome.status) || settled.includes(outcome.status)) return null;
    const asked = (secondsToWait(outcome.headers) ?? 0) * 1000;
    return asked > MAX_WAIT ? null : asked + backoff;
  }

  const fetcher: Fetcher = async (
    start,
    { deadline = AbortSignal.timeout(timeout), redirects = 0, ...options } = {},
  ) => {
    let url = start;
    let { headers = {} } = options;
    for (let hop = 0; ; hop += 1) {
      const answer = await askAgain(url, { ...options, headers, deadline });
      if (!isRedirect(answer.status)) return answer;
      const next = targetOf(answer, { ...options, isLast: hop >= redirects });
      if (next.origin !== url.origin) headers = plainHeaders(headers);
      url = next;
    }
  };
  const restsUntil = (origin: string) => {
    const until = own.get(origin)?.restsUntil() ?? 0;
    return until > Date.now() ? until : null;
  };
  return Object.assign(fetcher, { restsUntil });
}

/** Statuses that may be another one a moment later. */
const PASSING_STATUSES = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Connections that may be made a moment later. */
const PASSING_CODES = new Set(["ECONNRESET", "ECONNREFUSED", "EPIPE", "ETIMEDOUT", "EAI_AGAIN", "UND_ERR_SOCKET"]);

function isPassing(error: unknown): boolean {
  return causesOf(error).some(({ code }) => code !== undefined && PASSING_CODES.has(code));
}

function targetOf(answer: Answer, { isLast, anySite, body }: FetchOptions & { isLast: boolean }): URL {
  const { url, headers } = answer;
  const target = URL.parse(headers.get("location") ?? "", url.href);
  if (isLast || body !== undefined) throw refusal(url, "which is not followed");
  if (!target) throw refusal(url, "that leads nowhere");
  if (anySite !== true && !isSameSite(url, target)) throw refusal(url, `to ${target.host}, which is not its own`);
  return target;
}

function refusal({ host }: URL, why: string): CheckError {
  return new CheckError("soft", `${host} answered with a redirect ${why}`.replace("redirect which", "redirect, which"));
}

/** Headers that another origin may see: no credential, no signature, no host of the one before. */
const PLAIN_HEADERS = new Set(["accept", "accept-language", "user-agent"]);

function plainHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => PLAIN_HEADERS.has(name.toLowerCase())));
}

function asCheckError(
  error: unknown,
  url: URL,
  { timeout, maxBytes }: { timeout: number; maxBytes: number },
): CheckError {
  if (error instanceof CheckError) return error;
  const causes = causesOf(error);
  if (error instanceof TooLargeError) {
    // Asking again would not help, so this is no failure of the upstream.
    return new CheckError("medium", `the answer of ${url.host} is larger than ${maxBytes} bytes`, {
      cause: error,
    });
  }
  const isLate = causes.some(({ name }) => name === "AbortError" || name === "TimeoutError");
  const reason = isLate
    ? `gave no whole answer within ${timeout / 1000} s`
    : `could not be asked: ${causes.at(-1)?.message || "the connection failed"}`;
  return new CheckError("soft", `${url.host} ${reason}`, { cause: error });
}

function causesOf(error: unknown): NodeJS.ErrnoException[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}
