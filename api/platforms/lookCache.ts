import { hash } from "node:crypto";

import { LRUCache } from "lru-cache";

import { CheckError, type Claim, type Evidence } from "./types.ts";

/** How long the outcome of a look counts for another claim of the same, in milliseconds. */
export interface Lifetimes {
  /** Seconds only: what was read may be taken away. */
  confirmed: number;
  /** Shorter: who has just published it asks again at once. */
  refused: number;
}

/** Looks of equal claims, so that many who ask at once cost one look. */
export interface LookCache {
  /**
   * The outcome of a look, or of one that is under way or just over. What says nothing of the proof (soft) is never kept.
   *
   * @param fresh takes no look that is over.
   */
  share(claim: Claim, look: () => Promise<Evidence>, options?: { fresh?: boolean }): Promise<Evidence>;
}

/** How many outcomes are kept. */
const MAX_OUTCOMES = 10_000;

type Outcome = { evidence: Evidence } | { error: CheckError };

export function createLookCache(lifetimes: Lifetimes): LookCache {
  const under = new Map<string, Promise<Evidence>>();
  const over = new LRUCache<string, Outcome>({ max: MAX_OUTCOMES });

  function keep(key: string, outcome: Outcome, ttl: number): void {
    // To the LRU cache, zero would mean for ever.
    if (ttl > 0) over.set(key, outcome, { ttl });
    else over.delete(key);
  }

  async function run(key: string, look: () => Promise<Evidence>): Promise<Evidence> {
    try {
      const evidence = await look();
      keep(key, { evidence }, lifetimes.confirmed);
      return evidence;
    } catch (error) {
      if (error instanceof CheckError && error.severity !== "soft") keep(key, { error }, lifetimes.refused);
      throw error;
    } finally {
      under.delete(key);
    }
  }

  return {
    async share(claim, look, { fresh = false } = {}) {
      const key = keyOf(claim);
      const known = fresh ? undefined : over.get(key);
      if (known) {
        if ("error" in known) throw known.error;
        return known.evidence;
      }
      const running = under.get(key) ?? run(key, look);
      under.set(key, running);
      return running;
    },
  };
}

/** Everything that a look's outcome depends on. */
function keyOf({ link, avatar, location, accountId }: Claim): string {
  const { action, platform, identity, prev, createdAt, uuid } = link;
  const fields = [action, platform, identity, link.avatar, prev, createdAt, uuid, avatar.compressed, location];
  return hash("sha256", JSON.stringify([...fields, accountId ?? null]));
}
