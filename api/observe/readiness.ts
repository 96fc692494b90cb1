import { formatEther } from "ethers";
import type { JsonRpcProvider } from "ethers";
import type { Pool } from "pg";

import { indexedBlock } from "../db/progress.ts";
import { shared } from "./shared.ts";
import { within } from "./within.ts";

/** How many blocks the index may lie behind the chain while it counts as ready. */
export const MAX_LAG = 10;
/** How long the relayer's balance is remembered, in milliseconds. */
const BALANCE_AGE = 10_000;

/** What requests need, and how it stands. */
export interface Readiness {
  ready: boolean;
  /** What is wrong, as sentences. */
  troubles: string[];
  indexed_block: number | null;
  chain_block: number | null;
  /** In ether, as a decimal; null where it cannot be asked. */
  relayer_balance: string | null;
}

export interface Watched {
  db: Pool;
  provider: JsonRpcProvider;
  chainId: number;
  relayer: string;
  /** In wei: below it the relayer may soon not be able to pay. */
  minBalance: bigint;
}

/** Watches chain, database, index and the relayer's purse. */
export class Watch {
  readonly #watched: Watched;
  #balance: { wei: bigint; at: number } | null = null;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  /** The relayer's balance in wei. @throws when the chain cannot be asked. */
  async balance(): Promise<bigint> {
    if (this.#balance === null || Date.now() - this.#balance.at > BALANCE_AGE) {
      const wei = await within(this.#watched.provider.getBalance(this.#watched.relayer));
      this.#balance = { wei, at: Date.now() };
    }
    return this.#balance.wei;
  }

  async blocks(): Promise<{ indexed: number | null; head: number }> {
    const { db, provider, chainId } = this.#watched;
    const [indexed, head] = await Promise.all([within(indexedBlock(db, chainId)), within(provider.getBlockNumber())]);
    return { indexed, head };
  }

  /** Never throws: what cannot be asked is a trouble. */
  readonly readiness = shared(() => this.#readiness());

  async #readiness(): Promise<Readiness> {
    const { db, provider, chainId, minBalance, relayer } = this.#watched;
    const troubles: string[] = [];
    const ask = <T>(what: string, answer: Promise<T>): Promise<T | null> =>
      within(answer).catch(() => {
        troubles.push(`${what} does not answer`);
        return null;
      });
    const [indexed, head, balance] = await Promise.all([
      ask("the database, or the indexer's tables in it,", indexedBlock(db, chainId)),
      ask("the chain", provider.getBlockNumber()),
      this.balance().catch(() => null),
    ]);
    if (head !== null && (indexed === null || head - indexed > MAX_LAG)) {
      troubles.push(`the index is at block ${indexed}, the chain at ${head}`);
    }
    if (balance !== null && balance < minBalance) {
      troubles.push(`the relayer ${relayer} has only ${formatEther(balance)} ether left`);
    }
    return {
      ready: troubles.length === 0,
      troubles,
      indexed_block: indexed,
      chain_block: head,
      relayer_balance: balance === null ? null : formatEther(balance),
    };
  }
}
