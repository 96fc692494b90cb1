import { setTimeout as sleep } from "node:timers/promises";

import { identityKey } from "@syngraph/sdk/protocol";
import type { Pool, PoolClient } from "pg";

import { STRIKES } from "../checks/outcome.ts";
import { anew } from "./anew.ts";
import { FAILURE } from "../proofs/read/bindings.ts";

/** The channel on which whoever has written to the journal says so. */
export const JOURNAL_CHANNEL = "syngraph_journal";

/**
 * How long the journal waits for an index that has gone back and stands still, and at most where it comes forward again; in
 * milliseconds.
 */
const PATIENCE = 10_000;
const LONGEST_WAIT = 120_000;
/** How long who asks for all that is so waits for it: patience, and the time that looking itself takes on a busy machine. */
const LONGEST_CATCH_UP = 2 * PATIENCE;
const LOOK_AGAIN = 50;
const ATTEMPTS = 5;
/** What is worked again (PostgreSQL, appendix A): serialization_failure, and deadlock_detected, as the indexer's reorgs cause it. */
const AGAIN = new Set(["40001", "40P01"]);
/** Most events that one event takes back: more are told in several. */
const MOST_TAKEN_BACK = 1_000;

export interface JournalOptions {
  db: Pool;
  /** Seconds after which what stands no more may be thrown away. */
  keep: number;
}

/** How far the index of a chain is, and how far the journal has followed it. */
interface Progress {
  chain_id: number;
  /** Ponder's checkpoint; null where the index does not have the chain any more. */
  checkpoint: string | null;
  safe: string | null;
  build: string;
  ready: boolean;
  known_build: string | null;
  known: string | null;
  since: number;
  compacted_block: number;
  /** The last block of which it tells something that stands. */
  told: number;
}

/** From which block on a chain is looked through. */
interface Window {
  chain_id: number;
  since: number;
  turns_since: number;
}

/** What the journal told, and is not so any more. */
interface Changed {
  id: number;
  chain_id: number;
  avatar: string | null;
  public_key: string;
  platform: string;
  identity: string;
  block: number;
  /** Where it is now; null where it is gone. */
  now: { block: number; block_time: number; tx_hash: string; log_index: number } | null;
}

/**
 * `api.journal`: what came to be on chain, what became of bindings, and what reorgs took back, each with a number. It is
 * written by comparing it with the index, by whichever process notices first. One at a time holds the lock until its rows can
 * be read, so that numbers appear in their order: who has read up to one misses none.
 */
export class Journal {
  /**
   * Brings it up to date with the index as it is now, or later.
   *
   * @returns whether it waits for the index of a chain to come to where it was.
   */
  readonly advance: () => Promise<boolean>;
  readonly #db: Pool;
  readonly #keep: number;
  /** For which chains the journal waits: since when, and since when the index stands where it does; by our clock. */
  readonly #waiting = new Map<number, { since: number; checkpoint: string | null; still: number }>();

  constructor({ db, keep }: JournalOptions) {
    this.#db = db;
    this.#keep = keep;
    this.advance = anew(() => this.#retried((client) => this.#advance(client)));
  }

  /** The same, and waits while it waits, which is not long. */
  async catchUp(): Promise<void> {
    const until = Date.now() + LONGEST_CATCH_UP;
    while ((await this.advance()) && Date.now() < until) await sleep(LOOK_AGAIN);
  }

  /** The number of the last event, and the one up to which what stands no more was thrown away. */
  async ends(): Promise<{ last: number; compacted: number }> {
    const { rows } = await this.#db.query<{ last: number; compacted: number }>(
      `SELECT greatest(coalesce((SELECT max(id) FROM api.journal), 0), compacted) AS last, compacted
       FROM (SELECT coalesce(max(compacted_id), 0) AS compacted FROM api.journal_state) s`,
    );
    return rows[0]!;
  }

  /** Throws away what is old, but for links that stand: /v1/proofchain/changes tells of these for ever. */
  async compact(): Promise<void> {
    await this.#locked(async (client) => {
      await client.query(
        `WITH gone AS (
           DELETE FROM api.journal WHERE (type <> 'link' OR taken_back IS NOT NULL)
             AND written_at < now() - $1 * interval '1 second'
           RETURNING chain_id, id, block
         ), ends AS (SELECT chain_id, max(id) AS id, max(block) AS block FROM gone GROUP BY chain_id)
         UPDATE api.journal_state s SET compacted_id = greatest(s.compacted_id, ends.id),
           compacted_block = greatest(s.compacted_block, ends.block)
         FROM ends WHERE s.chain_id = ends.chain_id`,
        [this.#keep],
      );
    });
  }

  /** Works again where somebody has changed what this node saw meanwhile, or stood in the way. */
  async #retried<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#locked(work);
      } catch (error) {
        if (!AGAIN.has((error as { code?: string }).code ?? "") || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** Works alone of all processes, and on one state of the index. */
  async #locked<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#db.connect();
    let trouble: Error | undefined;
    try {
      // Not of the transaction, whose view of the database would be older than the lock.
      await client.query("SELECT pg_advisory_lock(hashtextextended('journal', 0))");
      await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
      const result = await work(client);
      await client.query("COMMIT");
      await client.query("SELECT pg_advisory_unlock(hashtextextended('journal', 0))");
      return result;
    } catch (error) {
      trouble = error as Error;
      throw error;
    } finally {
      // With the connection go the transaction and the lock.
      client.release(trouble);
    }
  }

  async #advance(client: PoolClient): Promise<boolean> {
    const { rows: progress } = await client.query<Progress>(PROGRESS);
    if (progress.some(({ ready }) => !ready)) {
      // While the indexer begins anew, its tables lack what they will have again.
      this.#waiting.clear();
      return false;
    }
    // What the index has no more at all was looked through when it lost it.
    const known = progress.filter(({ checkpoint, build, known_build }) => checkpoint !== null || build !== known_build);
    const changed = await changedSince(client, known.map(windowOf));
    const gone = new Set(changed.filter(({ now }) => now === null).map(({ chain_id }) => chain_id));
    const followed = known.filter((chain) => !gone.has(chain.chain_id) || isSettled(chain) || !this.#isPatient(chain));
    const waits = followed.length < known.length;
    const chains = new Set(followed.map(({ chain_id }) => chain_id));
    const news = [
      await takeBack(
        client,
        changed.filter(({ chain_id }) => chains.has(chain_id)),
      ),
      await tellNew(client, followed.map(windowOf)),
      await tellLooks(client),
    ];
    for (const { chain_id, build, checkpoint, safe } of followed) {
      this.#waiting.delete(chain_id);
      await client.query(
        `INSERT INTO api.journal_state (chain_id, build, checkpoint, since) VALUES ($1, $2, $3, $4)
         ON CONFLICT (chain_id) DO UPDATE SET build = excluded.build, checkpoint = excluded.checkpoint,
           since = excluded.since
         WHERE (journal_state.build, journal_state.checkpoint, journal_state.since)
           IS DISTINCT FROM (excluded.build, excluded.checkpoint, excluded.since)`,
        [chain_id, build, checkpoint, safe === null ? 0 : blockOf(safe)],
      );
    }
    if (news.some((count) => count > 0)) await client.query(`NOTIFY ${JOURNAL_CHANNEL}`);
    return waits;
  }

  /**
   * Whether a chain is still waited for. An indexer that was started anew, or follows a reorg, has less for a moment than it
   * had; what comes again at once was not taken back.
   */
  #isPatient({ chain_id, checkpoint }: Progress): boolean {
    const now = Date.now();
    const before = this.#waiting.get(chain_id);
    const still = before?.checkpoint === checkpoint ? before.still : now;
    const since = before?.since ?? now;
    this.#waiting.set(chain_id, { since, checkpoint, still });
    return now - still < PATIENCE && now - since < LONGEST_WAIT;
  }
}

/**
 * Whether the index has come to where it was, so that what it lacks is gone: a reorg takes away first, and says how far it is
 * with the blocks that come instead.
 */
function isSettled({ checkpoint, told, known, build, known_build }: Progress): boolean {
  if (checkpoint === null) return true;
  return blockOf(checkpoint) >= told && !(checkpoint === known && build === known_build);
}

/** Of each chain that the index or the journal has. */
const PROGRESS = `
  SELECT coalesce(i.chain_id, s.chain_id)::integer AS chain_id, i.latest_checkpoint AS checkpoint,
    i.safe_checkpoint AS safe, m.build, m.ready, s.build AS known_build, s.checkpoint AS known,
    coalesce(s.since, 0) AS since, coalesce(s.compacted_block, -1) AS compacted_block, coalesce((
      SELECT max(j.block) FROM api.journal j
      WHERE j.chain_id = coalesce(i.chain_id, s.chain_id) AND j.taken_back IS NULL AND j.type <> 'reorg'), 0) AS told
  FROM (indexer._ponder_checkpoint i FULL JOIN api.journal_state s ON s.chain_id = i.chain_id) CROSS JOIN (
    SELECT value ->> 'build_id' AS build, value ->> 'is_ready' = '1' AS ready
    FROM indexer._ponder_meta WHERE key = 'app') m`;

/** The block in one of Ponder's checkpoints: time (10 digits), chain (16), block (16) and so on. */
function blockOf(checkpoint: string): number {
  return Number(checkpoint.slice(26, 42));
}

/** What a new version of the index says may differ anywhere; else only what was not final. */
function windowOf({ chain_id, build, known_build, since, compacted_block }: Progress): Window {
  const from = build === known_build ? since : 0;
  return { chain_id, since: from, turns_since: Math.max(from, compacted_block + 1) };
}

const WINDOWS = "unnest($1::integer[], $2::bigint[], $3::bigint[]) AS w(chain_id, since, turns_since)";

function valuesOf(windows: readonly Window[]): unknown[] {
  return [
    windows.map(({ chain_id }) => chain_id),
    windows.map(({ since }) => since),
    windows.map(({ turns_since }) => turns_since),
  ];
}

/** What was told and is gone, or elsewhere now. */
async function changedSince(client: PoolClient, windows: readonly Window[]): Promise<Changed[]> {
  const { rows } = await client.query<Changed>(
    `SELECT j.id, j.chain_id, j.avatar, j.public_key, j.platform, j.identity, j.block, CASE
       WHEN l.id IS NULL THEN NULL
       WHEN j.cause = 'link' AND l.status::text <> j.status THEN NULL
       WHEN j.cause = 'attesters' AND t.status::text IS DISTINCT FROM j.status THEN NULL
       WHEN j.cause = 'attesters' THEN jsonb_build_object('block', t.block_number, 'block_time', t.block_time,
         'tx_hash', t.transaction_hash, 'log_index', t.log_index)
       ELSE jsonb_build_object('block', l.block_number, 'block_time', l.block_time,
         'tx_hash', l.transaction_hash, 'log_index', l.log_index)
       END AS now
     FROM ${WINDOWS}
     JOIN api.journal j ON j.chain_id = w.chain_id AND j.block >= w.since AND j.taken_back IS NULL AND j.type <> 'reorg'
     LEFT JOIN indexer.link l ON l.chain_id = j.chain_id AND l.id = j.link_id
     LEFT JOIN indexer.turn t ON j.cause = 'attesters' AND t.chain_id = j.chain_id
       AND t.transaction_hash = j.tx_hash AND t.log_index = j.log_index
     WHERE l.id IS NULL
       OR CASE j.cause
         WHEN 'attesters' THEN (t.status::text, t.block_number::bigint) IS DISTINCT FROM (j.status, j.block)
         WHEN 'node' THEN l.block_number::bigint <> j.block
         ELSE l.status::text <> j.status
           OR (l.block_number::bigint, l.transaction_hash, l.log_index) IS DISTINCT FROM (j.block, j.tx_hash, j.log_index)
       END AND j.avatar IS NOT NULL
     ORDER BY j.id`,
    valuesOf(windows),
  );
  return rows;
}

/** Tells of what a reorg changed: one event for each binding, or several where it is much. */
async function takeBack(client: PoolClient, changed: readonly Changed[]): Promise<number> {
  // What was numbered before there were events nobody was told of by one.
  const unnamed = changed.filter(({ avatar }) => avatar === null).map(({ id }) => id);
  await client.query("UPDATE api.journal SET taken_back = 0 WHERE id = ANY($1)", [unnamed]);
  const named = changed.filter((row): row is Changed & { avatar: string } => row.avatar !== null);
  const groups = Map.groupBy(named, ({ chain_id, avatar, platform, identity }) =>
    JSON.stringify([chain_id, avatar, platform, identity]),
  );
  for (const rows of groups.values()) {
    for (let from = 0; from < rows.length; from += MOST_TAKEN_BACK) {
      await tellReorg(client, rows.slice(from, from + MOST_TAKEN_BACK));
    }
  }
  return groups.size;
}

async function tellReorg(client: PoolClient, rows: readonly Changed[]): Promise<void> {
  const [{ chain_id, avatar, public_key, platform, identity }] = rows as [Changed];
  const removed = rows.filter(({ now }) => now === null).map(({ id }) => id);
  const moved = rows.flatMap(({ id, now }) => (now === null ? [] : [{ id, block: now.block, tx_hash: now.tx_hash }]));
  const { rows: told } = await client.query<{ id: number }>(
    `INSERT INTO api.journal (type, cause, chain_id, block, avatar, public_key, platform, identity, data, status, is_valid)
     SELECT 'reorg', 'reorg', $1, $2, $3, $4, $5, $6, $7, coalesce(s.status, 'none'), coalesce(s.is_valid, false)
     FROM (VALUES (1)) one LEFT JOIN (
       SELECT b.status::text AS status, b.status = 'confirmed' AND ${FAILURE} = '' AS is_valid
       FROM indexer.binding b LEFT JOIN api.checks c ON c.chain_id = b.chain_id AND c.link_id = b.link
       WHERE b.chain_id = $1 AND b.avatar = $3 AND b.identity_key = $8) s ON true
     RETURNING id`,
    [
      ...[chain_id, Math.min(...rows.map(({ block, now }) => Math.min(block, now?.block ?? block)))],
      ...[avatar, public_key, platform, identity, JSON.stringify({ removed, moved }), identityKey(platform, identity)],
    ],
  );
  await client.query("UPDATE api.journal SET taken_back = $2 WHERE id = ANY($1)", [removed, told[0]!.id]);
  await client.query(
    `UPDATE api.journal j SET block = n.block, block_time = n.block_time, tx_hash = n.tx_hash, log_index = n.log_index
     FROM jsonb_to_recordset($1) AS n(id bigint, block bigint, block_time integer, tx_hash text, log_index integer)
     WHERE j.id = n.id`,
    [JSON.stringify(rows.flatMap(({ id, now }) => (now === null ? [] : [{ id, ...now }])))],
  );
}

/** Tells of links, and of what attesters said of bindings, in the order of the chain. */
async function tellNew(client: PoolClient, windows: readonly Window[]): Promise<number> {
  const { rows } = await client.query<{ told: number; turned: string[] | null }>(
    `WITH happened AS (
       SELECT 'link' AS cause, l.chain_id, l.id AS link_id, l.block_number::bigint AS block, l.block_time, l.log_index,
         l.transaction_hash AS tx_hash, l.avatar, l.platform, l.identity, l.status::text AS status,
         l.status = 'confirmed' AS is_valid,
         jsonb_build_object('action', l.action, 'sequence', l.sequence, 'uuid', l.uuid, 'created_at', l.created_at) AS data
       FROM ${WINDOWS} JOIN indexer.link l ON l.chain_id = w.chain_id AND l.block_number >= w.since
       WHERE NOT EXISTS (SELECT FROM api.journal j
         WHERE j.chain_id = l.chain_id AND j.link_id = l.id AND j.type = 'link' AND j.taken_back IS NULL)
       UNION ALL
       SELECT 'attesters', t.chain_id, t.link, t.block_number::bigint, t.block_time, t.log_index,
         t.transaction_hash, l.avatar, l.platform, l.identity, t.status::text,
         t.status = 'confirmed' AND NOT coalesce(c.strikes >= ${STRIKES} AND c.last_checked_at >= t.as_of, false),
         jsonb_build_object('attesters', t.attesters)
       FROM ${WINDOWS} JOIN indexer.turn t ON t.chain_id = w.chain_id AND t.block_number >= w.turns_since
       JOIN indexer.link l ON l.chain_id = t.chain_id AND l.id = t.link
       LEFT JOIN api.checks c ON c.chain_id = t.chain_id AND c.link_id = t.link
       WHERE NOT EXISTS (SELECT FROM api.journal j
         WHERE j.chain_id = t.chain_id AND j.tx_hash = t.transaction_hash AND j.log_index = t.log_index
           AND j.cause = 'attesters' AND j.taken_back IS NULL)
     ), told AS (
       INSERT INTO api.journal (type, cause, chain_id, link_id, block, block_time, log_index, tx_hash, avatar, public_key,
         platform, identity, status, is_valid, data)
       SELECT e.type, h.cause, h.chain_id, h.link_id, h.block, h.block_time, h.log_index, h.tx_hash, h.avatar, a.public_key,
         h.platform, h.identity, h.status, h.is_valid, h.data
       FROM happened h
       JOIN indexer.avatar a ON a.chain_id = h.chain_id AND a.address = h.avatar
       CROSS JOIN (VALUES ('link', 1), ('binding', 2)) AS e(type, place)
       -- A delete of what the avatar never had changes no binding; and what attesters say is no link.
       WHERE CASE e.type WHEN 'link' THEN h.cause = 'link' ELSE h.status <> 'none' END
       ORDER BY h.block_time, h.chain_id, h.block, h.log_index, e.place
       RETURNING cause, link_id
     )
     SELECT count(*)::integer AS told, array_agg(DISTINCT link_id) FILTER (WHERE cause = 'attesters') AS turned FROM told`,
    valuesOf(windows),
  );
  const { told, turned } = rows[0]!;
  // What this node saw before counts no more, or was told with it: what it sees from now on is news.
  if (turned) {
    await client.query("UPDATE api.checks SET announced = false WHERE announced AND link_id = ANY($1)", [turned]);
  }
  return told;
}

/** Tells of confirmed bindings that this node holds for invalid since, or not any more. */
async function tellLooks(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ told: number }>(
    `WITH due AS (
       SELECT c.chain_id, c.link_id, c.strikes >= ${STRIKES} AS failed, c.last_checked_at, l.block_number::bigint AS block,
         l.avatar, l.platform, l.identity, b.status = 'confirmed' AS stands, ${FAILURE} AS failure, j.public_key
       FROM api.checks c
       JOIN indexer.link l ON l.chain_id = c.chain_id AND l.id = c.link_id
       -- What the journal has not told of yet has to wait.
       JOIN api.journal j ON j.chain_id = c.chain_id AND j.link_id = c.link_id AND j.type = 'link'
         AND j.taken_back IS NULL AND j.avatar IS NOT NULL
       LEFT JOIN indexer.binding b ON b.chain_id = l.chain_id AND b.avatar = l.avatar AND b.link = l.id
       WHERE (c.strikes >= 2) <> c.announced
     ), settled AS (
       -- What a quorum saw later than this node stays to be told: the next look may say it again.
       SELECT * FROM due WHERE stands IS NOT TRUE OR NOT failed OR failure <> ''
     ), marked AS (
       UPDATE api.checks c SET announced = settled.failed FROM settled
       WHERE c.chain_id = settled.chain_id AND c.link_id = settled.link_id
     ), told AS (
       INSERT INTO api.journal (type, cause, chain_id, link_id, block, avatar, public_key, platform, identity, status,
         is_valid, data)
       SELECT 'binding', 'node', chain_id, link_id, block, avatar, public_key, platform, identity, 'confirmed',
         NOT failed, jsonb_build_object('reason', failure, 'checked_at', last_checked_at)
       FROM settled WHERE stands ORDER BY chain_id, link_id RETURNING id
     )
     SELECT count(*)::integer AS told FROM told`,
  );
  return rows[0]!.told;
}
