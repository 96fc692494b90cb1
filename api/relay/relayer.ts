import { setTimeout as sleep } from "node:timers/promises";

import { type JsonRpcProvider, Transaction, Wallet, isError } from "ethers";
import { Client } from "pg";
import type { Logger } from "pino";

import { messageOf } from "../errors.ts";
import { OUTBOX_CHANNEL, type Outbox, type OutboxItem } from "./outbox.ts";
import type { Call, Registry } from "./registry.ts";

/** How many submissions are read at once. */
const PAGE = 100;
/** Blocks that may still change, and so are looked at again. */
const REORG_DEPTH = 128;
/** Pauses in milliseconds: between looks at a sent transaction, when there is nothing to do, and after a failure. */
const RECEIPT_POLL = 50;
const IDLE = 1_000;
const AFTER_FAILURE = 1_000;
/** How often it is looked whether a reorg took away what was included, in milliseconds; first of all at the start. */
const RECHECK_EVERY = 30_000;
/** How long a transaction may stay out before it is sent again, in milliseconds. */
const RESEND_AFTER = 15_000;

export interface RelayerOptions {
  databaseUrl: string;
  chainId: number;
  provider: JsonRpcProvider;
  privateKey: string;
  registry: Registry;
  outbox: Outbox;
  log: Logger;
}

/**
 * Brings submissions on chain, in the order in which they were accepted. Of all processes on one database one works at a
 * time: it holds an advisory lock on a connection of its own, which the server gives up the moment the process dies.
 */
export class Relayer {
  readonly #options: RelayerOptions;
  readonly #wallet: Wallet;
  readonly #stop = new AbortController();
  #wake = Promise.withResolvers<void>();
  #running: Promise<void> = Promise.resolve();

  constructor(options: RelayerOptions) {
    this.#options = options;
    this.#wallet = new Wallet(options.privateKey, options.provider);
  }

  get address(): string {
    return this.#wallet.address;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake.resolve();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { log } = this.#options;
    while (!this.#stop.signal.aborted) {
      const client = new Client({ connectionString: this.#options.databaseUrl, application_name: "syngraph-relayer" });
      client.on("error", (error) => log.warn({ error: error.message }, "relayer lost the database"));
      try {
        await client.connect();
        await this.#lead(client);
      } catch (error) {
        log.warn({ error: messageOf(error) }, "relayer starts anew");
        await sleep(AFTER_FAILURE, undefined, { signal: this.#stop.signal }).catch(() => {});
      } finally {
        await client.end().catch(() => {});
      }
    }
  }

  /** Waits for the lock, and works while the connection that holds it lives. */
  async #lead(client: Client): Promise<void> {
    client.on("end", () => this.#wake.resolve());
    client.on("notification", () => this.#wake.resolve());
    await client.query(`LISTEN ${OUTBOX_CHANNEL}`);
    const lock = `relayer ${this.#options.chainId} ${this.#wallet.address}`;
    const locked = async () => {
      const sql = "SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked";
      return (await client.query<{ locked: boolean }>(sql, [lock])).rows[0]!.locked;
    };
    while (!this.#stop.signal.aborted && !(await locked())) await this.#pause();
    let rechecked = 0;
    while (!this.#stop.signal.aborted) {
      if (Date.now() - rechecked > RECHECK_EVERY) {
        await this.#recheckIncluded();
        rechecked = Date.now();
      }
      await client.query("SELECT 1"); // Throws where the connection, and with it the lock, is gone.
      this.#wake = Promise.withResolvers();
      const items = await this.#options.outbox.open(PAGE);
      for (const item of items) {
        if (this.#stop.signal.aborted) break;
        await this.#relay(item);
      }
      if (items.length === 0) await this.#pause();
    }
  }

  async #pause(): Promise<void> {
    await Promise.race([this.#wake.promise, sleep(IDLE)]);
  }

  /** After a reorg, or on a chain that was set back, what was included may be lost: that goes out again. */
  async #recheckIncluded(): Promise<void> {
    const { outbox, provider, log } = this.#options;
    const latest = await provider.getBlockNumber();
    for (const item of await outbox.includedSince(latest - REORG_DEPTH)) {
      const receipt = await provider.getTransactionReceipt(item.tx_hash!);
      if (receipt === null) {
        log.warn({ uuid: item.uuid }, "the chain lost an included link; it goes out again");
        await outbox.markAccepted(item.id);
      }
    }
  }

  async #relay(item: OutboxItem): Promise<void> {
    const rawTx = item.state === "sent" ? item.raw_tx! : await this.#sign(item);
    if (rawTx !== null) await this.#send(item, rawTx);
  }

  /** Signs the item's transaction and records it; null where the contract will not take it, or has it already. */
  async #sign(item: OutboxItem): Promise<string | null> {
    const { outbox, registry } = this.#options;
    const call = await this.#callFor(item);
    if (call === null) return null;
    const request = await this.#wallet.populateTransaction({ to: registry.address, data: registry.encode(call) });
    const rawTx = await this.#wallet.signTransaction(request);
    await outbox.markSent(item.id, call.method, rawTx, Transaction.from(rawTx).hash!);
    return rawTx;
  }

  /**
   * The call that brings an item on chain. Anybody can bring the very same link, for example from a post that was public
   * before we were asked; ours then only has to confirm it. Null where the item is settled.
   */
  async #callFor(item: OutboxItem): Promise<Call | null> {
    const { outbox, registry } = this.#options;
    const reason = await registry.refusal(item);
    if (reason === null) return item;
    const there = item.method === "release" ? null : await registry.blockOf(item.link_id);
    if (there === null) {
      await outbox.markRefused(item.id, reason);
      return null;
    }
    const confirming: Call = { ...item, method: "confirm" };
    if (item.method === "append" && (await registry.refusal(confirming)) === null) return confirming;
    if (item.method === "append" || (await registry.isConfirmed(item))) {
      await outbox.markIncluded(item.id, there.txHash, there.block);
    } else {
      await outbox.markRefused(item.id, reason);
    }
    return null;
  }

  /** Sends a recorded transaction and sees it through. */
  async #send(item: OutboxItem, rawTx: string): Promise<void> {
    const { outbox, provider, log } = this.#options;
    const hash = Transaction.from(rawTx).hash!;
    let sentAt = 0;
    while (!this.#stop.signal.aborted) {
      const receipt = await provider.getTransactionReceipt(hash);
      if (receipt) {
        if (receipt.status === 1) await outbox.markIncluded(item.id, hash, receipt.blockNumber);
        else await this.#settleReverted(item);
        return;
      }
      if (Date.now() - sentAt > RESEND_AFTER) {
        sentAt = Date.now();
        try {
          await provider.broadcastTransaction(rawTx);
        } catch (error) {
          // Its nonce went to another transaction: this one can never be included, so it is made anew.
          if (isError(error, "NONCE_EXPIRED") && (await provider.getTransactionReceipt(hash)) === null) {
            await outbox.markAccepted(item.id);
            return;
          }
          log.warn({ uuid: item.uuid, error: messageOf(error) }, "transaction not taken yet");
        }
      }
      await sleep(RECEIPT_POLL);
    }
  }

  /** It was tried before it was sent, so something came between: what the contract says now decides. */
  async #settleReverted(item: OutboxItem): Promise<void> {
    if ((await this.#callFor(item)) !== null) await this.#options.outbox.markAccepted(item.id);
  }
}
