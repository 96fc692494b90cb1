import { setTimeout as sleep } from "node:timers/promises";

import type { Logger } from "pino";

import { messageOf } from "../errors.ts";
import { createFetcher, type Fetcher, isPublicOrigin } from "../platforms/fetcher.ts";
import type { Attester } from "./attester.ts";
import type { Attesters } from "./attesters.ts";

/** Where peers answer. */
const PATH = "/v1/attestations";
/** Largest answer of a peer that is read, in bytes: a word has some hundred. */
const MAX_ANSWER_BYTES = 8 * 1024;
/** How long a peer that was asked may stay silent before another one is asked besides, in milliseconds. */
const HEDGE_AFTER = 400;
/** How long a peer that failed is asked only after those that did not, in milliseconds. */
const FORGET_AFTER = 10 * 60_000;

/**
 * Another peer is asked instead of the same one again. Who fails is left alone here, by order: to a circuit breaker, peers that
 * were cut short because others sufficed would look as if they had failed.
 */
const LIMITS = { retries: 0, failures: Number.MAX_SAFE_INTEGER, concurrency: 32, strangers: 64 };

/** What is remembered of a peer. Times are Unix milliseconds. */
export interface PeerStatus {
  origin: string;
  /** When it last gave a word that counts. */
  lastSuccess: number | null;
  /** When it last could not be asked, or answered what cannot be true. */
  lastFailure: number | null;
  /** How often in a row. */
  failures: number;
  /** Of the last failure. */
  reason: string;
  /** How long it takes to answer, in milliseconds. */
  latency: number;
}

/** What everybody may know of a peer. */
export interface PublishedPeer extends Omit<PeerStatus, "origin" | "reason"> {
  /** Null where it is none of the public web. */
  origin: string | null;
}

const NEVER_ASKED = { lastSuccess: null, lastFailure: null, failures: 0, reason: "", latency: 0 };

export interface PeersOptions {
  /** Origins that the operator set; where there are none, the registry's endpoints are asked. */
  configured: readonly string[];
  attesters: Attesters;
  /** This node's own: its endpoint is no peer. */
  attester: Attester;
  /** Deadline for all that is asked for one link, in milliseconds. */
  timeout: number;
  log: Logger;
}

/**
 * The other attesters' nodes. Any of them may lie, hang, flood or be gone: an answer is what `take` makes of it, and who
 * fails is asked last for a while.
 */
export class Peers {
  readonly #options: PeersOptions;
  readonly #fetcher: Fetcher;
  readonly #known = new Map<string, PeerStatus>();

  constructor(options: PeersOptions) {
    this.#options = options;
    // Endpoints in the registry are public input: only what the operator set may be private or plain http.
    const { configured: trustedOrigins, timeout } = options;
    this.#fetcher = createFetcher({ trustedOrigins, timeout, maxBytes: MAX_ANSWER_BYTES, limits: LIMITS });
  }

  /**
   * Asks until nothing is missing any more, all peers were asked, or the time is over: as many at once as are missing and one
   * more, so that one that is slow or lies costs no time.
   *
   * @param missing how many words are wanted.
   * @param take judges an answer, and says how many are missing then; throws where the answer is worth nothing.
   */
  async ask(question: object, missing: number, take: (answer: unknown) => number): Promise<void> {
    const queue = await this.#inOrder();
    const body = JSON.stringify(question);
    const over = new AbortController();
    const deadline = AbortSignal.any([over.signal, AbortSignal.timeout(this.#options.timeout)]);
    const running = new Set<Promise<void>>();
    const askNext = () => {
      const origin = queue.shift();
      if (origin === undefined) return;
      const asked = this.#askOne(origin, body, deadline, (answer) => (missing = take(answer))).finally(() =>
        running.delete(asked),
      );
      running.add(asked);
    };
    try {
      for (;;) {
        while (queue.length > 0 && running.size < missing + 1) askNext();
        if (missing <= 0 || running.size === 0 || deadline.aborted) return;
        const slow = await Promise.race([
          ...[...running].map((asked) => asked.then(() => false)),
          sleep(HEDGE_AFTER, true, { ref: false }),
        ]);
        if (slow && missing > 0) askNext();
      }
    } finally {
      over.abort();
    }
  }

  /** What is known of every peer that was asked. */
  status(): PeerStatus[] {
    return [...this.#known.values()].map((peer) => ({ ...peer }));
  }

  /**
   * The same for anybody to read, also of peers that were not asked yet: origins that the operator set and that are not
   * public are kept back, and reasons, which name addresses, too.
   */
  async published(): Promise<PublishedPeer[]> {
    const origins = await this.#origins().catch(() => []);
    return [...new Set([...origins, ...this.#known.keys()])].map((origin) => {
      const { lastSuccess, lastFailure, failures, latency } = this.#known.get(origin) ?? NEVER_ASKED;
      return { origin: isPublicOrigin(origin) ? origin : null, lastSuccess, lastFailure, failures, latency };
    });
  }

  async #askOne(origin: string, body: string, deadline: AbortSignal, take: (answer: unknown) => void): Promise<void> {
    const peer = this.#remember(origin);
    const started = Date.now();
    try {
      const { status, text } = await this.#fetcher(new URL(PATH, origin), {
        ...{ body, deadline },
        headers: { Accept: "application/json", Authorization: this.#options.attester.authorize(body) },
      });
      const answer: unknown = JSON.parse(text());
      if (status === 200) {
        take(answer);
        peer.lastSuccess = Date.now();
      } else if (status !== 400 && status !== 409 && status !== 502) {
        throw new Error(`answered with status ${status}`);
      }
      // A refusal is an answer too: it did not see what we saw, or could not look.
      peer.failures = 0;
      peer.latency = (peer.latency + Date.now() - started) / 2;
    } catch (error) {
      // Who was cut short because the others sufficed was slow at most.
      peer.latency = Math.max(peer.latency, Date.now() - started);
      if (deadline.aborted && (deadline.reason as Error | undefined)?.name !== "TimeoutError") return;
      Object.assign(peer, { failures: peer.failures + 1, lastFailure: Date.now(), reason: messageOf(error) });
      this.#options.log.warn({ peer: origin, reason: peer.reason, failures: peer.failures }, "a peer's word is no use");
    }
  }

  /** All peers, those that fail last, and else the quickest first. */
  async #inOrder(): Promise<string[]> {
    const now = Date.now();
    const rank = (origin: string): [number, number] => {
      const { failures = 0, lastFailure = null, latency = 0 } = this.#known.get(origin) ?? {};
      return [lastFailure !== null && now - lastFailure < FORGET_AFTER ? failures : 0, latency];
    };
    const ranked = (await this.#origins()).map((origin) => ({ origin, rank: rank(origin) }));
    return ranked.sort(({ rank: [a, x] }, { rank: [b, y] }) => a - b || x - y).map(({ origin }) => origin);
  }

  async #origins(): Promise<string[]> {
    const { configured, attesters, attester: own } = this.#options;
    if (configured.length > 0) return [...configured];
    const endpoints = await attesters.endpoints();
    const origins = endpoints
      .filter(({ attester }) => attester !== own.address.toLowerCase())
      .map(({ endpoint }) => URL.parse(endpoint))
      .filter((url) => url?.protocol === "https:")
      .map((url) => url!.origin);
    return [...new Set(origins)];
  }

  #remember(origin: string): PeerStatus {
    const known = this.#known.get(origin);
    if (known) return known;
    const peer = { origin, ...NEVER_ASKED };
    this.#known.set(origin, peer);
    return peer;
  }
}
