import { Interface, type TransactionReceipt, type TransactionResponse, isError } from "ethers";

import { ContractError, SyngraphError, TrustError, WalletError } from "../errors.ts";
import { type BindingStatus, PROOF_REGISTRY_ABI, unpackHeader } from "../protocol/index.ts";
import { pause } from "../client/pause.ts";
import { toSyngraphError } from "./failures.ts";
import type { DirectWallet } from "./wallet.ts";

/** A transaction that is in a block. */
export interface Included {
  chainId: number;
  /** Another than was sent where the wallet's user paid more to have it sooner. */
  txHash: string;
  block: number;
  /** Null where it was about no link: a release, the wallet's own word, or its deployment. */
  linkId: string | null;
  /** Where the binding stands now; null where the transaction changed none. */
  status: BindingStatus | "none" | null;
  gasUsed: bigint;
  /** What it cost in wei, without the chain below. */
  fee: bigint;
}

/** How long to wait for a block. */
export interface WaitOptions {
  signal?: AbortSignal;
  /** Milliseconds; ten minutes unless told. */
  timeoutMs?: number;
  /** Blocks, its own among them; 1 unless told. */
  confirmations?: number;
}

const TIMEOUT = 600_000;
/** Milliseconds of each look, and between two: L2s make a block every second or two. */
const LOOK = 1_000;
const PAUSE = 100;

const REGISTRY = new Interface(PROOF_REGISTRY_ABI);

/** A transaction that the user's wallet has sent. */
export class DirectTransaction {
  /** To be kept: `DirectRegistry.transaction` takes it again, after a reload. */
  readonly txHash: string;
  readonly #wallet: DirectWallet;
  readonly #registry: string;
  /** As it was at first: once another one has taken its place, no server knows it any more. */
  #sent: Promise<TransactionResponse | null>;

  constructor(wallet: DirectWallet, registry: string, txHash: string) {
    this.txHash = txHash;
    this.#wallet = wallet;
    this.#registry = registry;
    this.#sent = this.#find();
    // Whoever waits is told.
    this.#sent.catch(() => {});
  }

  /**
   * Waits until it is in a block, and reads there what became of it.
   *
   * @throws {ContractError} where the contract reverted after all, since somebody came first.
   * @throws {WalletError} `wallet_rejected` where the wallet's user cancelled it.
   * @throws {SyngraphError} `timeout`, `aborted`: it may still come.
   */
  async wait(options: WaitOptions = {}): Promise<Included> {
    const { signal, timeoutMs = TIMEOUT, confirmations = 1 } = options;
    const deadline = Date.now() + timeoutMs;
    try {
      const receipt = await this.#receipt(confirmations, async () => {
        if (Date.now() >= deadline) throw this.#late(timeoutMs);
        await pause(PAUSE, signal);
      });
      return this.#read(receipt);
    } catch (error) {
      if (isError(error, "TRANSACTION_REPLACED")) return await this.#replaced(error.cancelled, error.receipt, error);
      if (isError(error, "CALL_EXCEPTION") && error.receipt) throw await this.#reverted(error.receipt, error);
      throw toSyngraphError(error, `wait for ${this.txHash}`);
    }
  }

  /** Looks again and again; by ethers's own waiting, what is given up would be looked for without end. */
  async #receipt(confirmations: number, rest: () => Promise<void>): Promise<TransactionReceipt> {
    for (;;) {
      const sent = await this.#sent.catch((error: unknown) => {
        this.#sent = Promise.resolve(null);
        throw error;
      });
      try {
        const receipt = await sent?.wait(confirmations, LOOK);
        if (receipt) return receipt;
      } catch (error) {
        if (!isError(error, "TIMEOUT")) throw error;
      }
      await rest();
      if (sent === null) this.#sent = this.#find();
    }
  }

  async #find(): Promise<TransactionResponse | null> {
    const { provider } = this.#wallet;
    const [sent, block] = await Promise.all([provider.getTransaction(this.txHash), provider.getBlockNumber()]);
    // From that block on, ethers looks for another one with the same nonce, too.
    return sent?.replaceableTransaction(Math.max(1, block)) ?? null;
  }

  #late(timeoutMs: number): SyngraphError {
    const what = `no block within ${timeoutMs / 1000} s has the transaction ${this.txHash}`;
    return new SyngraphError("timeout", null, `${what}: it may still come`);
  }

  async #replaced(cancelled: boolean, receipt: TransactionReceipt, cause: unknown): Promise<Included> {
    // Of the one that took its place, ethers does not say whether it went through.
    if (!cancelled && receipt.status === 0) throw await this.#reverted(receipt, cause);
    if (!cancelled) return this.#read(receipt);
    const message = `the wallet's user cancelled the transaction ${this.txHash}, by ${receipt.hash}`;
    throw new WalletError("wallet_rejected", message, { cause });
  }

  /** A receipt does not say why: the same call by the state in front of its block does, mostly. */
  async #reverted(receipt: TransactionReceipt, cause: unknown): Promise<SyngraphError> {
    const { provider } = this.#wallet;
    try {
      const sent = await provider.getTransaction(receipt.hash);
      const { from, to, data } = sent!;
      await provider.call({ from, to, data, blockTag: receipt.blockNumber });
    } catch (error) {
      return toSyngraphError(error, `ask why ${receipt.hash} reverted`);
    }
    // Such as gas that did not suffice.
    return new ContractError(null, `the transaction ${receipt.hash} reverted, and the chain does not say why`, {
      cause,
    });
  }

  #read(receipt: TransactionReceipt): Included {
    const { hash, blockNumber, gasUsed, fee } = receipt;
    const common = { chainId: this.#wallet.chainId, txHash: hash, block: blockNumber, gasUsed, fee };
    // It had a wallet deployed, and was none of the registry's.
    if (receipt.contractAddress !== null) return { ...common, linkId: null, status: null };
    for (const log of receipt.logs) {
      if (log.address.toLowerCase() !== this.#registry) continue;
      const event = REGISTRY.parseLog(log);
      const outcome = event && outcomeOf(event.name, event.args.toObject());
      if (outcome) return { ...common, ...outcome };
    }
    throw new TrustError(`${this.#registry} told nothing in the transaction ${hash}: it is no ProofRegistry`);
  }
}

/** What an event of the registry says came of a transaction; undefined where it says nothing of that. */
function outcomeOf(name: string, args: Record<string, unknown>): Pick<Included, "linkId" | "status"> | undefined {
  const linkId = (args.linkId as string | undefined) ?? null;
  switch (name) {
    case "LinkAppended":
      return { linkId, status: unpackHeader(args.header as string).status };
    case "BindingConfirmed":
    case "BindingReinstated":
      return { linkId, status: "confirmed" };
    case "BindingReleased":
      return { linkId: null, status: "deleted" };
    case "AvatarSet":
      return { linkId: null, status: null };
    default:
      return undefined;
  }
}
