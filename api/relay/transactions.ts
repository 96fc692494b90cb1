import type { ClientBase } from "pg";

import type { Receipt } from "./chainRpc.ts";
import type { Method } from "./registry.ts";

/** What a transaction does: `prepare` creates the wallet of its only item. */
export type Kind = Method | "appendBatch" | "prepare";

/** A row of `api.transaction`. */
export interface SentTransaction {
  id: number;
  nonce: number;
  kind: Kind;
  /** As it was signed last. */
  raw: string;
  /** Under which it was sent, the first fee first. */
  hashes: string[];
  /** Ids of the submissions that it brings, in their order. */
  items: number[];
  /** Jobs that keep the avatars of these to whoever sends it. */
  jobs: string[];
  state: "sent" | "included" | "dropped";
  hash: string | null;
  block: number | null;
  block_hash: string | null;
}

/** The transactions of one key, as they are recorded. What was signed is here before it is sent. */
export class Transactions {
  readonly #client: ClientBase;
  readonly #chainId: number;
  readonly #sender: string;

  /** @param sender address of the key. */
  constructor(client: ClientBase, chainId: number, sender: string) {
    this.#client = client;
    this.#chainId = chainId;
    this.#sender = sender.toLowerCase();
  }

  /** Records a signed transaction, and its submissions as sent. */
  async add(
    it: Pick<SentTransaction, "nonce" | "kind" | "raw" | "hashes" | "items" | "jobs">,
  ): Promise<SentTransaction> {
    const { rows } = await this.#client.query<SentTransaction>(
      `WITH added AS (
         INSERT INTO api.transaction (chain_id, sender, nonce, kind, raw, hashes, items, jobs)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING *
       ), moved AS (
         UPDATE api.submission s SET state = 'sent', transaction = a.id, tx_hash = $6[1], updated_at = now()
         FROM added a WHERE s.id = ANY($7)
       )
       SELECT * FROM added`,
      [this.#chainId, this.#sender, it.nonce, it.kind, it.raw, it.hashes, it.items, it.jobs],
    );
    return numbered(rows[0]!);
  }

  /** What may be on its way, by nonce. */
  async sent(): Promise<SentTransaction[]> {
    const { rows } = await this.#client.query<SentTransaction>(
      "SELECT * FROM api.transaction WHERE chain_id = $1 AND sender = $2 AND state = 'sent' ORDER BY nonce",
      [this.#chainId, this.#sender],
    );
    return rows.map(numbered);
  }

  /**
   * What was included at or after a block, and may be lost by a reorg; by nonce. `raw` is empty where the chain had been far
   * ahead before it was set back.
   */
  async includedSince(block: number): Promise<SentTransaction[]> {
    const { rows } = await this.#client.query<SentTransaction>(
      `SELECT * FROM api.transaction
       WHERE chain_id = $1 AND sender = $2 AND state = 'included' AND block >= $3 ORDER BY nonce`,
      [this.#chainId, this.#sender, block],
    );
    return rows.map(numbered);
  }

  /** Takes away what was signed where no reorg reaches any more. */
  async forgetBefore(block: number): Promise<void> {
    await this.#client.query(
      `UPDATE api.transaction SET raw = ''
       WHERE chain_id = $1 AND sender = $2 AND state = 'included' AND block < $3 AND raw <> ''`,
      [this.#chainId, this.#sender, block],
    );
  }

  /** Records the same transaction with another fee. */
  async raised(id: number, raw: string, hash: string): Promise<void> {
    await this.#client.query("UPDATE api.transaction SET raw = $2, hashes = hashes || $3::text WHERE id = $1", [
      id,
      raw,
      hash,
    ]);
  }

  async included(id: number, { transactionHash, blockNumber, blockHash }: Receipt): Promise<void> {
    await this.#client.query(
      "UPDATE api.transaction SET state = 'included', hash = $2, block = $3, block_hash = $4 WHERE id = $1",
      [id, transactionHash, blockNumber, blockHash],
    );
  }

  /** The block that had it is gone: it is to go out again, and so are the submissions that it brought. */
  async lost(id: number): Promise<void> {
    await this.#client.query(
      "UPDATE api.transaction SET state = 'sent', hash = NULL, block = NULL, block_hash = NULL WHERE id = $1",
      [id],
    );
    await this.#client.query(
      `UPDATE api.submission SET state = 'sent', block = NULL, updated_at = now()
       WHERE transaction = $1 AND state = 'included'`,
      [id],
    );
  }

  /** It can never be included any more: its submissions begin anew. */
  async dropped(id: number): Promise<void> {
    await this.#client.query("UPDATE api.transaction SET state = 'dropped', raw = '' WHERE id = $1", [id]);
    await this.#client.query(
      `UPDATE api.submission SET state = 'accepted', transaction = NULL, tx_hash = NULL, block = NULL, updated_at = now()
       WHERE transaction = $1 AND state IN ('sent', 'included')`,
      [id],
    );
  }

  async addJobs(id: number, jobs: readonly string[]): Promise<void> {
    await this.#client.query("UPDATE api.transaction SET jobs = jobs || $2::uuid[] WHERE id = $1", [id, jobs]);
  }
}

/** Arrays of `bigint` come as texts. */
function numbered(row: SentTransaction): SentTransaction {
  return { ...row, items: row.items.map(Number) };
}
