/**
 * What a problem is about: `log`: what the chain's logs say is not as signed, or not as the contracts' rules have it;
 * `state`: the contracts keep something else than their logs say; `database`: the index says something else than the logs;
 * `rpc`: servers of one chain disagree.
 */
export type ProblemKind = "log" | "state" | "database" | "rpc";

/** Something that is not as it must be. */
export interface Problem {
  kind: ProblemKind;
  /** What it is about: `link 0x… (0xavatar #3)`. */
  subject: string;
  /** What is wrong, with the values that explain it. */
  detail: string;
}

/** How many problems are kept; all are counted. */
const KEPT = 10_000;

/** What was found wrong, what was checked, and what could not be. */
export class Findings {
  readonly problems: Problem[] = [];
  /** How many problems there are of each kind. */
  readonly counts: Partial<Record<ProblemKind, number>> = {};
  /** How many of what were checked. */
  readonly checked: Record<string, number> = {};
  /** How many of what could not be checked here, by the reason. */
  readonly unchecked: Record<string, number> = {};
  /** Whether so much could not be checked that nothing follows from no problem. */
  incomplete = false;

  add(kind: ProblemKind, subject: string, detail: string): void {
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    if (this.problems.length < KEPT) this.problems.push({ kind, subject, detail });
  }

  get total(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  count(what: string, times = 1): void {
    this.checked[what] = (this.checked[what] ?? 0) + times;
  }

  /** Says that something could not be checked, and why. */
  leave(why: string, times = 1): void {
    this.unchecked[why] = (this.unchecked[why] ?? 0) + times;
  }
}
