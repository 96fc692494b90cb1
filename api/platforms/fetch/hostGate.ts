import { BrokenCircuitError, ConsecutiveBreaker, circuitBreaker, handleWhen } from "cockatiel";
import PQueue from "p-queue";

import { CheckError } from "../types.ts";
import { AddressError } from "./addresses.ts";
import { type Answer, TooLargeError } from "./exchange.ts";
import { secondsToWait } from "./retryAfter.ts";

/** How often one host is asked, and when it is left alone. */
export interface GateLimits {
  /** Requests at a time. */
  concurrency: number;
  /** Requests that may wait for their turn; more are refused at once. */
  waiting: number;
  /** Failures in a row after which the host is left alone. */
  failures: number;
  /** For how long, in milliseconds. */
  rest: number;
}

/** So many requests in so many seconds. */
export interface Rate {
  requests: number;
  seconds: number;
}

/** What every request to a host passes through. */
export interface HostGate {
  /** @throws {CheckError} soft, at once, where the host is left alone or too many wait. */
  pass(task: () => Promise<Answer>, signal: AbortSignal): Promise<Answer>;
  /** Until when the host is left alone, Unix milliseconds; what lies behind is over. */
  restsUntil(): number;
}

/** Longest that a host may ask to be left alone for, in seconds: by mistake or malice it may say years. */
const MAX_PAUSE = 3600;

/** A queue for one host, with a circuit breaker (https://martinfowler.com/bliki/CircuitBreaker.html). */
export function createHostGate(host: string, limits: GateLimits, rate?: Rate): HostGate {
  const queue = new PQueue({
    concurrency: limits.concurrency,
    ...(rate ? { interval: rate.seconds * 1000, intervalCap: rate.requests, strict: true } : {}),
  });
  const policy = handleWhen(isFailure).orWhenResult((answer) => (answer as Answer).status >= 500);
  const breaker = circuitBreaker(policy, {
    halfOpenAfter: limits.rest,
    breaker: new ConsecutiveBreaker(limits.failures),
  });
  let brokenUntil = 0;
  breaker.onBreak(() => (brokenUntil = Date.now() + limits.rest));
  breaker.onReset(() => (brokenUntil = 0));
  let pausedUntil = 0;

  const restsUntil = () => Math.max(brokenUntil, pausedUntil);

  function assertOpen(): void {
    const until = restsUntil();
    const seconds = Math.ceil((until - Date.now()) / 1000);
    if (seconds <= 0) return;
    const why = until === pausedUntil ? "wants to be left alone" : "failed several times in a row";
    throw refusal(`${host} ${why}; it may be asked again in ${seconds} s`, seconds);
  }

  return {
    restsUntil,
    async pass(task, signal) {
      assertOpen();
      if (queue.size >= limits.waiting) throw refusal(`too many requests wait for ${host}`, 1);
      const attempt = async () => {
        assertOpen();
        const answer = await breaker.execute(task);
        const wait = isLimit(answer) ? secondsToWait(answer.headers) : null;
        if (wait !== null) pausedUntil = Date.now() + Math.min(wait, MAX_PAUSE) * 1000;
        return answer;
      };
      try {
        return await inTurn(queue, attempt, { signal, host });
      } catch (error) {
        throw error instanceof BrokenCircuitError ? refusal(`${host} failed several times in a row`, 1, error) : error;
      }
    },
  };
}

/**
 * Runs a task when its turn comes. From then on the task itself heeds the signal: its place is free when it really ends.
 *
 * @throws {CheckError} soft, where its turn does not come in time.
 */
export async function inTurn<T>(
  queue: PQueue,
  task: () => Promise<T>,
  { signal, host }: { signal: AbortSignal; host: string },
): Promise<T> {
  signal.throwIfAborted();
  const waiting = new AbortController();
  const giveUp = () =>
    waiting.abort(refusal(`${host} could not be asked in time: too many requests came before`, 1, signal.reason));
  signal.addEventListener("abort", giveUp);
  const run = () => {
    signal.removeEventListener("abort", giveUp);
    return task();
  };
  return queue.add(run, { signal: waiting.signal });
}

/** Whether an error is the host's; that it may not be asked, or says too much, is none. */
function isFailure(error: unknown): boolean {
  return !(error instanceof CheckError || error instanceof AddressError || error instanceof TooLargeError);
}

/** 403 is GitHub's way (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api). */
function isLimit({ status }: Answer): boolean {
  return status === 429 || status === 503 || status === 403;
}

function refusal(message: string, retryAfter: number, cause?: unknown): CheckError {
  return new CheckError("soft", message, { retryAfter, cause });
}
