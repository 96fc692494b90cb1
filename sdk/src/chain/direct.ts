import {
  Contract,
  Interface,
  type Signer,
  ZeroAddress,
  decodeBase64,
  formatEther,
  getAddress,
  hexlify,
  isAddress,
} from "ethers";

import type { Eip1193Provider } from "../eip1193.ts";
import { InputError, TrustError, WalletError } from "../errors.ts";
import { asInput } from "../input.ts";
import {
  ATTESTER_REGISTRY_ABI,
  type Link,
  PROOF_REGISTRY_ABI,
  type Submission,
  aliasProof,
  assertAppendable,
  bindingKey,
  isCosigned,
  linkId,
  parsePublicKey,
  recoverWitnesses,
  signPayload,
  type WalletSignature,
  toSubmission,
  unwrapSignature,
} from "../protocol/index.ts";
import { toSyngraphError } from "./failures.ts";
import { l1FeeOf } from "./l1Fee.ts";
import { DirectTransaction } from "./transaction.ts";
import { preparationOf } from "./undeployed.ts";
import { type ContractCall, DirectWallet, type WalletOptions } from "./wallet.ts";

/** A link with all that was signed for it. */
export interface SignedLink {
  link: Link;
  /** The avatar's signature, 65 bytes in `0x` hex or Base64; null in a release, which the other side alone signs. */
  signature: string | null;
  /** The other side's, where it signs itself: a wallet's, or another avatar's; `0x` hex or Base64. */
  cosignature?: string | null;
  /** Where the other side's confirmation was published. */
  proofLocation?: string;
}

/** What `POST /v1/attestations` answers, as far as it is used: everything else is made here. */
export interface CollectedAttestations {
  link_id: string;
  /** The contract's function: `confirm` and `reinstate` for a link that is on chain already. */
  method: "append" | "release" | "confirm" | "reinstate";
  proof: string;
  proof_location: string;
}

/** What a transaction will cost, and bring. */
export interface DirectEstimate {
  gas: bigint;
  /** What is sent along: somebody else's transaction in between may make it dearer. */
  gasLimit: bigint;
  /** Wei for each gas, now. */
  gasPrice: bigint;
  /** What the chain below asks for, in wei; 0 where it asks for nothing of its own. */
  l1Fee: bigint;
  /** In wei, together. */
  cost: bigint;
  /** What the account has, in wei. */
  balance: bigint;
  /** Where the binding will stand: with too few attestations it is only claimed. */
  outcome: "confirmed" | "claimed" | "deleted";
}

/** Which registry, and by which wallet. */
export interface DirectOptions extends WalletOptions {
  /** The address of the ProofRegistry: `GET /healthz` names that of a node, and its `deployments/<chainId>.json`. */
  registry: string;
}

const REGISTRY = new Interface(PROOF_REGISTRY_ABI);

/**
 * The registry by the user's own wallet: what others would have an API send, it sends and pays for itself.
 *
 * @example
 * const registry = await DirectRegistry.connect(window.ethereum, { registry: "0x…", chainId: 8453 });
 * const { cost, outcome } = await registry.estimate(signed);
 * const transaction = await registry.submit(signed);
 * const { block } = await transaction.wait();
 */
export class DirectRegistry {
  /** Lower case. */
  readonly registry: string;
  readonly #wallet: DirectWallet;
  readonly #contract: Contract;
  /** What calls were said to cost, by their data. */
  readonly #told = new Map<string, Pick<DirectEstimate, "cost" | "gasPrice">>();

  private constructor(wallet: DirectWallet, registry: string) {
    this.#wallet = wallet;
    this.registry = registry.toLowerCase();
    this.#contract = new Contract(registry, REGISTRY, wallet.provider);
  }

  /**
   * Opens a wallet on the registry's chain; it is asked to switch where it is on another.
   *
   * @param wallet a browser's (EIP-1193), or a signer of ethers.
   * @throws {WalletError} where the wallet refuses, or stays on another chain.
   * @throws {InputError} where there is no ProofRegistry.
   */
  static async connect(wallet: Eip1193Provider | Signer, options: DirectOptions): Promise<DirectRegistry> {
    const { registry, ...ofWallet } = options;
    if (!isAddress(registry)) throw new InputError(`${registry} is no address of a ProofRegistry`, "registry");
    const direct = new DirectRegistry(await DirectWallet.open(wallet, ofWallet), registry);
    await direct.#requireRegistry();
    return direct;
  }

  /** The account that sends and pays, EIP-55. */
  get account(): string {
    return this.#wallet.address;
  }

  get chainId(): number {
    return this.#wallet.chainId;
  }

  /**
   * What it will cost to bring a link on chain, or a release, and what will come of it.
   *
   * @param attestations for a link that attesters have to stand for; without them it becomes a claim.
   * @throws {ContractError} where the contract would refuse it; `error` names why.
   * @throws {WalletError} `wallet_undeployed` where the link's wallet is a contract that is not there yet (ERC-6492): see
   * {@link deployWallet}. `wallet_signature` where its factory does not deploy it.
   */
  async estimate(signed: SignedLink, attestations?: CollectedAttestations): Promise<DirectEstimate> {
    const call = await this.#callOf(signed, attestations);
    return { ...(await this.#tell(this.#transactionOf(call))), outcome: await call.outcome() };
  }

  /** What {@link deployWallet} will cost; null where nothing is to be deployed. @throws {WalletError} as that. */
  async estimateDeployment(signed: SignedLink): Promise<Omit<DirectEstimate, "outcome"> | null> {
    const data = await this.#preparationOf(signed);
    return data === null ? null : this.#tell({ data });
  }

  /** What {@link setAvatar} will cost. */
  async estimateAvatar(avatar: string | null): Promise<Omit<DirectEstimate, "outcome">> {
    return this.#tell(this.#transactionOf(avatarCall(avatar)));
  }

  /**
   * Has the wallet send it. Nothing is sent that the contract would refuse now, or that the account cannot pay for.
   *
   * @throws {WalletError} `wallet_rejected` where its user says no; `wallet_funds`, also where a key signs that asks nobody, and
   * it costs more than twice of what {@link estimate} told; `wallet_chain`; as {@link estimate}.
   * @throws {ContractError} where the contract would refuse it.
   */
  async submit(signed: SignedLink, attestations?: CollectedAttestations): Promise<DirectTransaction> {
    return this.#send(await this.#callOf(signed, attestations));
  }

  /**
   * Has the contract wallet of a link deployed that is not there yet, by the factory which its signature names (ERC-6492); once
   * that is in a block, {@link submit} takes the link. The factory may be anybody's: it is tried first, gets 1,500,000 gas at
   * most, and is called by a contract of no rights that the transaction creates.
   *
   * @returns null where nothing is to be deployed, and nothing was sent.
   * @throws {WalletError} as {@link submit}; `wallet_signature` where the factory does not deploy the wallet, or the wallet
   * would not take the signature.
   */
  async deployWallet(signed: SignedLink): Promise<DirectTransaction | null> {
    const data = await this.#preparationOf(signed);
    return data === null ? null : this.#sendData({ data });
  }

  /**
   * Has the connected wallet itself sign that it takes its binding to an avatar back. {@link submit} brings it on chain; the
   * avatar need not agree.
   *
   * @param avatar its public key.
   * @throws {WalletError} `wallet_rejected`.
   */
  async signRelease(avatar: string): Promise<SignedLink> {
    const { compressed, address } = asInput(() => parsePublicKey(avatar));
    const link: Link = {
      ...{ action: "delete", platform: "ethereum", identity: this.account.toLowerCase(), avatar: compressed },
      // A release is no link of the chain: it quotes none.
      ...{ prev: null, createdAt: await this.#releaseTime(address), uuid: crypto.randomUUID() },
    };
    return { link, signature: null, cosignature: await this.#wallet.signText(signPayload(link)) };
  }

  /**
   * Has the connected wallet name the avatar that speaks for it, to which it must be bound: contracts ask `avatarOf`.
   *
   * @param avatar its public key, or null for none any more.
   */
  async setAvatar(avatar: string | null): Promise<DirectTransaction> {
    return this.#send(avatarCall(avatar));
  }

  /** A transaction that was sent before. */
  transaction(txHash: string): DirectTransaction {
    return new DirectTransaction(this.#wallet, this.registry, txHash);
  }

  async #requireRegistry(): Promise<void> {
    try {
      await this.#contract.getFunction("ATTESTERS").staticCall();
    } catch (cause) {
      const failure = toSyngraphError(cause, "read the registry");
      if (failure.retryable) throw failure;
      const where = `${getAddress(this.registry)} on chain ${this.chainId}`;
      throw new InputError(`there is no ProofRegistry at ${where}`, "registry", { cause });
    }
  }

  /** What the chain answers, from the chain that is meant: a browser's wallet answers from wherever its user is. */
  async #ask<T>(what: string, question: () => Promise<T>): Promise<T> {
    await this.#wallet.ensureChain();
    try {
      return await question();
    } catch (error) {
      throw toSyngraphError(error, what);
    }
  }

  /** The call that brings a link on chain. @throws {InputError} where it is none. */
  async #callOf(signed: SignedLink, attestations: CollectedAttestations | undefined): Promise<Call> {
    const { link, signature } = signed;
    // Where attesters saw it, is what they know better.
    const proofLocation = attestations?.proof_location ?? signed.proofLocation ?? "";
    const { address } = asInput(() => parsePublicKey(link.avatar));
    asInput(() => assertAppendable(link, proofLocation));
    if (signature === null) {
      const release = asInput(() =>
        toSubmission(link, { signature: "0x", withKey: true, proof: cosignatureOf(signed) }),
      );
      return { method: "release", args: [release], outcome: async () => "deleted" };
    }
    const name = asInput(() => linkId(link, signature));
    if (attestations) requireSame(attestations, name);
    const { method = "append", proof: attested = "0x" } = attestations ?? {};
    if (method === "confirm" || method === "reinstate") {
      const key = bindingKey(address, link.platform, link.identity);
      const args = method === "confirm" ? [key, name, proofLocation, attested] : [key, name, attested];
      return { method, args, outcome: async () => "confirmed" };
    }
    if ((await this.#preparationOf(signed)) !== null) {
      const where = `is a contract that chain ${this.chainId} does not have yet`;
      throw new WalletError(
        "wallet_undeployed",
        `the wallet ${link.identity} ${where}: have it deployed first (deployWallet)`,
      );
    }
    const length = await this.#ask("read the chain's length", () => this.#contract.getFunction("lengthOf")(address));
    const proof = link.action === "delete" ? "0x" : isCosigned(link.platform) ? cosignatureOf(signed) : attested;
    const parts = { signature, withKey: length === 0n, proof, proofLocation };
    const submission: Submission = asInput(() => toSubmission(link, parts));
    return { method: "append", args: [submission], outcome: () => this.#outcomeOf(link, name, proof) };
  }

  /** Where the binding will stand, by the rules of `ProofRegistry.append`. */
  async #outcomeOf(link: Link, name: string, proof: string): Promise<DirectEstimate["outcome"]> {
    if (link.action === "delete") return "deleted";
    if (isCosigned(link.platform)) return "confirmed";
    if (proof === "0x") return "claimed";
    const witnesses = asInput(() => recoverWitnesses({ linkId: name, found: true }, proof));
    return this.#ask("read who attests", async () => {
      const target = (await this.#contract.getFunction("ATTESTERS").staticCall()) as string;
      const attesters = new Contract(target, ATTESTER_REGISTRY_ABI, this.#wallet.provider);
      const [quorum, ...counted] = await Promise.all([
        attesters.getFunction("quorumOf").staticCall(link.platform) as Promise<bigint>,
        ...witnesses.map(
          ({ attester }) => attesters.getFunction("isAttester").staticCall(attester) as Promise<boolean>,
        ),
      ]);
      return counted.filter(Boolean).length >= quorum ? "confirmed" : "claimed";
    });
  }

  /** What has the link's wallet deployed; null where that is not to be done. */
  async #preparationOf({ link, cosignature }: SignedLink): Promise<string | null> {
    if (link.action !== "create" || link.platform !== "ethereum" || !cosignature) return null;
    const signature = asInput(() => walletSignatureOf(cosignature));
    return this.#ask("ask the wallet", () => preparationOf(this.#wallet.provider, link, signature));
  }

  /** A price that is kept: {@link #sendData} has no key pay much more. */
  async #tell(transaction: ContractCall): Promise<Omit<DirectEstimate, "outcome">> {
    const price = await this.#price(transaction);
    this.#told.set(transaction.data, price);
    return price;
  }

  async #price(transaction: ContractCall): Promise<Omit<DirectEstimate, "outcome">> {
    const { provider, address, chainId } = this.#wallet;
    return this.#ask("estimate what it costs", async () => {
      const [gas, { gasPrice: price }, balance] = await Promise.all([
        provider.estimateGas({ ...transaction, from: address }),
        provider.getFeeData(),
        provider.getBalance(address),
      ]);
      const [gasPrice, gasLimit] = [price ?? 0n, gas + gas / MARGIN];
      const l1Fee = (await l1FeeOf(provider, { ...transaction, chainId, gasLimit, gasPrice })) ?? 0n;
      return { gas, gasLimit, gasPrice, l1Fee, cost: gas * gasPrice + l1Fee, balance };
    });
  }

  #transactionOf({ method, args }: Pick<Call, "method" | "args">): ContractCall {
    return { to: this.registry, data: REGISTRY.encodeFunctionData(method, args) };
  }

  #send(call: Pick<Call, "method" | "args">): Promise<DirectTransaction> {
    return this.#sendData(this.#transactionOf(call));
  }

  async #sendData(transaction: ContractCall): Promise<DirectTransaction> {
    const { gasLimit, gasPrice, cost, balance } = await this.#price(transaction);
    const told = this.#told.get(transaction.data) ?? { cost, gasPrice };
    if (cost > 2n * told.cost && !this.#wallet.asksUser) {
      const more = `it costs about ${formatEther(cost)} by now, and ${formatEther(told.cost)} when its user was told`;
      throw new WalletError("wallet_funds", `nothing was sent on chain ${this.chainId}: ${more}`);
    }
    if (balance < cost) {
      const lacking = `${this.account} has ${formatEther(balance)}, and it costs about ${formatEther(cost)}`;
      throw new WalletError("wallet_funds", `the wallet has too little on chain ${this.chainId}: ${lacking}`);
    }
    return this.transaction(await this.#wallet.send({ ...transaction, gasLimit, gasPrice, most: 2n * told.gasPrice }));
  }

  /** A time that the contract takes: by the chain's clock, and not before the binding. */
  async #releaseTime(avatar: string): Promise<number> {
    return this.#ask("read the binding", async () => {
      const [status, block] = await Promise.all([
        this.#contract.getFunction("statusOf").staticCall(avatar, "ethereum", this.account.toLowerCase()) as Promise<
          [bigint, bigint, string]
        >,
        this.#wallet.provider.getBlock("latest"),
      ]);
      return Math.max(block!.timestamp, Number(status[1]));
    });
  }
}

/** A call of the registry. */
interface Call {
  method: "append" | "release" | "confirm" | "reinstate" | "setAvatar";
  args: readonly unknown[];
  /** Where the binding will stand, if it goes through. */
  outcome: () => Promise<DirectEstimate["outcome"]>;
}

function avatarCall(avatar: string | null): Pick<Call, "method" | "args"> {
  const address = avatar === null ? ZeroAddress : asInput(() => parsePublicKey(avatar)).address;
  return { method: "setAvatar", args: [address] };
}

/** The part of the estimate that is put on top of it. */
const MARGIN = 5n;

/** Attestations of another link would be paid for in vain. */
function requireSame({ link_id: named, method }: CollectedAttestations, name: string): void {
  if (named !== name) throw new TrustError(`the attestations are of link ${named}, and this is ${name}`);
  if (method === "release")
    throw new TrustError("the attestations are of a release, and this is a link of an avatar's");
}

/** The other side's own signature, as the contract takes it. @throws {InputError} where it is missing. */
function cosignatureOf({ link, cosignature }: SignedLink): string {
  const { platform, identity } = link;
  if (!cosignature) throw new InputError(`the signature of ${platform} ${identity} is missing`, "cosignature");
  return asInput(() => {
    if (platform === "nextid") return aliasProof(identity, cosignature);
    return walletSignatureOf(cosignature).signature;
  });
}

function walletSignatureOf(cosignature: string): WalletSignature {
  return unwrapSignature(cosignature.startsWith("0x") ? cosignature : hexlify(decodeBase64(cosignature)));
}
