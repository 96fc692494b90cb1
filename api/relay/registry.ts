import {
  PROOF_REGISTRY_ABI,
  SUBKEY_REGISTRY_ABI,
  type Submission,
  bindingKey,
  explainRevert,
  isRevert,
  unpackHeader,
} from "@syngraph/sdk/protocol";
import { Contract, Interface, type JsonRpcProvider, isError } from "ethers";

/** The contract's function that a submission is for; the last three are for a binding that is on chain already. */
export type Method = "append" | "release" | "confirm" | "suspend" | "reinstate" | RawMethod;

/** A call of another contract, which is made as it is. */
export type RawMethod = "call";

/** Where such a call goes, and its calldata. */
export interface RawCall {
  to: string;
  data: string;
}

/** Such a call in the place of a link: what both have in common is that they are stored until they are on chain. */
export function rawSubmission(call: RawCall): Submission {
  return call as unknown as Submission;
}

function rawCallOf({ method, submission }: Pick<Call, "method" | "submission">): RawCall | null {
  return method === "call" ? (submission as unknown as RawCall) : null;
}

/** A submission with what names it. */
export interface Call {
  method: Method;
  submission: Submission;
  /** linkId of the link, or for a release or a call a name of our own. */
  link_id: string;
  /** Address of the avatar's key. */
  avatar: string;
}

/** Where a link is on chain. */
export interface Place {
  block: number;
  txHash: string;
}

/** Blocks in which events are looked for at once where a provider does not answer for all: what the strictest allow. */
const WINDOW = 500;
/** How far ahead of its block a link may say that it was signed, in seconds: the contract's `CLOCK_SKEW`. */
const MAX_SKEW = 15 * 60;

const abi = new Interface(PROOF_REGISTRY_ABI);

/** What the contracts that are called may revert with. */
const errors = new Interface(
  [...PROOF_REGISTRY_ABI, ...SUBKEY_REGISTRY_ABI].filter(
    (entry, index, all) =>
      entry.type === "error" && all.findIndex((other) => "name" in other && other.name === entry.name) === index,
  ),
);

/** Topics of the events by which a receipt tells of the links of a batch. */
export const APPENDED = abi.getEvent("LinkAppended")!.topicHash;
export const REFUSED = abi.getEvent("LinkRefused")!.topicHash;

/** ProofRegistry as the relayer uses it. */
export class Registry {
  readonly address: string;
  readonly #contract: Contract;
  readonly #provider: JsonRpcProvider;
  readonly #startBlock: number;

  constructor(address: string, provider: JsonRpcProvider, startBlock: number) {
    this.address = address;
    this.#provider = provider;
    this.#contract = new Contract(address, abi, provider);
    this.#startBlock = startBlock;
  }

  /** Which contract a call is for. */
  targetOf(call: Call): string {
    return rawCallOf(call)?.to ?? this.address;
  }

  /** Calldata of a call. */
  encode(call: Call): string {
    const raw = rawCallOf(call);
    if (raw) return raw.data;
    return abi.encodeFunctionData(call.method, argumentsOf(call));
  }

  /** Whether a call can be put into bytes at all. What cannot would keep everything behind it from being sent. */
  canEncode(call: Call): boolean {
    try {
      return this.encode(call) !== "";
    } catch {
      return false;
    }
  }

  /** Calldata of a batch of links. */
  encodeBatch(links: readonly Submission[]): string {
    return abi.encodeFunctionData("appendBatch", [links, "0x"]);
  }

  /**
   * Tries a call against the latest state, without sending it.
   *
   * @returns why the contract refuses it, or null where it would take it.
   * @throws when the chain cannot be asked.
   */
  async refusal(call: Call): Promise<string | null> {
    const data = await this.#revert(call);
    return data === undefined ? null : explainRevert(data, errors).message;
  }

  /** The same, but only of the other side's signature. */
  async proofRefusal(call: Call): Promise<string | null> {
    const data = await this.#revert(call);
    return data?.startsWith(abi.getError("ProofRegistryInvalidProof")!.selector)
      ? explainRevert(data, errors).message
      : null;
  }

  /** The data with which a call reverts, null where there is none; undefined where it goes through. */
  async #revert(call: Call): Promise<string | null | undefined> {
    try {
      const raw = rawCallOf(call);
      if (raw) await this.#provider.call({ ...raw });
      else await this.#contract.getFunction(call.method).staticCall(...argumentsOf(call));
      return undefined;
    } catch (error) {
      if (!isRevert(error)) throw error;
      return error.data ?? null;
    }
  }

  /** What a call needs, or null where the contract refuses it. @throws when the chain cannot be asked. */
  async gasOf(call: Call, from: string): Promise<bigint | null> {
    try {
      const raw = rawCallOf(call);
      if (raw) return await this.#provider.estimateGas({ ...raw, from });
      return await this.#contract.getFunction(call.method).estimateGas(...argumentsOf(call), { from });
    } catch (error) {
      if (!isRevert(error)) throw error;
      return null;
    }
  }

  /** Why a contract creation fails, or null where it does not. @throws when the chain cannot be asked. */
  async creationRefusal(data: string, from: string, gasLimit: bigint): Promise<string | null> {
    try {
      await this.#provider.call({ from, data, gasLimit });
      return null;
    } catch (error) {
      if (!isRevert(error)) throw error;
      return error.reason ?? "it reverts";
    }
  }

  /** Whether both sides stand for the binding that a call is about. */
  async isConfirmed({ avatar, submission: { platform, identity } }: Call): Promise<boolean> {
    return this.#contract.getFunction("isBound").staticCall(avatar, platform, identity) as Promise<boolean>;
  }

  /** Where a transaction is that went through, or null where the chain has none such. */
  async placeOf(txHash: string): Promise<Place | null> {
    const receipt = await this.#provider.getTransactionReceipt(txHash);
    return receipt?.status === 1 ? { block: receipt.blockNumber, txHash } : null;
  }

  /** The block that holds a link, or null where the chain has it not. */
  async blockOf({ link_id, submission }: Pick<Call, "link_id" | "submission">): Promise<Place | null> {
    try {
      return await this.#find(link_id, this.#startBlock, "latest");
    } catch (error) {
      // Many providers answer for so many blocks at once only: then back from the last one, as far as the link can lie.
      if (isError(error, "NETWORK_ERROR") || isError(error, "TIMEOUT")) throw error;
    }
    const earliest = unpackHeader(submission.header).createdAt - MAX_SKEW;
    for (let to = await this.#provider.getBlockNumber(); to >= this.#startBlock; to -= WINDOW) {
      const from = Math.max(this.#startBlock, to - WINDOW + 1);
      const place = await this.#find(link_id, from, to);
      if (place !== null) return place;
      const { timestamp } = (await this.#provider.getBlock(from))!;
      if (timestamp < earliest) break;
    }
    return null;
  }

  async #find(linkId: string, from: number, to: number | "latest"): Promise<Place | null> {
    const filter = this.#contract.filters.LinkAppended!(null, linkId);
    const [log] = await this.#contract.queryFilter(filter, from, to);
    return log ? { block: log.blockNumber, txHash: log.transactionHash } : null;
  }
}

function argumentsOf({ method, submission, link_id, avatar }: Call): unknown[] {
  if (method === "append" || method === "release") return [submission];
  const { platform, identity, proofLocation, proof } = submission;
  const key = bindingKey(avatar, platform, identity);
  return method === "confirm" ? [key, link_id, proofLocation, proof] : [key, link_id, proof];
}
