import type { Pool } from "pg";

import { PLATFORMS } from "../platforms/index.ts";
import type { Evidence } from "../platforms/types.ts";
import { type CheckPolicy, type CheckState, POLICY, judge } from "./outcome.ts";

/** A row of `api.checks`. */
export interface Check extends CheckState {
  chain_id: number;
  link_id: string;
  /** Where it was seen last; null where we have not seen it yet. */
  location: string | null;
}

/** A binding as reads know it, as far as it matters here. */
export interface ReadBinding {
  chain_id: number;
  link_id: string;
  platform: string;
  status: string;
  next_due: number;
}

export interface ChecksOptions {
  db: Pool;
  chainId: number;
  /** Unix seconds. */
  now?: () => number;
  policy?: CheckPolicy;
}

/** How long whoever takes a row has for its look, in seconds. After a crash it is due again then. */
const LEASE = 120;

/** Longest text that is kept of what a platform said. */
const MAX_TEXT = 2_000;

/** Rows that are made at once for bindings that have none. */
const ENROL_PAGE = 1_000;

/** The platforms on which something can be looked at. What a key signed itself stands until it is taken back. */
const LOOKED_AT = PLATFORMS.filter(({ needsPost, closed }) => needsPost && closed === undefined).map(({ id }) => id);

/** Whether there is anything to look at on a platform. */
export function isLookedAt(platform: string): boolean {
  return LOOKED_AT.includes(platform);
}

const CHECK_COLUMNS = `c.chain_id, c.link_id, c.location, c.last_checked_at, c.last_confirmed_at, c.strikes,
  c.first_failed_at, c.severity, c.reason, c.soft_failures, c.trouble, c.next_due`;

/** State before the first look. */
const UNSEEN: CheckState = {
  last_checked_at: null,
  last_confirmed_at: null,
  strikes: 0,
  first_failed_at: null,
  severity: null,
  reason: "",
  soft_failures: 0,
  trouble: "",
  next_due: 0,
};

/** What this node saw of the links that bindings rest on, and when each is to be looked at again: `api.checks`. */
export class Checks {
  readonly now: () => number;
  readonly policy: CheckPolicy;
  /** Called when somebody read what is due. */
  onDue: () => void = () => {};
  /** Called when something else is known of a link than before. */
  onOutcome: () => void = () => {};
  readonly #db: Pool;
  readonly #chainId: number;

  constructor({ db, chainId, now = () => Math.floor(Date.now() / 1000), policy = POLICY }: ChecksOptions) {
    this.#db = db;
    this.#chainId = chainId;
    this.now = now;
    this.policy = policy;
  }

  /** Records that a link's proof was seen, as POST /v1/proof did. */
  async saw(linkId: string, seen: Evidence): Promise<void> {
    const state = judge(UNSEEN, { seen }, seen.checkedAt, { policy: this.policy });
    await this.#db.query(
      `INSERT INTO api.checks (chain_id, link_id, last_checked_at, last_confirmed_at, location, evidence, next_due)
       VALUES ($1, $2, $3, $3, $4, $5, $6)
       ON CONFLICT (chain_id, link_id) DO UPDATE SET
         last_checked_at = excluded.last_checked_at, last_confirmed_at = excluded.last_confirmed_at,
         location = excluded.location, evidence = excluded.evidence, next_due = excluded.next_due,
         strikes = 0, first_failed_at = NULL, severity = NULL, reason = '', soft_failures = 0, trouble = ''`,
      [this.#chainId, linkId, state.last_checked_at, seen.location, shown(seen), state.next_due],
    );
    this.onOutcome();
  }

  /** What is known of a link; undefined where nothing is. */
  async find(linkId: string): Promise<(Check & { account_id: string | null }) | undefined> {
    const { rows } = await this.#db.query<Check & { account_id: string | null }>(
      `SELECT ${CHECK_COLUMNS}, c.evidence ->> 'accountId' AS account_id FROM api.checks c
       WHERE c.chain_id = $1 AND c.link_id = $2`,
      [this.#chainId, linkId],
    );
    return rows[0];
  }

  /** Puts what is due of the bindings that somebody reads in front of all others; the reader does not wait for it. */
  noticed(bindings: readonly ReadBinding[]): void {
    const now = this.now();
    const due = bindings.filter(
      ({ chain_id, platform, status, next_due: at }) =>
        chain_id === this.#chainId && at > 0 && at <= now && standsFor(status) && isLookedAt(platform),
    );
    if (due.length === 0) return;
    this.#db
      .query(
        `INSERT INTO api.checks (chain_id, link_id, next_due) SELECT $1, unnest($2::text[]), 0
         ON CONFLICT (chain_id, link_id) DO UPDATE SET next_due = 0
         WHERE checks.next_due > 0 AND checks.next_due <= $3`,
        [this.#chainId, due.map(({ link_id }) => link_id), now],
      )
      .then(
        () => this.onDue(),
        // The sweep comes to them later.
        () => {},
      );
  }

  /** Makes rows for bindings that have none, due when what attesters said of them is old. */
  async enrol(): Promise<void> {
    for (;;) {
      const { rowCount } = await this.#db.query(
        `INSERT INTO api.checks (chain_id, link_id, next_due)
         SELECT b.chain_id, b.link, b.as_of + $3::bigint * (0.9 + 0.2 * random()) FROM indexer.binding b
         WHERE b.chain_id = $1 AND b.platform = ANY($2) AND b.status IN ('confirmed', 'suspended')
           AND NOT EXISTS (SELECT FROM api.checks c WHERE c.chain_id = b.chain_id AND c.link_id = b.link)
         LIMIT ${ENROL_PAGE} ON CONFLICT DO NOTHING`,
        [this.#chainId, LOOKED_AT, this.policy.maxAge],
      );
      if ((rowCount ?? 0) < ENROL_PAGE) return;
    }
  }

  /** Takes rows that are due, so that no other process looks at them: what was read first, then the longest due. */
  async take(count: number): Promise<Check[]> {
    const now = this.now();
    const { rows } = await this.#db.query<Check>(
      `UPDATE api.checks c SET next_due = $2::bigint + ${LEASE} FROM (
         SELECT chain_id, link_id FROM api.checks WHERE chain_id = $1 AND next_due <= $2
         ORDER BY next_due LIMIT $3 FOR UPDATE SKIP LOCKED) due
       WHERE c.chain_id = due.chain_id AND c.link_id = due.link_id
       RETURNING ${CHECK_COLUMNS}`,
      [this.#chainId, now, count],
    );
    return rows;
  }

  /**
   * Records what a look at a taken row came to.
   *
   * @returns false where the row is not ours any more: somebody submitted the proof meanwhile, or we took too long.
   */
  async settle(taken: Check, after: CheckState, seen: Evidence | null): Promise<boolean> {
    const { rowCount } = await this.#db.query(
      `UPDATE api.checks SET last_checked_at = $4, last_confirmed_at = $5, strikes = $6, first_failed_at = $7,
         severity = $8, reason = $9, soft_failures = $10, trouble = $11, next_due = $12,
         location = coalesce($13, location), evidence = coalesce($14, evidence)
       WHERE chain_id = $1 AND link_id = $2 AND next_due = $3`,
      [
        ...[taken.chain_id, taken.link_id, taken.next_due],
        ...[after.last_checked_at, after.last_confirmed_at, after.strikes, after.first_failed_at],
        ...[after.severity, storable(after.reason), after.soft_failures, storable(after.trouble), after.next_due],
        ...[seen?.location ?? null, seen && shown(seen)],
      ],
    );
    this.onOutcome();
    return rowCount === 1;
  }

  /** Forgets a taken row of a link that no binding rests on any more. */
  async forget(taken: Check): Promise<void> {
    await this.#db.query("DELETE FROM api.checks WHERE chain_id = $1 AND link_id = $2 AND next_due = $3", [
      ...[taken.chain_id, taken.link_id, taken.next_due],
    ]);
  }

  /** Lets taken rows be taken by others, or later. */
  async giveBack(taken: readonly Check[]): Promise<void> {
    await this.#db.query(
      `UPDATE api.checks c SET next_due = $4 FROM unnest($2::text[], $3::bigint[]) AS mine(link_id, next_due)
       WHERE c.chain_id = $1 AND c.link_id = mine.link_id AND c.next_due = mine.next_due`,
      [this.#chainId, taken.map((row) => row.link_id), taken.map((row) => row.next_due), this.now()],
    );
  }
}

/** Whether somebody's confirmation stands behind a binding of this status, or stood and was seen gone. */
function standsFor(status: string): boolean {
  return status === "confirmed" || status === "suspended";
}

/** Evidence as JSON. The chain has the signature. */
function shown({ signature: _signature, ...seen }: Evidence): string {
  return JSON.stringify(seen, (_, value: unknown) => (typeof value === "string" ? storable(value) : value));
}

/** A stranger's text as PostgreSQL takes it, which has no U+0000 and in JSON no lone surrogates. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd").slice(0, MAX_TEXT);
}
