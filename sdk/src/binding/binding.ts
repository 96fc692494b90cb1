import { encodeBase64 } from "ethers";

import type {
  AttestationsReply,
  CallOptions,
  ProofSubmission,
  SubmissionReply,
  SyngraphClient,
} from "../client/index.ts";
import type { DirectRegistry, DirectTransaction, SignedLink } from "../chain/index.ts";
import { InputError, SyngraphError, TrustError } from "../errors.ts";
import { type Action, type Link, isCosigned, linkId, recoverAttester } from "../protocol/index.ts";
import { type CosignOptions, cosignerOf, needsPost, readCosignature } from "./cosigner.ts";
import { type Draft, requestDraft } from "./draft.ts";
import { pause } from "../client/pause.ts";
import { type Post, fillPost } from "./post.ts";
import type { BindingSnapshot } from "./snapshot.ts";
import type { BindingStep, DoneStep, PendingStep, RefusedStep } from "./step.ts";

/** What a binding tells on its way. */
export interface BindingOptions extends CallOptions {
  /** Called after each change of the step: save `binding.toJSON()` here to go on after a reload. */
  onChange?: (binding: Binding) => void;
}

/** How long `wait` waits. */
export interface WaitOptions extends CallOptions {
  /** Told at each look. */
  onProgress?: (step: BindingStep) => void;
  /** For the chain, in milliseconds; five minutes unless told. */
  timeoutMs?: number;
  /** For attesters, where it is on chain as a claim, in milliseconds; half a minute unless told. */
  claimTimeoutMs?: number;
}

/** What attesters see now. */
export interface Check {
  /** Whether the other side was seen as it must be. */
  found: boolean;
  /** Why not, in a sentence; else empty. */
  reason: string;
  /** How many stand for it, with signatures that were verified here; that they are attesters, the chain says (`estimate`). */
  attestations: number;
  /** How many must; null where the chain could not be asked. With fewer, it becomes a claim. */
  quorum: number | null;
  /** The platform's own id of the account. */
  accountId: string;
}

/** What a binding is made of. */
export interface BindingParts {
  draft: Draft;
  /** The avatar's, standard Base64: made when the draft was checked, or verified when it was resumed. */
  signature: string;
  location: { needed: boolean; rule: string };
  saved?: BindingSnapshot;
}

/** Pauses between two looks at a submission, in milliseconds: short ones at first. */
const FIRST_PAUSE = 125;
const LONGEST_PAUSE = 2_000;

/**
 * One link on its way to the chain: what to sign, what to publish, and how far it is. Each step is a value; nothing goes on by
 * itself.
 *
 * @example
 * const binding = await syngraph.bind(avatar, { platform: "ethereum", identity: wallet.address });
 * binding.cosign(await wallet.signMessage(binding.text));
 * await binding.submit();
 * const { name } = await binding.wait(); // "done"
 */
export class Binding implements SignedLink {
  readonly link: Link;
  /** What the avatar signed, and the other side has to. */
  readonly text: string;
  /** The avatar's signature, standard Base64. */
  readonly signature: string;
  readonly #api: SyngraphClient | null;
  readonly #posts: Record<string, string>;
  readonly #post: Post | null;
  readonly #location: { needed: boolean; rule: string };
  readonly #onChange: ((binding: Binding) => void) | undefined;
  #cosignature: string | null = null;
  #contractWallet = false;
  #proofLocation: string | null = null;
  #outcome: PendingStep | DoneStep | RefusedStep | null = null;
  #direct: Pick<DirectTransaction, "wait"> | null = null;
  /** Where it is on chain as a claim. */
  #claim: DoneStep | null = null;

  /** @throws {TrustError} where what is to be published does not fit the link. */
  constructor(
    client: SyngraphClient | null,
    { draft, signature, location, saved }: BindingParts,
    options: BindingOptions = {},
  ) {
    this.#api = client;
    this.#onChange = options.onChange;
    this.link = Object.freeze({ ...draft.link });
    this.text = draft.text;
    this.signature = signature;
    this.#posts = draft.posts;
    this.#location = location;
    this.#post = needsPost(draft.link) ? fillPost(draft, signature) : null;
    if (saved) this.#restore(saved);
  }

  /** @throws {InputError} where there is none. */
  get #client(): SyngraphClient {
    if (this.#api) return this.#api;
    throw new InputError("there is no API to ask: bring it on chain by submitDirect", "api");
  }

  get action(): Action {
    return this.link.action;
  }

  /** The wallet's or other avatar's signature, as `cosign` read it. */
  get cosignature(): string | null {
    return this.#cosignature;
  }

  /** As `published` was told; empty where nothing was. */
  get proofLocation(): string {
    return this.#proofLocation ?? "";
  }

  /** The link's name on chain. */
  get linkId(): string {
    return linkId(this.link, this.signature);
  }

  /** What is to be done next. */
  get step(): BindingStep {
    if (this.#outcome) return this.#outcome;
    const by = cosignerOf(this.link);
    if (by !== null && this.#cosignature === null) {
      return { name: "cosign", by, identity: this.link.identity, text: this.text };
    }
    if (this.#post && this.#proofLocation === null) return this.publishing!;
    return { name: "submit" };
  }

  /** What is to be published, also after that; null where nothing is. */
  get publishing(): Extract<BindingStep, { name: "publish" }> | null {
    return this.#post && { name: "publish", post: this.#post, location: this.#location };
  }

  /**
   * The wallet's or other avatar's signature of {@link Binding.text}.
   *
   * @param signature `0x` hex or Base64; of a Solana wallet Base58 or Base64.
   * @throws {WalletError} `wallet_signature` where it signed something else.
   */
  cosign(signature: string, options: CosignOptions = {}): void {
    this.#requireOpen();
    this.#cosignature = readCosignature(this.link, this.text, signature, options);
    this.#contractWallet = options.contractWallet ?? false;
    this.#changed();
  }

  /**
   * The user has published it.
   *
   * @param location the post's address or id, where the step asks for it. May be told again, if it was another one.
   */
  published(location = ""): void {
    this.#requireOpen();
    if (!this.#post) throw new InputError(`nothing is to be published for ${this.link.platform}`, "location");
    const trimmed = location.trim();
    if (trimmed === "" && this.#location.needed) {
      throw new InputError(`where the post is, has to be told: ${this.#location.rule}`, "location");
    }
    this.#proofLocation = trimmed;
    this.#changed();
  }

  /**
   * Has the attesters look now. Changes nothing.
   *
   * @throws {SyngraphError} where they could not be asked; that the post is not there is no error, but `found: false`.
   */
  async check(options: CallOptions = {}): Promise<Check> {
    this.#requireReady();
    try {
      const reply = this.#verified(await this.#client.attestations(this.#asked(), options));
      const { attestations, quorum, account_id: accountId } = reply;
      return { found: true, reason: "", attestations: attestations.length, quorum, accountId };
    } catch (error) {
      if (!(error instanceof SyngraphError) || error.code !== "refused") throw error;
      return { found: false, reason: error.message, attestations: 0, quorum: null, accountId: "" };
    }
  }

  /**
   * Hands the link in. May be repeated: what was taken once is not taken again.
   *
   * @returns `pending`, or `done` where the chain was quick.
   * @throws {SyngraphError} `refused` with the server's reason where it cannot see the post (yet); `outdated` where another
   * link was added to the chain since, so that this one can never be good.
   */
  async submit(options: CallOptions = {}): Promise<BindingStep> {
    if (this.#outcome?.name === "done" || this.#outcome?.name === "refused") return this.#outcome;
    this.#requireReady();
    try {
      await this.#client.submitProof(this.#submission(), options);
    } catch (error) {
      // The reply to this try, or to one before it, may have been lost on its way.
      if (!isLater(error) || !(await this.#find(options))) throw await this.#explained(error, options);
    }
    return this.#look(options);
  }

  /**
   * Brings the link on chain from the user's own wallet. Where posts are to be seen, attesters are asked through the API.
   *
   * @returns `pending` with the transaction's hash.
   */
  async submitDirect(registry: Pick<DirectRegistry, "submit">, options: CallOptions = {}): Promise<BindingStep> {
    if (this.#outcome?.name === "done") return this.#outcome;
    const attestations = await this.attestations(options);
    const sent = await registry.submit(this.#signed(attestations), attestations ?? undefined);
    this.#direct = sent;
    const { txHash } = sent;
    return this.#become({ name: "pending", uuid: this.link.uuid, state: "sent", txHash });
  }

  /**
   * What attesters say of the link, for `DirectRegistry.estimate` and `submit`; null where nobody has to, because both sides
   * signed, or because it is a delete.
   *
   * @throws {SyngraphError} `refused` where they do not see it.
   */
  async attestations(options: CallOptions = {}): Promise<AttestationsReply | null> {
    this.#requireReady();
    if (this.action === "delete" || isCosigned(this.link.platform)) return null;
    return this.#verified(await this.#client.attestations(this.#asked(), options));
  }

  /**
   * Waits for the chain, and where the link is a claim, some time for attesters.
   *
   * @returns `done` or `refused`.
   * @throws {SyngraphError} `timeout` where it is still not on chain: wait again later.
   */
  async wait(options: WaitOptions = {}): Promise<BindingStep> {
    const { signal, onProgress, timeoutMs = 300_000, claimTimeoutMs = 30_000 } = options;
    const call = signal ? { signal } : {};
    const started = Date.now();
    let claimedAt: number | null = null;
    for (let rest = FIRST_PAUSE; ; rest = Math.min(2 * rest, LONGEST_PAUSE)) {
      const step = await this.#lookAgain(call, timeoutMs);
      onProgress?.(step);
      if (step.name === "refused" || step.name === "done") return step;
      if (step.name !== "pending") throw new InputError(`there is nothing to wait for: the next step is ${step.name}`);
      if (step.state === "claimed") {
        claimedAt ??= Date.now();
        if (Date.now() - claimedAt >= claimTimeoutMs) return this.#become(this.#claim!);
      } else if (Date.now() - started >= timeoutMs) {
        const seconds = Math.round((Date.now() - started) / 1000);
        throw new SyngraphError(
          "timeout",
          null,
          `the link is accepted, but not on chain after ${seconds} s: look again later`,
        );
      }
      await pause(rest, signal);
    }
  }

  /** What to save: `syngraph.resume` goes on from there. */
  toJSON(): BindingSnapshot {
    return {
      version: 1,
      link: { ...this.link },
      signature: this.signature,
      posts: { ...this.#posts },
      location: { ...this.#location },
      cosignature: this.#cosignature,
      contractWallet: this.#contractWallet,
      proofLocation: this.#proofLocation,
      outcome: this.#outcome && { ...this.#outcome },
    };
  }

  /** With the location as attesters saw it, which is what goes on chain. */
  #signed(attestations: AttestationsReply | null): SignedLink {
    const { link, signature, cosignature } = this;
    return { link, signature, cosignature, proofLocation: attestations?.proof_location ?? "" };
  }

  #restore({ cosignature, contractWallet, proofLocation, outcome }: BindingSnapshot): void {
    if (cosignature !== null) {
      this.#cosignature = readCosignature(this.link, this.text, cosignature, { contractWallet });
      this.#contractWallet = contractWallet;
    }
    if (this.#post) this.#proofLocation = proofLocation;
    // How far it is, the server is asked again; that it was handed in, costs nothing to believe.
    if (outcome !== null) this.#outcome = { name: "pending", uuid: this.link.uuid, state: "accepted" };
  }

  /** @throws {TrustError} where attestations are of another link, were not signed by whom they name, or name somebody twice. */
  #verified(reply: AttestationsReply): AttestationsReply {
    if (reply.link_id !== this.linkId)
      throw new TrustError(`the server's attestations are of another link, ${reply.link_id}`);
    const seen = new Set<string>();
    for (const { attester, checked_at: checkedAt, signature } of reply.attestations) {
      const said = { linkId: this.linkId, found: true, accountId: reply.account_id, checkedAt: Number(checkedAt) };
      if (signerOf(() => recoverAttester(said, signature))?.toLowerCase() !== attester.toLowerCase()) {
        throw new TrustError(`the server says that ${attester} attests the link, who did not sign that`);
      }
      if (seen.has(attester.toLowerCase())) throw new TrustError(`the server counts the attester ${attester} twice`);
      seen.add(attester.toLowerCase());
    }
    return reply;
  }

  #submission(): ProofSubmission {
    const { action, platform, identity, avatar, uuid, createdAt } = this.link;
    return {
      ...{ action, platform, identity, uuid, public_key: avatar, created_at: String(createdAt) },
      proof_location: this.proofLocation,
      extra: { signature: this.signature, ...this.#cosignatureField() },
    };
  }

  /** With what the text quotes: of links that one brings on chain oneself, this server may not know yet. */
  #asked(): ProofSubmission & { prev?: string } {
    const { prev } = this.link;
    return { ...this.#submission(), ...(prev !== null && { prev }) };
  }

  #cosignatureField(): ProofSubmission["extra"] {
    if (this.#cosignature === null) return {};
    switch (cosignerOf(this.link)) {
      case "avatar":
        return { target_signature: this.#cosignature };
      case "solana":
        return { wallet_signature: this.#cosignature };
      default:
        return { wallet_signature: encodeBase64(this.#cosignature) };
    }
  }

  async #lookAgain(options: CallOptions, timeoutMs: number): Promise<BindingStep> {
    if (this.#direct) {
      const { linkId: id, chainId, txHash, block, status } = await this.#direct.wait({ ...options, timeoutMs });
      if (id !== this.linkId) throw new TrustError(`the transaction brought another link on chain, ${id}`);
      this.#direct = null;
      const where = { linkId: id, chainId, txHash, block };
      return this.#become({ name: "done", ...where, claimed: status === "claimed" });
    }
    return this.#outcome && this.#outcome.name !== "refused" ? this.#look(options) : this.step;
  }

  /** Where it stands, as the server says it. */
  async #look(options: CallOptions): Promise<BindingStep> {
    const found = await this.#find(options);
    // A server that cannot be asked just now takes back nothing that it said.
    return this.#become(found ?? this.#outcome ?? { name: "pending", uuid: this.link.uuid, state: "accepted" });
  }

  /** The same; null where the server knows of none, or cannot be asked now. */
  async #find(options: CallOptions): Promise<PendingStep | DoneStep | RefusedStep | null> {
    const { uuid, avatar } = this.link;
    const found = await find(() => this.#client.submission(uuid, { ...options, avatar }));
    return found ? this.#stepOf(found) : this.#findOnChain(options);
  }

  /** What went past this server, as from one's own wallet, stands in the avatar's chain. */
  async #findOnChain(options: CallOptions): Promise<DoneStep | null> {
    const { avatar } = this.link;
    const first = await find(() => this.#client.proofChain({ avatar }, options));
    if (!first) return null;
    const { total, per } = first.pagination;
    const last = Math.ceil(total / Math.max(per, 1));
    const end = last <= 1 ? first : await find(() => this.#client.proofChain({ avatar, page: last }, options));
    const item = end?.proof_chain.find(({ link_id }) => link_id === this.linkId);
    if (!item) return null;
    const { chain_id: chainId, tx_hash: txHash, block, status } = item;
    return { ...{ name: "done", linkId: this.linkId, chainId, txHash, block }, claimed: status === "claimed" };
  }

  /** @throws {TrustError} where the server tells of another link. */
  #stepOf(found: SubmissionReply): PendingStep | DoneStep | RefusedStep {
    const { uuid } = this.link;
    if (found.uuid !== uuid || found.link_id !== this.linkId) {
      throw new TrustError(`the server answered with another submission, ${found.uuid} of link ${found.link_id}`);
    }
    const { state, chain_id: chainId, tx_hash: txHash, block, reason, attestations, quorum } = found;
    if (state === "refused") return { name: "refused", reason: reason || "without a reason" };
    const pending = {
      ...{ name: "pending" as const, uuid },
      ...(attestations !== null && { attestations }),
      ...(quorum !== null && { quorum }),
      ...(txHash !== null && { txHash }),
    };
    if (state !== "included") return { ...pending, state };
    if (chainId === null || txHash === null || block === null) {
      throw new SyngraphError("bad_reply", 200, "the server says that the link is on chain, and not where");
    }
    const done = {
      name: "done",
      linkId: this.linkId,
      chainId,
      txHash,
      block,
      claimed: found.status === "claimed",
    } as const;
    if (!done.claimed) return done;
    this.#claim = done;
    return { ...pending, state: "claimed" };
  }

  /** A refusal may have a reason that the server does not see: the chain has moved on. */
  async #explained(error: unknown, options: CallOptions): Promise<unknown> {
    if (!(error instanceof SyngraphError) || error.code !== "refused") return error;
    return (await this.isCurrent(options)) === false
      ? new SyngraphError(
          "outdated",
          error.status,
          `another link was added to the chain since: bind anew (${error.message})`,
          { cause: error },
        )
      : error;
  }

  /** Whether the link still fits the end of the avatar's chain; null where that cannot be asked now. */
  async isCurrent(options: CallOptions = {}): Promise<boolean | null> {
    const { action, platform, identity, avatar, prev } = this.link;
    const key = { compressed: avatar, uncompressed: "", address: "" };
    const fresh = await find(() => requestDraft(this.#client, { action, platform, identity, avatar: key }, options));
    return fresh && fresh.link.prev === prev;
  }

  #requireOpen(): void {
    if (this.#outcome !== null) throw new InputError(`the link was handed in already: it is ${this.#outcome.name}`);
  }

  #requireReady(): void {
    const { step } = this;
    if (step.name === "cosign") throw new InputError(`${step.identity} has to sign first: call cosign`);
    if (step.name === "publish" && step.location.needed) {
      throw new InputError("it has to be published first: call published with where it is");
    }
  }

  #become(outcome: PendingStep | DoneStep | RefusedStep): BindingStep {
    const changed = JSON.stringify(outcome) !== JSON.stringify(this.#outcome);
    this.#outcome = outcome;
    if (changed) this.#changed();
    return outcome;
  }

  #changed(): void {
    this.#onChange?.(this);
  }
}

/** Whether a submission that failed so may be taken later, or was taken already. */
function isLater(error: unknown): error is SyngraphError {
  return error instanceof SyngraphError && (error.retryable || error.code === "refused");
}

/** The answer, or null where there is none now. */
async function find<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof SyngraphError && (error.retryable || error.code === "not_found")) return null;
    throw error;
  }
}

function signerOf(recover: () => string): string | null {
  try {
    return recover();
  } catch {
    return null;
  }
}
