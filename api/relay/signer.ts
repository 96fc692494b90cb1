import { SigningKey, Transaction, computeAddress, keccak256 } from "ethers";

import type { ChainRpc, Head } from "./chainRpc.ts";

/** What is to be sent. */
export interface Request {
  /** Null: a contract creation. */
  to: string | null;
  data: string;
  gas: bigint;
}

/** A transaction as it goes out. */
export interface Signed {
  raw: string;
  hash: string;
}

/** How long a tip that the node proposed is good, in milliseconds. */
const TIP_AGE = 15_000;

/**
 * By how much the fee of a transaction must rise for nodes to take it in the place of the one before: geth wants 10 %,
 * Erigon and Nethermind 10 %, Besu 10 %; op-geth's pool and some providers 12.5 %.
 */
function raised(fee: bigint): bigint {
  return (fee * 9n) / 8n + 1n;
}

/**
 * How many times what a new transaction would pay is enough: what is stuck in spite of it is stuck for another reason, and
 * rising without end would have the tip eat up the balance, or ask for more than there is.
 */
const ENOUGH = 4n;

/** Signs transactions with one key, and says what they pay (EIP-1559). */
export class Signer {
  readonly address: string;
  readonly #key: SigningKey;
  readonly #chainId: number;
  readonly #rpc: ChainRpc;
  #tip = 0n;
  #askedAt = 0;

  constructor(privateKey: string, chainId: number, rpc: ChainRpc) {
    this.address = computeAddress(privateKey);
    this.#key = new SigningKey(privateKey);
    this.#chainId = chainId;
    this.#rpc = rpc;
  }

  /** Asks for the tip where the last answer is old. Signing itself asks nobody. */
  async refresh(): Promise<void> {
    if (Date.now() - this.#askedAt < TIP_AGE) return;
    this.#tip = await this.#rpc.tip();
    this.#askedAt = Date.now();
  }

  sign({ to, data, gas }: Request, nonce: number, { baseFee }: Head): Signed {
    const maxPriorityFeePerGas = this.#tip;
    const maxFeePerGas = 2n * baseFee + maxPriorityFeePerGas;
    const type = 2;
    return this.#sign(
      Transaction.from({
        ...{ type, chainId: this.#chainId, nonce, to, data, gasLimit: gas, maxFeePerGas, maxPriorityFeePerGas },
      }),
    );
  }

  /**
   * The same transaction with a fee for which nodes take it in place of the one before, and miners now; null where it pays
   * {@link ENOUGH}.
   */
  raise(raw: string, { baseFee }: Head): Signed | null {
    const transaction = Transaction.from(raw).clone();
    const enough = ENOUGH * (2n * baseFee + this.#tip);
    if (transaction.maxFeePerGas! >= enough && transaction.maxPriorityFeePerGas! >= ENOUGH * this.#tip) return null;
    const tip = max(raised(transaction.maxPriorityFeePerGas!), this.#tip);
    transaction.maxPriorityFeePerGas = tip;
    transaction.maxFeePerGas = max(raised(transaction.maxFeePerGas!), 2n * baseFee + tip);
    transaction.signature = null;
    return this.#sign(transaction);
  }

  #sign(transaction: Transaction): Signed {
    transaction.signature = this.#key.sign(transaction.unsignedHash);
    const raw = transaction.serialized;
    return { raw, hash: keccak256(raw) };
  }
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
