import {
  type BindingStatus,
  PROOF_REGISTRY_ABI,
  type PublicKey,
  type RegistryError,
  STATUSES,
  type Submission,
  head,
  payloadHash,
  quotedSignature,
  toSubmission,
  unpackHeader,
} from "@syngraph/sdk/protocol";
import { Contract, type ContractTransactionReceipt, type Signer, encodeBase64, isError } from "ethers";

import { queryLogs } from "../logs.ts";
import type { Candidate } from "./candidate.ts";

/** How far an avatar's chain has come. */
export interface ChainState {
  length: number;
  /** First 24 bytes of the head's hash, `0x` hex; zero without links. */
  head: string;
}

/** The chain refuses what was to be written; `message` says why. */
export class RegistryRefusal extends Error {
  override readonly name = "RegistryRefusal";
}

/** What the contract's errors mean to somebody who imports. */
const REASONS: Partial<Record<RegistryError, string>> = {
  ProofRegistryStaleHead: "its prev does not quote the last link of the avatar's chain",
  ProofRegistryInvalidPublicKey: "the public key is not the avatar's",
  ProofRegistryInvalidCreatedAt: "it is dated before the link in front of it, or in the future",
  ProofRegistryInvalidIdentity: "the identity is no lower-case Ethereum address, or no compressed public key",
  ProofRegistryInvalidProof: "the other side's signature is not good",
  ProofRegistryNoSuchBinding: "there is no confirmed binding that the other side could take back",
  ProofRegistryAlreadyReleased: "this very release was made before",
};

/** `ProofRegistry` on one chain, as the import uses it. */
export class Registry {
  readonly #contract: Contract;
  readonly #signer: Signer;
  readonly #firstBlock: number;

  /** @param firstBlock the block of the contract's creation. */
  constructor(address: string, firstBlock: number, signer: Signer) {
    this.#contract = new Contract(address, PROOF_REGISTRY_ABI, signer);
    this.#signer = signer;
    this.#firstBlock = firstBlock;
  }

  async stateOf({ address }: PublicKey): Promise<ChainState> {
    const [length, headHash] = await Promise.all([
      this.#contract.getFunction("lengthOf").staticCall(address) as Promise<bigint>,
      this.#contract.getFunction("headOf").staticCall(address) as Promise<string>,
    ]);
    return { length: Number(length), head: headHash };
  }

  /** {@link Candidate.id} of all that the chain has of an avatar: links and releases. */
  async idsOf(avatar: PublicKey): Promise<Set<string>> {
    const { filters } = this.#contract;
    const [links, releases] = [filters.LinkAppended!(avatar.address), filters.BindingReleased!(avatar.address)];
    const last = await this.#signer.provider!.getBlockNumber();
    const logs = await queryLogs(this.#contract, links, this.#firstBlock, last);
    const released = await queryLogs(this.#contract, releases, this.#firstBlock, last);
    return new Set([
      ...logs.map(({ args }) => args.getValue("linkId") as string),
      ...released.map(({ args }) => releaseId(args.getValue("release") as Submission, avatar)),
    ]);
  }

  /** Writes a link or a release and waits for its block. @throws {RegistryRefusal} */
  async write(candidate: Candidate, state: ChainState): Promise<{ status: BindingStatus; transactionHash: string }> {
    const method = this.#contract.getFunction(candidate.signature ? "append" : "release");
    const submission = submissionOf(candidate, state);
    try {
      await method.staticCall(submission);
      const transaction = await method.send(submission);
      const receipt = (await transaction.wait()) as ContractTransactionReceipt;
      const { avatar, link } = candidate;
      const [status] = (await this.#contract
        .getFunction("statusOf")
        .staticCall(avatar.address, link.platform, link.identity)) as [bigint];
      return { status: STATUSES[Number(status)]!, transactionHash: receipt.hash };
    } catch (error) {
      if (isError(error, "CALL_EXCEPTION")) throw new RegistryRefusal(reasonOf(error.revert?.name), { cause: error });
      throw error;
    }
  }
}

/** The first 24 bytes of a signature's head, as {@link ChainState.head} has it. */
export function shortHead(signature: string): string {
  return head(signature).slice(0, 2 + 2 * 24);
}

function submissionOf({ link, signature, proof, proofLocation }: Candidate, state: ChainState): Submission {
  const withKey = state.length === 0 || signature === null;
  return toSubmission(link, { signature: signature?.raw ?? "0x", withKey, proof, proofLocation });
}

function releaseId(release: Submission, avatar: PublicKey): string {
  const { platform, identity } = release;
  const { action, createdAt, uuid } = unpackHeader(release.header);
  const quoted = quotedSignature(release);
  const prev = quoted === null ? null : encodeBase64(quoted);
  return payloadHash({ action, platform, identity, avatar: avatar.compressed, prev, createdAt, uuid });
}

function reasonOf(error: string | undefined): string {
  return (error && REASONS[error as RegistryError]) || `the contract refuses it: ${error ?? "without a reason"}`;
}
