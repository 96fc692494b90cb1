import { setTimeout as sleep } from "node:timers/promises";

import { isCosigned, toSubmission } from "@syngraph/sdk/protocol";
import { keccak256, concat } from "ethers";
import type { Pool } from "pg";
import type { Logger } from "pino";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";

import type { Checks } from "../checks/checks.ts";
import { indexedBlock } from "../db/progress.ts";
import { messageOf } from "../errors.ts";
import { PLATFORMS, platformOf } from "../platforms/index.ts";
import { CheckError, PlatformInputError } from "../platforms/types.ts";
import { type ClaimOnChain, claimOnChain } from "../proofs/read/claims.ts";
import type { NewItem, Outbox } from "../relay/outbox.ts";
import type { Registry } from "../relay/registry.ts";
import type { Attesters } from "./attesters.ts";
import { ClaimWatch, type NewClaim, type WatchedClaim } from "./claimWatch.ts";
import type { OwnLook } from "./look.ts";
import type { Collected, Quorum } from "./quorum.ts";

/** How long a claim is looked at at all, in seconds. */
const PATIENCE = 7 * 24 * 3600;
/** How far behind the last block that was looked through it is looked again: deeper than reorgs go. */
const REORG_DEPTH = 128;
/** How many claims are looked at at once. */
const AT_ONCE = 4;
/** How many rounds the next attester in line lets pass before it looks too: the first may have confirmed it by then. */
const TURN = 2;
/** Looks in an hour. Anybody can make claims, also of other people's posts: each costs a look at somebody's API. */
const PER_AVATAR = 10;
const PER_PLATFORM = 300;
const HOUR = 3600;
/** When what was given up is forgotten, in seconds: a day for clocks that differ, since what is younger than {@link PATIENCE} is noticed. */
const REMEMBERED = PATIENCE + 24 * HOUR;
/** How long a look that is under way is waited for at the end, in milliseconds; its claim is free again when its lease is over. */
const STOP_WAIT = 1_000;

/** When to look again, in seconds, the first time and at most; each time it takes three times as long. */
const PACE = {
  /** The platform, a peer or the chain could not be asked. */
  soft: { first: 30, most: HOUR },
  /** There is no proof there: it may be published yet. */
  medium: { first: 600, most: 24 * HOUR },
  /** There is something that proves nothing; posts are edited rarely. */
  final: { first: 24 * HOUR, most: 3 * 24 * HOUR },
} as const;

export interface WatcherOptions {
  db: Pool;
  chainId: number;
  /** This node's address. */
  self: string;
  attesters: Attesters;
  look: OwnLook;
  checks: Checks;
  quorum: Quorum;
  registry: Registry;
  outbox: Outbox;
  log: Logger;
  /** Milliseconds between two looks at the index. */
  interval: number;
}

/**
 * Confirms claims that were appended past the API, or whose quorum was not to be had at once: looks at each, collects the
 * quorum, and hands the confirmation to the outbox. What it knows is in the database, so that it may be killed at any time,
 * and several nodes share the work.
 */
export class Watcher {
  readonly #options: WatcherOptions;
  readonly #watch: ClaimWatch;
  readonly #platforms = PLATFORMS.map(({ id }) => id).filter((id) => !isCosigned(id));
  readonly #perAvatar: RateLimiterPostgres;
  readonly #perPlatform: RateLimiterPostgres;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  /** The block up to which claims were noticed since the start. */
  #noticed = 0;
  /** When it last forgot what was given up, in milliseconds since the epoch. */
  #forgot = 0;

  constructor(options: WatcherOptions) {
    this.#options = options;
    this.#watch = new ClaimWatch(options.db, options.chainId);
    const table = { schemaName: "api", tableName: "watch_budget", tableCreated: true };
    const common = { storeClient: options.db, duration: HOUR, ...table };
    this.#perAvatar = new RateLimiterPostgres({ ...common, keyPrefix: "avatar", points: PER_AVATAR });
    this.#perPlatform = new RateLimiterPostgres({ ...common, keyPrefix: "platform", points: PER_PLATFORM });
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Begins nothing more, and leaves to others what takes long. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.race([this.#running, sleep(STOP_WAIT, undefined, { ref: false })]);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let trouble = "";
    while (!signal.aborted) {
      try {
        await this.#notice();
        await this.#forget();
        while (!signal.aborted && (await this.#work()) === AT_ONCE);
        trouble = "";
      } catch (error) {
        if (messageOf(error) !== trouble) this.#options.log.warn({ error: messageOf(error) }, "claims are not watched");
        trouble = messageOf(error);
      }
      await sleep(this.#options.interval, undefined, { signal }).catch(() => {});
    }
  }

  /** Notes claims that are new in the index. */
  async #notice(): Promise<void> {
    const { db, chainId } = this.#options;
    const block = await indexedBlock(db, chainId);
    if (block === null) return;
    const claims = await this.#watch.claimsSince(this.#noticed - REORG_DEPTH, this.#platforms, PATIENCE);
    const delays = await Promise.all(claims.map((claim) => this.#delay(claim)));
    await this.#watch.note(claims.map((claim, index) => ({ ...claim, delay: delays[index]! })));
    this.#noticed = block;
  }

  /** Forgets what was given up long ago, each hour. */
  async #forget(): Promise<void> {
    if (Date.now() - this.#forgot < HOUR * 1000) return;
    await this.#watch.forget(REMEMBERED);
    this.#forgot = Date.now();
  }

  /** Every attester sees every claim. For each they stand in line in another order, so that not all send it at once. */
  async #delay({ link_id }: NewClaim): Promise<number> {
    const self = this.#options.self.toLowerCase();
    const active = await this.#options.attesters.active().catch(() => new Set<string>());
    const place = (attester: string) => keccak256(concat([link_id, attester]));
    const ahead = [...active].filter((attester) => attester !== self && place(attester) < place(self));
    return ((TURN * this.#options.interval) / 1000) * (active.has(self) ? ahead.length : active.size);
  }

  /** Looks at some claims that are due; says how many there were. */
  async #work(): Promise<number> {
    const claims = await this.#watch.take(AT_ONCE);
    await Promise.all(claims.map((claim) => this.#attend(claim)));
    return claims.length;
  }

  async #attend(watched: WatchedClaim): Promise<void> {
    const { db, chainId, log } = this.#options;
    const claim = await claimOnChain(db, chainId, watched.link_id);
    if (!claim) return this.#watch.drop(watched.link_id);
    const hopeless = hopelessness(claim);
    if (hopeless !== null) return this.#watch.again(watched.link_id, null, hopeless);
    const wait = await this.#overBudget(watched);
    if (wait > 0) return this.#watch.postpone(watched.link_id, wait);
    try {
      const outcome = await this.#confirm(claim);
      await this.#again(watched, "soft", outcome);
    } catch (error) {
      const { severity, message } =
        error instanceof CheckError ? error : { severity: "soft" as const, message: messageOf(error) };
      log.debug({ link: watched.link_id, severity, message }, "claim not confirmed");
      await this.#again(watched, severity, message, error instanceof CheckError ? error.retryAfter : null);
    }
  }

  /** Hands a confirmation over if both sides stand for the claim; says what came of it. */
  async #confirm(claim: ClaimOnChain): Promise<string> {
    const { look, checks, quorum, registry, outbox, log } = this.#options;
    const { link, avatar, signature, location } = claim;
    const seen = await look({ link, avatar, location }, signature);
    const collected = await quorum.collect({ ...claim, location: seen.location }, { found: true, ...seen });
    await checks.saw(collected.linkId, seen);
    if (!collected.isQuorum) return shortage(collected);
    const item: NewItem = {
      uuid: link.uuid,
      link_id: collected.linkId,
      avatar: avatar.address.toLowerCase(),
      method: "confirm",
      submission: toSubmission(link, {
        ...{ signature: signature.canonical, withKey: false },
        ...{ proof: collected.proof, proofLocation: seen.location },
      }),
      previous: null,
    };
    // Gas is paid only for what will be taken.
    const refusal = await registry.refusal(item);
    if (refusal !== null) return refusal;
    // A confirmation does not move the head.
    await outbox.accept(item, () => Promise.resolve(null));
    log.info({ link: collected.linkId, platform: link.platform }, "claim seen by a quorum, to be confirmed");
    return "handed to the relayer";
  }

  async #again(
    { link_id, tries, noticed_at }: WatchedClaim,
    severity: keyof typeof PACE,
    outcome: string,
    retryAfter: number | null = null,
  ): Promise<void> {
    const { first, most } = PACE[severity];
    const pause = Math.max(Math.min(first * 3 ** tries, most), retryAfter ?? 0);
    const over = (Date.now() - noticed_at.getTime()) / 1000 + pause > PATIENCE;
    await this.#watch.again(link_id, over ? null : pause, outcome);
  }

  /** Seconds until the budgets allow a look; 0 where they do, and then it is booked. */
  async #overBudget({ avatar, platform }: WatchedClaim): Promise<number> {
    for (const [limiter, key] of [[this.#perAvatar, avatar] as const, [this.#perPlatform, platform] as const]) {
      try {
        await limiter.consume(key);
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
      }
    }
    return 0;
  }
}

/** Why a claim can never be confirmed by a look, whatever is published; null where it may. */
function hopelessness({ link, location }: ClaimOnChain): string | null {
  const platform = platformOf(link.platform);
  if (!platform) return `no platform ${link.platform} is known`;
  try {
    if (platform.needsPost) platform.normaliseLocation(location);
    return platform.normaliseIdentity(link.identity) === link.identity
      ? null
      : "the identity is not in its normal form";
  } catch (error) {
    if (error instanceof PlatformInputError) return `${error.field}: ${error.message}`;
    throw error;
  }
}

/** What is missing for a quorum, in a sentence. */
function shortage({ words, quorum }: Collected): string {
  return `${words.length} of ${quorum ?? "an unknown number of"} attesters stand for it`;
}
