import { setTimeout as sleep } from "node:timers/promises";

import {
  ATTESTER_REGISTRY_ABI,
  type BindingStatus,
  PROOF_REGISTRY_ABI,
  STATUSES,
  payloadHash,
} from "@syngraph/sdk/protocol";
import {
  Contract,
  type ContractTransactionReceipt,
  type EventLog,
  type LogDescription,
  type Wallet,
  dataLength,
  dataSlice,
  id,
  isError,
  zeroPadBytes,
} from "ethers";

import { queryLogs } from "../logs.ts";
import type { RegistryChain } from "../registryChain.ts";
import type { LinkStep, ReleaseStep } from "./history.ts";
import { Quorum } from "./quorum.ts";

/** How often a transaction is tried whose nonce another run with the same key took. */
const ATTEMPTS = 5;
/** Milliseconds between two looks at whether the payer's earlier transactions are mined, and how many looks. */
const PENDING_POLL = 500;
const PENDING_LOOKS = 240;
/** The answer of ERC-1271, and what the contract lets a wallet use. */
const MAGIC_VALUE = zeroPadBytes(dataSlice(id("isValidSignature(bytes32,bytes)"), 0, 4), 32);
const WALLET_GAS = 400_000;
/** What a call costs before the wallet runs: at most this, and 40 for each byte (EIP-7623). */
const CALL_GAS = 30_000;

/** Where a binding stands on the target. */
export interface BindingState {
  status: BindingStatus;
  asOf: number;
  /** First 24 bytes of the id of the link that made it. */
  link: string;
}

/** The target's contract would refuse a call; `message` is its error's name. */
export class TargetRefusal extends Error {
  override readonly name = "TargetRefusal";
}

/** The registry that is written to. */
export class Target {
  readonly quorum: Quorum;
  readonly chainId: number;
  /** How many transactions were sent. */
  sent = 0;
  readonly #chain: RegistryChain;
  readonly #registry: Contract;
  readonly #wallet: Wallet | null;
  #now: number;

  private constructor(
    chain: RegistryChain,
    registry: Contract,
    attesters: Contract,
    wallet: Wallet | null,
    now: number,
  ) {
    this.chainId = chain.chainId;
    this.#chain = chain;
    this.#registry = registry;
    this.#wallet = wallet;
    this.#now = now;
    this.quorum = new Quorum(attesters, () => this.now());
  }

  /** @param wallet pays; null: nothing can be sent. */
  static async open(chain: RegistryChain, wallet: Wallet | null): Promise<Target> {
    const { provider, deployment } = chain;
    const registry = new Contract(deployment.contracts.ProofRegistry.address, PROOF_REGISTRY_ABI, wallet ?? provider);
    // The contract knows best whom it believes.
    const address = (await registry.getFunction("ATTESTERS").staticCall()) as string;
    const block = await provider.getBlock("latest");
    const attesters = new Contract(address, ATTESTER_REGISTRY_ABI, provider);
    const target = new Target(chain, registry, attesters, wallet, block!.timestamp);
    await target.#settle();
    return target;
  }

  /** The target's time, at least as late as its last block. */
  now(): number {
    return Math.max(this.#now, Math.floor(Date.now() / 1000));
  }

  /** How far an avatar's chain has come: its length, and the first 24 bytes of the head's hash. */
  async stateOf(avatar: string): Promise<{ length: number; head: string }> {
    const [length, head] = (await Promise.all([
      this.#registry.getFunction("lengthOf").staticCall(avatar),
      this.#registry.getFunction("headOf").staticCall(avatar),
    ])) as [bigint, string];
    return { length: Number(length), head };
  }

  /** The links of an avatar's chain. */
  async linksOf(avatar: string): Promise<{ linkId: string; platform: string; identity: string }[]> {
    const { provider, deployment } = this.#chain;
    const filter = this.#registry.filters.LinkAppended!(avatar);
    const { block } = deployment.contracts.ProofRegistry;
    const logs: EventLog[] = await queryLogs(this.#registry, filter, block, await provider.getBlockNumber());
    return logs.map(({ args }) => ({
      linkId: args.getValue("linkId") as string,
      platform: args.getValue("platform") as string,
      identity: args.getValue("identity") as string,
    }));
  }

  async bindingOf(avatar: string, platform: string, identity: string): Promise<BindingState> {
    const answer = this.#registry.getFunction("statusOf").staticCall(avatar, platform, identity);
    const [status, asOf, link] = (await answer) as [bigint, bigint, string];
    return { status: STATUSES[Number(status)]!, asOf: Number(asOf), link };
  }

  /** Why a contract wallet's signature is not good here; null if it is. */
  async whyNotSigned(step: LinkStep | ReleaseStep): Promise<string | null> {
    const { link } = step;
    const proof = step.kind === "link" ? step.proof : step.submission.proof;
    const { provider } = this.#chain;
    const wallet = new Contract(
      link.identity,
      ["function isValidSignature(bytes32, bytes) view returns (bytes32)"],
      provider,
    );
    try {
      const gasLimit = WALLET_GAS + CALL_GAS + 40 * dataLength(proof);
      const answer: unknown = await wallet
        .getFunction("isValidSignature")
        .staticCall(payloadHash(link), proof, { gasLimit });
      if (answer === MAGIC_VALUE) return null;
    } catch (error) {
      if (!isError(error, "CALL_EXCEPTION") && !isError(error, "BAD_DATA")) throw error;
    }
    const code = await provider.getCode(link.identity);
    if (code === "0x") return `the wallet ${link.identity} signed as a contract (ERC-1271), which is not there`;
    return `the wallet contract ${link.identity} does not take its signature there`;
  }

  /**
   * Sends a transaction, waits for its block, and answers the registry's events in it.
   *
   * @throws {TargetRefusal}
   */
  async send(method: string, args: readonly unknown[]): Promise<LogDescription[]> {
    if (!this.#wallet) throw new Error("nothing can be sent without a key");
    const call = this.#registry.getFunction(method);
    for (let attempt = 1; ; attempt++) {
      try {
        const gas = await call.estimateGas(...args);
        const transaction = await call.send(...args, { gasLimit: (gas * 6n) / 5n });
        const receipt = (await transaction.wait()) as ContractTransactionReceipt;
        this.sent += 1;
        return receipt.logs.flatMap((log) => this.#registry.interface.parseLog(log) ?? []);
      } catch (error) {
        if (isError(error, "CALL_EXCEPTION"))
          throw new TargetRefusal(error.revert?.name ?? "no reason", { cause: error });
        if (!isTaken(error) || attempt === ATTEMPTS) throw error;
        await this.#settle();
      }
    }
  }

  /** Waits until the payer's transactions are mined: those of a run that was killed, or of another with the same key. */
  async #settle(): Promise<void> {
    if (!this.#wallet) return;
    const { address } = this.#wallet;
    const { provider } = this.#chain;
    for (let look = 0; look < PENDING_LOOKS; look++) {
      const [mined, pending] = await Promise.all([
        provider.getTransactionCount(address, "latest"),
        provider.getTransactionCount(address, "pending"),
      ]);
      if (mined === pending) return;
      await sleep(PENDING_POLL);
    }
    throw new Error(`an earlier transaction of ${address} on chain ${this.chainId} is not mined`);
  }
}

/** Whether a run with the same key was faster: with its nonce, or with the very same transaction. */
function isTaken(error: unknown): boolean {
  return (
    isError(error, "NONCE_EXPIRED") ||
    isError(error, "REPLACEMENT_UNDERPRICED") ||
    /already (?:known|imported)/i.test((error as Error).message)
  );
}
