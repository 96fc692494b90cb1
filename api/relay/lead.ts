import type { ClientBase } from "pg";
import type { Logger } from "pino";

import type { ChainRpc, Head } from "./chainRpc.ts";
import type { RelayQueue } from "./queue.ts";
import type { Registry } from "./registry.ts";
import type { Signer } from "./signer.ts";
import type { SentTransaction, Transactions } from "./transactions.ts";

/** A transaction on its way, with what need not be recorded. */
export interface InFlight extends SentTransaction {
  /** When it was last handed to the node, by our clock; 0: not yet. */
  broadcastAt: number;
  /** The chain's height then. */
  broadcastIn: number;
  /** Whether the node did not take it then, and not because of its fee. */
  refused: boolean;
  /** How often its nonce was found used and no receipt of it. */
  missed: number;
}

/** What the process that leads for a key works with. */
export interface Lead {
  chainId: number;
  /**
   * The connection that holds the key's lock. Everything is written through it: whoever lost the lock, lost the connection,
   * and can record nothing any more; and what is not recorded is not sent.
   */
  client: ClientBase;
  rpc: ChainRpc;
  registry: Registry;
  queue: RelayQueue;
  signer: Signer;
  transactions: Transactions;
  log: Logger;
  /** How long a transaction may wait while blocks are made, before its fee is raised; in milliseconds. */
  raiseAfter: number;
  /** Transactions on their way, by nonce. */
  inFlight: InFlight[];
  /** The first nonce that nothing was signed for. */
  nextNonce: number;
  /** What last went wrong, for whoever watches. */
  lastError: string | null;
  /** The latest block that was looked at. */
  head: Head | undefined;
  /** The block from which on what was signed is kept. */
  keptSince: number;
}

/** PostgreSQL's errors name their severity. After one of them a transaction can only be given up. */
export function isDatabaseError(error: unknown): boolean {
  return (error as { severity?: unknown } | null)?.severity !== undefined;
}

export function inFlight(transaction: SentTransaction): InFlight {
  return { ...transaction, broadcastAt: 0, broadcastIn: 0, refused: false, missed: 0 };
}

/** Runs `work` in a transaction of the lead's connection. */
export async function atomically<T>({ client }: Lead, work: () => Promise<T>): Promise<T> {
  await client.query("BEGIN");
  try {
    const result = await work();
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}
