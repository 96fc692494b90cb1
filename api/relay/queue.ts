import type { ClientBase } from "pg";
import { PgBoss } from "pg-boss";
import type { Logger } from "pino";

/** Where pg-boss keeps its tables. */
const SCHEMA = "pgboss";
/**
 * How long the jobs of a relayer that is silent stay its own, in seconds: pg-boss's least. Then another one with another key
 * takes them over; one with the same key goes on at once, since it finds what was signed.
 */
const HEARTBEAT = 10;
/** How often silent relayers are looked for, in seconds. */
const SUPERVISE_EVERY = 5;
/** In seconds: what depends on something lost to a reorg waits for it. */
const LATER = 2;
/** Jobs are no record: that is `api.submission`. How long a finished one is kept for whoever looks at the queue, in seconds. */
const KEEP_FINISHED = 600;
/** A chain that stands still for long is no reason to forget what waits: a year in seconds, and a number never reached. */
const RETENTION = 365 * 86_400;
const RETRIES = 1_000_000_000;
/** In seconds. What keeps a job is its heartbeat, not this limit; pg-boss allows a day. */
const EXPIRY = 86_400;

/** Jobs that a relayer took, and the avatars that they are about. */
export interface Taken {
  jobs: string[];
  avatars: string[];
}

/**
 * Which avatar has something for the chain: a pg-boss queue with a job for each submission, keyed by the avatar. Its policy
 * `key_strict_fifo` gives one job of a key at a time, so that whoever holds it is the only one to send links of this avatar,
 * over all processes on the database. All changes go through the caller's transaction, beside the rows that they are about.
 */
export class RelayQueue {
  readonly #boss: PgBoss;
  readonly #name: string;

  constructor(databaseUrl: string, chainId: number, log: Logger) {
    this.#name = `relay-${chainId}`;
    this.#boss = new PgBoss({
      connectionString: databaseUrl,
      application_name: "syngraph-queue",
      schema: SCHEMA,
      max: 2,
      schedule: false,
      superviseIntervalSeconds: SUPERVISE_EVERY,
      monitorIntervalSeconds: SUPERVISE_EVERY,
      maintenanceIntervalSeconds: KEEP_FINISHED,
    });
    this.#boss.on("error", (error) => log.warn({ error: error.message }, "queue: maintenance failed"));
    this.#boss.on("warning", ({ message, data }) => log.warn({ data }, `queue: ${message}`));
  }

  /** Makes the schema and the queue where they are not there. Several processes may do so at once. */
  async start(): Promise<void> {
    await this.#boss.start();
    await this.#boss.createQueue(this.#name, {
      policy: "key_strict_fifo",
      heartbeatSeconds: HEARTBEAT,
      expireInSeconds: EXPIRY,
      retentionSeconds: RETENTION,
      deleteAfterSeconds: KEEP_FINISHED,
      retryLimit: RETRIES,
    });
  }

  async stop(): Promise<void> {
    await this.#boss.stop({ graceful: false });
  }

  /** Says that avatars have something for the chain, now or a little later. */
  async announce(client: ClientBase, avatars: readonly string[], later = false): Promise<void> {
    if (avatars.length === 0) return;
    const jobs = avatars.map((avatar) => ({
      ...{ singletonKey: avatar, data: { avatar } },
      ...(later ? { startAfter: LATER } : {}),
    }));
    await this.#boss.insert(this.#name, jobs, within(client));
  }

  /** Takes up to `limit` avatars for which nobody works yet, the longest waiting first. */
  async take(client: ClientBase, limit: number): Promise<Taken> {
    const jobs = await this.#boss.fetch<{ avatar: string }>(this.#name, { batchSize: limit, ...within(client) });
    return { jobs: jobs.map(({ id }) => id), avatars: jobs.map(({ data }) => data.avatar) };
  }

  /** Ends jobs: their avatars may be taken anew. */
  async finish(client: ClientBase, jobs: readonly string[]): Promise<void> {
    if (jobs.length > 0) await this.#boss.complete(this.#name, [...jobs], null, within(client));
  }

  /** Says that jobs are still being worked on. */
  async keep(client: ClientBase, jobs: readonly string[]): Promise<void> {
    if (jobs.length > 0) await this.#boss.touch(this.#name, [...jobs], within(client));
  }

  /**
   * Announces every avatar that has submissions waiting, or on their way again after a set-back, and no job: what keeps it to
   * this relayer, or brings it to another one should this one be gone for good.
   */
  async announceForgotten(client: ClientBase, chainId: number): Promise<void> {
    const { rows } = await client.query<{ avatar: string }>(
      `SELECT DISTINCT avatar FROM api.submission s WHERE chain_id = $1 AND state IN ('accepted', 'sent') AND NOT EXISTS (
         SELECT FROM ${SCHEMA}.job j WHERE j.name = $2 AND j.singleton_key = s.avatar
           AND (j.state < 'active' OR j.state = 'active' AND s.state = 'sent'))`,
      [chainId, this.#name],
    );
    await this.announce(
      client,
      rows.map(({ avatar }) => avatar),
    );
  }
}

/** pg-boss's way to be told of a transaction. */
function within(client: ClientBase) {
  return { db: { executeSql: (text: string, values?: unknown[]) => client.query(text, values) } };
}
