import type { CheckError, Evidence, Severity } from "../platforms/types.ts";

/** How long what was seen counts, and how failures are weighed; seconds. */
export interface CheckPolicy {
  /** How long after a look the next one is due, as with Next.ID. */
  maxAge: number;
  /** How long after a first failure it is looked again, and how far apart two failures must lie to count as two. */
  strikeGap: number;
  minStrikeGap: number;
  /** How long after a look that did not reach the platform it is tried again: at first, and at most. */
  retryAfter: number;
  maxRetryAfter: number;
}

const HOUR = 3600;
const DAY = 24 * HOUR;

export const POLICY: Readonly<CheckPolicy> = {
  maxAge: 3 * DAY,
  strikeGap: 12 * HOUR,
  minStrikeGap: 6 * HOUR,
  retryAfter: HOUR / 4,
  maxRetryAfter: DAY,
};

/** So many failures in a row, apart in time, make a binding invalid: one may be an outage, or a post that is just edited. */
export const STRIKES = 2;

/** What is known of a link from looking at its other side; Unix seconds. */
export interface CheckState {
  /** The last look that reached the platform, whatever it saw. */
  last_checked_at: number | null;
  last_confirmed_at: number | null;
  strikes: number;
  first_failed_at: number | null;
  severity: Exclude<Severity, "soft"> | null;
  /** What the last failure was; empty after a success. */
  reason: string;
  /** Looks in a row that did not reach the platform, and why not. */
  soft_failures: number;
  trouble: string;
  next_due: number;
}

/** What a look came to. */
export type Outcome = { seen: Evidence } | { failure: CheckError };

/**
 * What is known after a look.
 *
 * A soft failure says nothing about the proof: it only moves the next look, ever further off. Any other counts once at a
 * time: a second one must lie apart from the first, so that a moment's outage of the platform, or of who edits a post, takes
 * nobody's binding away.
 */
export function judge(
  before: CheckState,
  outcome: Outcome,
  now: number,
  { policy = POLICY, random = Math.random }: { policy?: CheckPolicy; random?: () => number } = {},
): CheckState {
  // What was bound on one day shall not be looked at on one day for ever.
  const about = (seconds: number) => Math.round(seconds * (0.9 + 0.2 * random()));
  if ("seen" in outcome) {
    return {
      last_checked_at: now,
      last_confirmed_at: now,
      ...{ strikes: 0, first_failed_at: null, severity: null, reason: "" },
      ...{ soft_failures: 0, trouble: "" },
      next_due: now + about(policy.maxAge),
    };
  }
  const { failure } = outcome;
  if (failure.severity === "soft") {
    const backOff = about(Math.min(policy.retryAfter * 2 ** Math.min(before.soft_failures, 20), policy.maxRetryAfter));
    // Some instances belong to whoever is looked at: none may ask to be left alone for ever.
    const asked = Math.min(failure.retryAfter ?? 0, policy.maxAge);
    return {
      ...before,
      soft_failures: before.soft_failures + 1,
      trouble: failure.message,
      next_due: now + Math.max(backOff, asked),
    };
  }
  const first = before.first_failed_at ?? now;
  const apart = before.strikes === 0 || now - first >= policy.minStrikeGap;
  const strikes = Math.min(before.strikes + (apart ? 1 : 0), STRIKES);
  return {
    last_checked_at: now,
    last_confirmed_at: before.last_confirmed_at,
    ...{ strikes, first_failed_at: first, severity: failure.severity, reason: reasonOf(failure) },
    ...{ soft_failures: 0, trouble: "" },
    next_due: strikes < STRIKES ? Math.max(first, now) + about(policy.strikeGap) : now + about(policy.maxAge),
  };
}

/** What a reader is told: in one word what happened to the proof, and what was seen. */
function reasonOf({ severity, change, message }: CheckError): string {
  const word = change ?? (severity === "medium" ? "withdrawn" : "changed");
  return `${word}: ${message}`;
}
