import { setTimeout as sleep } from "node:timers/promises";

import type { JsonRpcProvider } from "ethers";
import { Client, type Pool } from "pg";
import type { Logger } from "pino";

import { messageOf } from "../errors.ts";
import { BATCH_ITEMS } from "./batch.ts";
import { ChainRpc } from "./chainRpc.ts";
import { dispatch } from "./dispatch.ts";
import { broadcast, follow } from "./follow.ts";
import type { Lead } from "./lead.ts";
import { OUTBOX_CHANNEL } from "./outbox.ts";
import type { RelayQueue } from "./queue.ts";
import type { Registry } from "./registry.ts";
import { Signer } from "./signer.ts";
import { type RelayerStatus, statusOf } from "./status.ts";
import { Transactions } from "./transactions.ts";

/** How long submissions gather for a batch while another one is on its way, and when nothing is; in milliseconds. */
const GATHER = 200;
const GATHER_AT_REST = 10;
/** Transactions of a key on their way at once: nodes keep more of an account in their pools only for a while. */
const MOST_IN_FLIGHT = 12;
/** Pauses in milliseconds: between looks at the chain with something on its way, at rest, and after a failure. */
const LOOK = 50;
const LOOK_AT_REST = 2_000;
const AFTER_FAILURE = 500;
/** How often it is looked for work that nobody announced: of relayers that died, and what was put off. */
const SEARCH = 1_000;
/** How often the queue hears that the jobs of what is on its way are being worked on, in milliseconds. */
const KEEP_JOBS = 3_000;
/** How long a transaction may wait while blocks are made before its fee is raised, in milliseconds. */
const RAISE_AFTER = 8_000;

export interface RelayerOptions {
  databaseUrl: string;
  db: Pool;
  chainId: number;
  provider: JsonRpcProvider;
  privateKey: string;
  registry: Registry;
  queue: RelayQueue;
  log: Logger;
  /** {@link RAISE_AFTER} where not told. */
  raiseAfter?: number;
}

/**
 * Brings submissions on chain with one key. Of all processes with this key one works at a time: it holds an advisory lock on
 * a connection of its own, which the server gives up the moment the process dies. Processes with other keys work beside it;
 * the queue keeps each avatar to one of them.
 */
export class Relayer {
  readonly #options: RelayerOptions;
  readonly #rpc: ChainRpc;
  readonly #signer: Signer;
  readonly #stop = new AbortController();
  #lead: Lead | undefined;
  #lastError: string | null = null;
  #wake = Promise.withResolvers<void>();
  /** Since when something waits that was announced, and how much; by our clock. */
  #waitingSince: number | null = null;
  #announced = 0;
  #lookedAt = 0;
  #searchedAt = 0;
  #running: Promise<void> = Promise.resolve();

  constructor(options: RelayerOptions) {
    this.#options = options;
    this.#rpc = new ChainRpc(options.provider);
    this.#signer = new Signer(options.privateKey, options.chainId, this.#rpc);
  }

  get address(): string {
    return this.#signer.address;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake.resolve();
    await this.#running;
  }

  /** How it stands: for whoever watches the node. */
  async status(): Promise<RelayerStatus> {
    const lastError = this.#lead?.lastError ?? this.#lastError;
    return statusOf(this.#options, this.#rpc, { address: this.address, leading: this.#lead !== undefined, lastError });
  }

  async #run(): Promise<void> {
    const { databaseUrl, log } = this.#options;
    while (!this.#stop.signal.aborted) {
      const client = new Client({ connectionString: databaseUrl, application_name: "syngraph-relayer" });
      client.on("error", (error) => log.warn({ error: error.message }, "relayer lost the database"));
      try {
        await client.connect();
        await this.#takeLead(client);
      } catch (error) {
        this.#lastError = messageOf(error);
        log.warn({ error: this.#lastError }, "relayer starts anew");
        await sleep(AFTER_FAILURE, undefined, { signal: this.#stop.signal }).catch(() => {});
      } finally {
        this.#lead = undefined;
        await client.end().catch(() => {});
      }
    }
  }

  /** Waits for the lock, and works while the connection that holds it lives. */
  async #takeLead(client: Client): Promise<void> {
    const { chainId, registry, queue, log, raiseAfter = RAISE_AFTER } = this.#options;
    client.on("end", () => this.#wake.resolve());
    client.on("notification", () => this.#hear());
    await client.query(`LISTEN ${OUTBOX_CHANNEL}`);
    const lock = `relayer ${chainId} ${this.address}`;
    const locked = async () => {
      const sql = "SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked";
      return (await client.query<{ locked: boolean }>(sql, [lock])).rows[0]!.locked;
    };
    while (!this.#stop.signal.aborted && !(await locked())) await this.#pause(SEARCH);
    const transactions = new Transactions(client, chainId, this.address);
    const lead: Lead = {
      ...{ chainId, client, registry, queue, log, raiseAfter, transactions, rpc: this.#rpc, signer: this.#signer },
      ...{ inFlight: [], nextNonce: 0, head: undefined, keptSince: -Infinity, lastError: null },
    };
    this.#lead = lead;
    let keptAt = 0;
    while (!this.#stop.signal.aborted) {
      if (Date.now() - keptAt > KEEP_JOBS) {
        keptAt = Date.now();
        const jobs = lead.inFlight.flatMap((transaction) => transaction.jobs);
        // Where there are none, this still throws once the connection, and with it the lock, is gone.
        await (jobs.length > 0 ? queue.keep(client, jobs) : client.query("SELECT 1"));
      }
      await this.#step(lead);
    }
  }

  /** Once around. While the chain cannot be asked, what is accepted waits. */
  async #step(lead: Lead): Promise<void> {
    try {
      if (this.#isLookDue(lead)) {
        this.#lookedAt = Date.now();
        const { length } = lead.inFlight;
        await follow(lead);
        // What came to its end may have made way for more of the same avatars.
        if (lead.inFlight.length < length) this.#waitingSince ??= Date.now();
      }
      if (this.#isSendingDue(lead)) await this.#send(lead);
    } catch (error) {
      lead.lastError = messageOf(error);
      lead.log.warn({ error: lead.lastError }, "relayer cannot go on just now");
      // What was recorded counts, not what was thought of it.
      lead.head = undefined;
      this.#waitingSince ??= Date.now();
      await lead.client.query("SELECT 1");
      await sleep(AFTER_FAILURE, undefined, { signal: this.#stop.signal }).catch(() => {});
      return;
    }
    await this.#pause(this.#untilNext(lead));
  }

  async #send(lead: Lead): Promise<void> {
    this.#searchedAt = Date.now();
    this.#waitingSince = null;
    this.#announced = 0;
    const { more, signed } = await dispatch(lead);
    if (more) this.#waitingSince ??= 0;
    lead.inFlight.push(...signed);
    for (const transaction of signed) await broadcast(lead, transaction);
    // A chain that makes a block for each transaction has it by now.
    if (signed.length > 0) this.#lookedAt = 0;
  }

  #isLookDue({ head, inFlight }: Lead): boolean {
    return head === undefined || Date.now() - this.#lookedAt >= (inFlight.length > 0 ? LOOK : LOOK_AT_REST);
  }

  #isSendingDue(lead: Lead): boolean {
    if (lead.inFlight.length >= MOST_IN_FLIGHT) return false;
    return this.#sendingAt(lead) <= Date.now() || this.#announced >= BATCH_ITEMS;
  }

  /** When what waits has gathered for long enough. */
  #sendingAt({ inFlight }: Lead): number {
    const gathered = (this.#waitingSince ?? Infinity) + (inFlight.length > 0 ? GATHER : GATHER_AT_REST);
    return Math.min(gathered, this.#searchedAt + SEARCH);
  }

  #untilNext(lead: Lead): number {
    const look = this.#lookedAt + (lead.inFlight.length > 0 ? LOOK : LOOK_AT_REST);
    const sending = lead.inFlight.length >= MOST_IN_FLIGHT ? Infinity : this.#sendingAt(lead);
    return Math.min(look, sending) - Date.now();
  }

  /** Something was accepted, here or by another process. */
  #hear(): void {
    this.#announced++;
    if (this.#waitingSince === null || this.#announced === BATCH_ITEMS) this.#wake.resolve();
    this.#waitingSince ??= Date.now();
  }

  async #pause(milliseconds: number): Promise<void> {
    if (milliseconds <= 0 || this.#stop.signal.aborted) return;
    this.#wake = Promise.withResolvers();
    const pause = new AbortController();
    await Promise.race([this.#wake.promise, sleep(milliseconds, undefined, pause).catch(() => {})]);
    pause.abort();
  }
}
