import { submissionSignature } from "@syngraph/sdk/protocol";
import type { Pool, PoolClient } from "pg";

import { badRequest } from "../errors.ts";
import { staleLink } from "../proofs/prev.ts";
import type { RelayQueue } from "./queue.ts";
import type { Call } from "./registry.ts";

/** Where a submission stands. */
export type SubmissionState = "accepted" | "sent" | "included" | "refused";

/** A row of `api.submission`. */
export interface OutboxItem extends Call {
  id: number;
  uuid: string;
  chain_id: number;
  state: SubmissionState;
  reason: string;
  /** The row of `api.transaction` that brings it, or brought it. */
  transaction: number | null;
  tx_hash: string | null;
  block: number | null;
  preparation: string | null;
  contract_wallet: boolean;
  /** How often a transaction that was to bring it reverted. */
  reverts: number;
  created_at: Date;
  updated_at: Date;
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
 * The durable record of what is to go on chain. A submission that {@link accept} returned for is in the database, and from
 * there on nothing is lost.
 */
export class Outbox {
  readonly #pool: Pool;
  readonly #chainId: number;
  readonly #queue: RelayQueue;

  constructor(pool: Pool, chainId: number, queue: RelayQueue) {
    this.#pool = pool;
    this.#chainId = chainId;
    this.#queue = queue;
  }

  /**
   * Stores a submission. One avatar's submissions are taken one at a time, so that two at once cannot fork its chain.
   * The same one handed in again while it is on its way is not stored twice.
   *
   * @param latest reads the avatar's last signature inside the transaction.
   * @throws {ApiError} 400 when its uuid was used already, or another link came first.
   */
  async accept(item: NewItem, latest: (client: PoolClient) => Promise<string | null>): Promise<OutboxItem> {
    const client = await this.#pool.connect();
    try {
      const lock = client.escapeLiteral(`avatar ${item.avatar}`);
      await client.query(`BEGIN; SELECT pg_advisory_xact_lock(hashtextextended(${lock}, 0))`);
      const known = await this.known(client, item);
      if (known) {
        await client.query("ROLLBACK");
        return known;
      }
      const current = await latest(client);
      // The link may itself be the latest by now: anybody can bring it on chain, and the relayer sees to the rest.
      if (current !== item.previous && current !== submissionSignature(item.submission)) throw staleLink(current);
      const { rows } = await client.query<OutboxItem>(
        `WITH woken AS (SELECT pg_notify('${OUTBOX_CHANNEL}', ''))
         INSERT INTO api.submission
           (uuid, link_id, avatar, chain_id, method, submission, preparation, contract_wallet)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8 FROM woken RETURNING *`,
        [
          ...[item.uuid, item.link_id, item.avatar, this.#chainId, item.method, item.submission],
          ...[item.preparation ?? null, item.contractWallet ?? false],
        ],
      );
      await this.#queue.announce(client, [item.avatar]);
      await client.query("COMMIT");
      return rows[0]!;
    } catch (error) {
      await client.query("ROLLBACK").catch(() => {});
      throw error;
    } finally {
      client.release();
    }
  }

  /** The same submission where it is on its way. @throws {ApiError} 400 when the uuid went to another one. */
  async known(db: Pool | PoolClient, { uuid, link_id, method, avatar }: NewItem): Promise<OutboxItem | undefined> {
    const ofLink = method === "append" || method === "release";
    const { rows } = await db.query<OutboxItem>(
      `SELECT * FROM api.submission
       WHERE (link_id = $2 OR $5 AND uuid = $1 AND avatar = $4) AND method = $3 AND chain_id = $6
         AND (state IN ('accepted', 'sent') OR $5 AND state = 'included')
       ORDER BY id LIMIT 1`,
      [uuid, link_id, method, avatar, ofLink, this.#chainId],
    );
    const [known] = rows;
    if (known === undefined || (known.link_id === link_id && known.state !== "included")) return known;
    throw badRequest(`uuid ${uuid} was used already`);
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
}
