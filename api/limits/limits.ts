import type { Pool } from "pg";
import type { Logger } from "pino";
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";

import { ApiError } from "../errors.ts";

/** How much one client, or one avatar, may ask for. */
export interface LimitSettings {
  /** Requests that only read, a minute and client. */
  readsPerMinute: number;
  /** Requests that make this node look, sign or send, a minute and client. */
  writesPerMinute: number;
  /** Proofs of one avatar, a minute. */
  avatarWritesPerMinute: number;
  /** Links that this node pays for, a day and avatar; and a day and client, since avatars cost nothing. */
  sponsoredPerAvatarAndDay: number;
  sponsoredPerClientAndDay: number;
}

/** What is counted. */
export type Kind = "read" | "write" | "avatar" | "sponsored avatar" | "sponsored client";

/** How many reads a process takes from the database at once for a client, so that not every read is a write there. */
const LEASE = 25;
/** Clients whose leases a process remembers. */
const MAX_LEASES = 50_000;

interface Lease {
  left: number;
  /** Milliseconds since the epoch. */
  until: number;
}

/**
 * Counts requests in Postgres, for all processes together. While the database is away each process counts for itself: a
 * limit must not be what takes the service down, nor what an outage lifts.
 */
export class Limits {
  readonly #limiters: ReadonlyMap<Kind, RateLimiterPostgres>;
  readonly #leaseSize: number;
  readonly #leases = new Map<string, Lease>();

  constructor(db: Pool, settings: LimitSettings, log: Logger) {
    const limiter = (kind: Kind, points: number, duration: number) => {
      const keyPrefix = kind.replace(" ", "_");
      const insuranceLimiter = new RateLimiterMemory({ keyPrefix, points, duration });
      return new RateLimiterPostgres({
        ...{
          storeClient: db,
          schemaName: "api",
          tableName: "rate_limit",
          tableCreated: true,
          clearExpiredByTimeout: true,
        },
        ...{ keyPrefix, points, duration, insuranceLimiter },
        // Who is over the limit is refused from memory: a flood must not become one of the database.
        inMemoryBlockOnConsumed: points + 1,
      });
    };
    const [minute, day] = [60, 24 * 3600];
    this.#limiters = new Map([
      ["read", limiter("read", settings.readsPerMinute, minute)],
      ["write", limiter("write", settings.writesPerMinute, minute)],
      ["avatar", limiter("avatar", settings.avatarWritesPerMinute, minute)],
      ["sponsored avatar", limiter("sponsored avatar", settings.sponsoredPerAvatarAndDay, day)],
      ["sponsored client", limiter("sponsored client", settings.sponsoredPerClientAndDay, day)],
    ]);
    this.#leaseSize = Math.max(1, Math.min(LEASE, Math.floor(settings.readsPerMinute / 4)));
    log.debug({ ...settings }, "limits");
  }

  /**
   * Counts one more.
   *
   * @param points as how many it counts.
   * @throws {ApiError} 429 where that is too many.
   */
  async count(kind: Kind, who: string, points = 1): Promise<void> {
    if (kind === "read") await this.#countRead(who, points);
    else await this.#consume(kind, who, points);
  }

  /** Takes a count back, of what was not done after all. */
  async takeBack(kind: Kind, who: string): Promise<void> {
    await this.#limiters.get(kind)!.reward(who, 1);
  }

  async #countRead(who: string, points: number): Promise<void> {
    const now = Date.now();
    const lease = this.#leases.get(who);
    if (lease && lease.left >= points && lease.until > now) {
      lease.left -= points;
      return;
    }
    if (this.#leases.size >= MAX_LEASES) this.#leases.clear();
    const taken = Math.max(points, this.#leaseSize);
    const { msBeforeNext } = await this.#consume("read", who, taken);
    this.#leases.set(who, { left: taken - points, until: now + msBeforeNext });
  }

  async #consume(kind: Kind, who: string, points: number): Promise<RateLimiterRes> {
    try {
      return await this.#limiters.get(kind)!.consume(who, points);
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const retryAfter = Math.max(1, Math.ceil(error.msBeforeNext / 1000));
      throw new ApiError(429, `${EXCUSES[kind]}; ask again in ${retryAfter} s`, { retryAfter });
    }
  }
}

const EXCUSES: Record<Kind, string> = {
  read: "too many requests from your address",
  write: "too many proofs and other writing requests from your address",
  avatar: "too many proofs of this avatar",
  "sponsored avatar": "this node pays for no more links of this avatar today; its wallet may submit them itself",
  "sponsored client": "this node pays for no more links from your address today; a wallet may submit them itself",
};
