import { PROOF_REGISTRY_ABI, type RegistryError, STATUSES, type Submission, bindingKey } from "@syngraph/sdk/protocol";
import { Contract, Interface, type JsonRpcProvider, isAddress, isCallException } from "ethers";

/** The contract's function that a submission is for; the last three are for a binding that is on chain already. */
export type Method = "append" | "release" | "confirm" | "suspend" | "reinstate";

/** A submission with what names it. */
export interface Call {
  method: Method;
  submission: Submission;
  /** linkId of the link, or for a release a name of our own. */
  link_id: string;
  /** Address of the avatar's key. */
  avatar: string;
}

const abi = new Interface(PROOF_REGISTRY_ABI);

/** ProofRegistry as the relayer uses it. */
export class Registry {
  readonly address: string;
  readonly #contract: Contract;
  readonly #startBlock: number;

  constructor(address: string, provider: JsonRpcProvider, startBlock: number) {
    this.address = address;
    this.#contract = new Contract(address, abi, provider);
    this.#startBlock = startBlock;
  }

  /** Calldata of a call. */
  encode(call: Call): string {
    return abi.encodeFunctionData(call.method, argumentsOf(call));
  }

  /**
   * Tries a call against the latest state, without sending it.
   *
   * @returns why the contract refuses it, or null where it would take it.
   * @throws when the chain cannot be asked.
   */
  async refusal(call: Call): Promise<string | null> {
    try {
      await this.#contract.getFunction(call.method).staticCall(...argumentsOf(call));
      return null;
    } catch (error) {
      if (!isCallException(error)) throw error;
      return explainRevert(error.data ?? null);
    }
  }

  /** Whether both sides stand for the binding that a call is about. */
  async isConfirmed({ avatar, submission: { platform, identity } }: Call): Promise<boolean> {
    return this.#contract.getFunction("isBound").staticCall(avatar, platform, identity) as Promise<boolean>;
  }

  /** The block that holds a link, or null where the chain has it not. */
  async blockOf(linkId: string): Promise<{ block: number; txHash: string } | null> {
    const filter = this.#contract.filters.LinkAppended!(null, linkId);
    const [log] = await this.#contract.queryFilter(filter, this.#startBlock);
    return log ? { block: log.blockNumber, txHash: log.transactionHash } : null;
  }
}

function argumentsOf({ method, submission, link_id, avatar }: Call): unknown[] {
  if (method === "append" || method === "release") return [submission];
  const { platform, identity, proofLocation, proof } = submission;
  const key = bindingKey(avatar, platform, identity);
  return method === "confirm" ? [key, link_id, proofLocation, proof] : [key, link_id, proof];
}

/** Sentences for the contract's errors that a caller can do something about. */
const SENTENCES: Partial<Record<RegistryError, (...values: unknown[]) => string>> = {
  ProofRegistryStaleHead: () =>
    "prev is not the latest link of this avatar on chain: another link was added; ask for a new payload",
  ProofRegistryInvalidCreatedAt: (createdAt, earliest) =>
    `created_at ${createdAt} lies before what it follows on chain (${earliest}), or in the future`,
  ProofRegistryInvalidProof: (identity) =>
    `${isAddress(identity) ? "ETH wallet " : ""}signature validation failed: not signed by ${String(identity)}`,
  ProofRegistryInvalidIdentity: (identity) => `identity ${String(identity)} is no wallet's address and no avatar's key`,
  ProofRegistryInvalidSignature: () => "bad signature: it recovers to no key, or its s is high (EIP-2)",
  ProofRegistryNoSuchBinding: (_key, status) =>
    `there is no such proof to change: on chain it stands as ${STATUSES[Number(status)]}`,
  ProofRegistryAlreadyReleased: () => "this very release was made before: ask for a new payload",
  ProofRegistryNoQuorum: () => "too few attesters stand for it: the word of this node alone makes no quorum",
};

/** What a revert's data says, in words where there are some. */
export function explainRevert(data: string | null): string {
  const error = data === null ? null : abi.parseError(data);
  if (error === null) return "the contract refused the link without a reason";
  const values = error.args.toArray();
  return (
    SENTENCES[error.name as RegistryError]?.(...values) ??
    `the contract refused the link: ${error.name}(${values.join(", ")})`
  );
}
