import { submissionSignature } from "@syngraph/sdk/protocol";
import type { Pool, PoolClient } from "pg";

import { badRequest } from "../errors.ts";
import type { Call, Method } from "./registry.ts";

/** Where a submission stands. */
export type SubmissionState = "accepted" | "sent" | "included" | "refused";

/** A row of `api.submission`. */
export interface OutboxItem extends Call {
  id: number;
  uuid: string;
  chain_id: number;
  state: SubmissionState;
  reason: string;
  raw_tx: string | null;
  tx_hash: string | null;
  block: number | null;
}

/** What is handed in to be sent. */
export interface NewItem extends Call {
  uuid: string;
  /** Canonical signature that the link's text quotes, or null: it must still be the avatar's last one. */
  previous: string | null;
  /**
   * Init code of a contract creation that is sent before an append, where the wallet that `identity` names has no code yet
   * (ERC-6492): it calls the wallet's factory.
   */
  preparation?: string | undefined;
  /** Whether the wallet is a contract, which may use much gas to judge its signature (ERC-1271). */
  contractWallet?: boolean;
}

/** The channel that wakes relayers when a submission was accepted. */
export const OUTBOX_CHANNEL = "syngraph_outbox";

/**
 * The durable queue of what is to go on chain. A submission that {@link accept} returned for is in the database, and from
 * there on nothing is lost.
 */
export class Outbox {
  readonly #pool: Pool;
  readonly #chainId: number;

  constructor(pool: Pool, chainId: number) {
    this.#pool = pool;
    this.#chainId = chainId;
  }

  /**
   * Stores a submission. One avatar's submissions are taken one at a time, so that two at once cannot fork its chain.
   * The same link handed in again while it is on its way is not stored twice.
   *
   * @param latest reads the avatar's last signature inside the transaction.
   * @throws {ApiError} 400 when its uuid was used already, or another link came first.
   */
  async accept(item: NewItem, latest: (client: PoolClient) => Promise<string | null>): Promise<OutboxItem> {
    const client = await this.#pool.connect();
    try {
      await client.query("BEGIN");
      await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`avatar ${item.avatar}`]);
      const used = await client.query<OutboxItem>(
        `SELECT * FROM api.submission
         WHERE (uuid = $1 AND avatar = $4 OR link_id = $2) AND method = $3 AND state <> 'refused' ORDER BY id LIMIT 1`,
        [item.uuid, item.link_id, item.method, item.avatar],
      );
      const [known] = used.rows;
      if (known?.link_id === item.link_id && known.state !== "included") {
        await client.query("ROLLBACK");
        return known;
      }
      if (known) throw badRequest(`uuid ${item.uuid} was used already`);
      const current = await latest(client);
      // The link may itself be the latest by now: anybody can bring it on chain, and the relayer sees to the rest.
      if (current !== item.previous && current !== submissionSignature(item.submission)) {
        throw badRequest("bad signature: prev is not the latest link any more, another one was added meanwhile");
      }
      const { rows } = await client.query<OutboxItem>(
        `INSERT INTO api.submission (uuid, link_id, avatar, chain_id, method, submission)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING *`,
        [item.uuid, item.link_id, item.avatar, this.#chainId, item.method, item.submission],
      );
      await client.query(`NOTIFY ${OUTBOX_CHANNEL}`);
      await client.query("COMMIT");
      return rows[0]!;
    } catch (error) {
      await client.query("ROLLBACK");
      throw error;
    } finally {
      client.release();
    }
  }

  /**
   * What was handed in under a uuid, the latest first; undefined where nothing was. Posts show their uuids, so another
   * avatar may have used the same one: `avatar` (address, lower case) tells them apart.
   */
  async find(uuid: string, avatar?: string): Promise<OutboxItem | undefined> {
    const { rows } = await this.#pool.query<OutboxItem>(
      "SELECT * FROM api.submission WHERE uuid = $1 AND ($2::text IS NULL OR avatar = $2) ORDER BY id DESC LIMIT 1",
      [uuid, avatar ?? null],
    );
    return rows[0];
  }

  /** What has still to be brought on chain, oldest first. */
  async open(limit: number): Promise<OutboxItem[]> {
    const { rows } = await this.#pool.query<OutboxItem>(
      "SELECT * FROM api.submission WHERE chain_id = $1 AND state IN ('accepted', 'sent') ORDER BY id LIMIT $2",
      [this.#chainId, limit],
    );
    return rows;
  }

  /** What was included at or after a block: what a reorg, or a local chain set back, may have taken away again. */
  async includedSince(block: number): Promise<OutboxItem[]> {
    const { rows } = await this.#pool.query<OutboxItem>(
      "SELECT * FROM api.submission WHERE chain_id = $1 AND state = 'included' AND block >= $2 ORDER BY id",
      [this.#chainId, block],
    );
    return rows;
  }

  /**
   * Records the signed transaction before it is sent: after a crash the same one is sent again, never a second.
   *
   * @param method what it calls: `confirm` too for an append that somebody else brought first.
   */
  async markSent(id: number, method: Method, rawTx: string, txHash: string): Promise<void> {
    await this.#update(id, "state = 'sent', method = $2, raw_tx = $3, tx_hash = $4", [method, rawTx, txHash]);
  }

  async markIncluded(id: number, txHash: string, block: number): Promise<void> {
    await this.#update(id, "state = 'included', tx_hash = $2, block = $3, raw_tx = NULL", [txHash, block]);
  }

  async markRefused(id: number, reason: string): Promise<void> {
    await this.#update(id, "state = 'refused', reason = $2, raw_tx = NULL", [reason]);
  }

  /** Back to the start: its transaction can never be included any more. */
  async markAccepted(id: number): Promise<void> {
    await this.#update(id, "state = 'accepted', raw_tx = NULL, tx_hash = NULL, block = NULL", []);
  }

  async #update(id: number, set: string, values: unknown[]): Promise<void> {
    await this.#pool.query(`UPDATE api.submission SET ${set}, updated_at = now() WHERE id = $1`, [id, ...values]);
  }
}
