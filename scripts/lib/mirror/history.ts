import {
  ACTIONS,
  type BindingStatus,
  type Link,
  PROOF_REGISTRY_ABI,
  type PublicKey,
  type SignedAttestation,
  type Submission,
  assertAppendable,
  bindingKey,
  findingHash,
  head,
  identityKey,
  linkId,
  parsePublicKey,
  quotedSignature,
  recoverPublicKey,
  signPayload,
  submissionSignature,
  unpackAttestations,
  unpackHeader,
  unpackList,
} from "@syngraph/sdk/protocol";
import {
  Interface,
  type LogDescription,
  type Result,
  ZeroHash,
  concat,
  dataSlice,
  encodeBase64,
  toBeHex,
} from "ethers";

import { type Judgement, judgeCosigner } from "./cosigner.ts";
import type { SourceLog } from "./sourceLogs.ts";

const registry = new Interface(PROOF_REGISTRY_ABI);

/** A list of findings that attesters signed at once. */
export interface AttestedList {
  /** The struct hash of each. */
  findings: readonly string[];
  attestations: readonly SignedAttestation[];
}

/** What attesters say of one link: by themselves, or in a list. */
export interface Said {
  accountId: string;
  attestations: readonly SignedAttestation[];
  list: AttestedList | null;
}

/** A binding, and the link of the chain that made or ends it. */
interface OnBinding {
  binding: string;
  platform: string;
  identity: string;
  linkId: string;
  /** The link's place in its chain, from 1. */
  sequence: number;
}

export interface LinkStep extends OnBinding {
  kind: "link";
  link: Link;
  /** The avatar's, r ‖ s ‖ v with v in {0, 1}. */
  signature: string;
  proof: string;
  proofLocation: string;
  /** Attestations that came with it. The step behind it confirms by them. */
  said: Said | null;
  /** Whether `proof` is good; of a contract wallet's only the chain knows. */
  cosigner: Judgement;
}

/** Attesters confirmed, suspended or reinstated a binding. */
export interface AttestedStep extends OnBinding {
  kind: "confirm" | "suspend" | "reinstate";
  said: Said;
  proofLocation: string;
  /** Whether it came with its link, and not by an event of its own. */
  withLink: boolean;
}

/** The other side took a binding back. */
export interface ReleaseStep extends OnBinding {
  kind: "release";
  link: Link;
  submission: Submission;
  cosigner: Judgement;
}

export type BindingStep = AttestedStep | ReleaseStep;
export type Step = LinkStep | BindingStep;

/** Where a binding stands at the end of a history. */
export interface Binding extends OnBinding {
  status: BindingStatus;
  /** Of the latest link about it; `linkId` and `sequence` are those of the latest create. */
  lastSequence: number;
}

/** The chain of one avatar, and what happened to its bindings, in the order of the log. */
export interface Chain {
  key: PublicKey;
  /** What the first link quotes, where the chain was imported without its beginning. */
  imported: string | null;
  links: LinkStep[];
  steps: Step[];
  bindings: Map<string, Binding>;
  /** Why the log is not believed behind the last of `links`, if it is not. */
  flaw: string | null;
}

/** What a registry's log tells. */
export interface History {
  /** By the avatar's address. */
  chains: Map<string, Chain>;
  /** Events that belong to no chain: somebody made them up, or left something out. */
  strays: number;
}

/** A log says what its signatures do not. */
class Flaw extends Error {
  override readonly name = "Flaw";
}

/**
 * Rebuilds proof chains from a registry's log, and verifies all that the avatars and wallets signed: whoever serves the log
 * may lie. Where something is not as signed, that avatar's history ends. Attestations are counted elsewhere, since who
 * attests differs from chain to chain; so what the log says about where a binding stands is hearsay.
 *
 * @param only the address of the avatar that matters, if not all do.
 */
export function readHistory(logs: readonly SourceLog[], only?: string): History {
  const reader = new HistoryReader(only);
  for (const log of logs) reader.read(log);
  return { chains: reader.chains, strays: reader.strays };
}

/** Whether anything in a log cannot be as the contract wrote it. */
export function isDoubtful({ chains, strays }: History): boolean {
  return strays > 0 || [...chains.values()].some(({ flaw }) => flaw !== null);
}

class HistoryReader {
  readonly chains = new Map<string, Chain>();
  strays = 0;
  readonly #only: string | undefined;
  /** The chain of each binding. */
  readonly #owners = new Map<string, Chain>();
  #list: (AttestedList & { transactionHash: string }) | null = null;
  #last = { block: -1, index: -1 };

  constructor(only: string | undefined) {
    this.#only = only;
  }

  read(log: SourceLog): void {
    if (log.block === this.#last.block && log.index === this.#last.index) {
      this.strays += 1;
      return;
    }
    this.#last = log;
    let event: LogDescription | null;
    try {
      event = registry.parseLog(log);
    } catch {
      event = null;
    }
    if (event === null) {
      this.strays += 1;
      return;
    }
    const { name, args } = event;
    if (name === "FindingsAttested") this.#readList(args, log.transactionHash);
    else if (name.startsWith("Binding") && name !== "BindingReleased") this.#readAttested(name, args, log);
    else if (name === "AvatarRegistered") this.#readRegistered(args);
    else if (name === "ChainImported" || name === "LinkAppended" || name === "BindingReleased") {
      const avatar = args.getValue("avatar") as string;
      if (this.#only !== undefined && avatar !== this.#only) return;
      const chain = this.chains.get(avatar);
      if (!chain) this.strays += 1;
      else this.#believe(chain, () => this.#readOfAvatar(name, chain, args, log.transactionHash));
    }
  }

  /** Reads on in a chain, unless its history has ended, or does now. */
  #believe(chain: Chain, read: () => void): void {
    if (chain.flaw !== null) return;
    try {
      read();
    } catch (error) {
      chain.flaw = (error as Error).message;
    }
  }

  #readOfAvatar(name: string, chain: Chain, args: Result, transactionHash: string): void {
    if (name === "ChainImported") {
      demand(chain.links.length === 0 && chain.imported === null, "imported behind its first link");
      chain.imported = args.getValue("previous") as string;
    } else if (name === "LinkAppended") {
      this.#readLink(chain, args, transactionHash);
    } else {
      this.#readRelease(chain, args);
    }
  }

  #readRegistered(args: Result): void {
    try {
      const key = parsePublicKey(concat(["0x04", args.getValue("x") as string, args.getValue("y") as string]));
      if (this.#only !== undefined && key.address !== this.#only) return;
      // The second of one avatar is a lie, and changes nothing.
      if (this.chains.has(key.address)) throw new Flaw("registered twice");
      this.chains.set(key.address, { key, imported: null, links: [], steps: [], bindings: new Map(), flaw: null });
    } catch {
      this.strays += 1;
    }
  }

  #readList(args: Result, transactionHash: string): void {
    try {
      const findings = [...(args.getValue("findings") as string[])];
      this.#list = { findings, attestations: unpackList(args.getValue("attestations") as string), transactionHash };
    } catch {
      this.#list = null;
      this.strays += 1;
    }
  }

  /** What attesters say in `bytes`; null where it is nothing that could be handed on. */
  #readSaid(bytes: string, name: string, transactionHash: string): Said | null {
    let said: Said;
    try {
      said = { ...unpackAttestations(bytes), list: null };
    } catch {
      return null;
    }
    // The contract would take other bytes as well. No attester of ours signs for them.
    if (!/^[\x21-\x7e]{0,255}$/.test(said.accountId)) return null;
    if (said.attestations.length > 0) return said;
    const list = this.#list;
    const finding = findingHash({ linkId: name, found: true, accountId: said.accountId });
    if (list?.transactionHash !== transactionHash || !list.findings.includes(finding)) return null;
    return { ...said, list };
  }

  #readLink(chain: Chain, args: Result, transactionHash: string): void {
    const { key, links, steps, bindings } = chain;
    const header = unpackHeader(args.getValue("header") as string);
    const sequence = links.length + 1;
    demand(header.sequence === sequence, `link ${sequence} is missing`);
    const [platform, identity] = [args.getValue("platform") as string, args.getValue("identity") as string];
    const [r, vs] = [args.getValue("r") as string, args.getValue("vs") as string];
    const quoted = links.at(-1)?.signature ?? chain.imported;
    demand((header.previousV === null) === (quoted === null), `link ${sequence} does not quote the link in front`);
    const link: Link = {
      action: header.action,
      platform,
      identity,
      avatar: key.compressed,
      prev: quoted === null ? null : encodeBase64(concat([dataSlice(quoted, 0, 64), toBeHex(header.previousV!, 1)])),
      createdAt: header.createdAt,
      uuid: header.uuid,
    };
    demand(ACTIONS.includes(link.action) && header.status !== undefined, `link ${sequence} does nothing known`);
    const proofLocation = args.getValue("proofLocation") as string;
    assertAppendable(link, proofLocation);
    const signature = submissionSignature({ r, vs });
    const signer = recoverPublicKey(signPayload(link), signature);
    demand(signer.compressed === key.compressed, `link ${sequence} is not signed by the avatar`);
    const name = linkId(link, signature);
    demand(name === args.getValue("linkId"), `link ${sequence} has another id than its signature gives`);
    demand(
      args.getValue("identityKey") === identityKey(platform, identity),
      `link ${sequence} has another identity than its key says`,
    );
    demand(link.createdAt >= (links.at(-1)?.link.createdAt ?? 0), `link ${sequence} is older than the one in front`);
    const binding = bindingKey(key.address, platform, identity);
    const before = bindings.get(binding);
    const proof = args.getValue("proof") as string;
    const step: LinkStep = {
      kind: "link",
      ...{ binding, platform, identity, linkId: name, sequence, link, signature, proof, proofLocation },
      said: null,
      cosigner: link.action === "create" ? judgeCosigner(link, proof) : "none",
    };
    if (link.action === "delete") {
      demand(proof === "0x", `link ${sequence} deletes with a proof`);
      if (before) bindings.set(binding, { ...before, status: "deleted", lastSequence: sequence });
    } else {
      demand(step.cosigner !== "bad", `link ${sequence} is not signed by the other side`);
      if (step.cosigner === "none") step.said = this.#readSaid(proof, name, transactionHash);
      const { status } = header;
      const at = { binding, platform, identity, linkId: name, sequence };
      bindings.set(binding, { ...at, status, lastSequence: sequence });
      this.#owners.set(binding, chain);
    }
    links.push(step);
    steps.push(step);
    if (step.said) {
      steps.push({ kind: "confirm", ...pick(step), said: step.said, proofLocation: "", withLink: true });
    }
  }

  #readAttested(event: string, args: Result, log: SourceLog): void {
    const key = args.getValue("bindingKey") as string;
    const chain = this.#owners.get(key);
    if (!chain) {
      // With one avatar asked for, most bindings are of others.
      if (this.#only === undefined) this.strays += 1;
      return;
    }
    this.#believe(chain, () => {
      const binding = chain.bindings.get(key)!;
      const name = args.getValue("linkId") as string;
      demand(name === binding.linkId, `${event} of link ${name}, which is not the binding's`);
      const kind = ({ BindingConfirmed: "confirm", BindingSuspended: "suspend" } as const)[event] ?? "reinstate";
      const proofLocation = kind === "confirm" ? (args.getValue("proofLocation") as string) : "";
      assertAppendable(chain.links[binding.sequence - 1]!.link, proofLocation);
      binding.status = kind === "suspend" ? "suspended" : "confirmed";
      const said = this.#readSaid(args.getValue("attestations") as string, name, log.transactionHash);
      if (said && (kind === "confirm" || said.list === null)) {
        chain.steps.push({ kind, ...pick(binding), said, proofLocation, withLink: false });
      }
    });
  }

  #readRelease(chain: Chain, args: Result): void {
    const submission = submissionOf(args.getValue("release") as Result);
    const { platform, identity, publicKeyX, publicKeyY } = submission;
    const key = bindingKey(chain.key.address, platform, identity);
    const binding = chain.bindings.get(key);
    if (!binding) throw new Flaw(`a release of ${platform} ${identity}, which was not bound`);
    const header = unpackHeader(submission.header);
    const quoted = quotedSignature(submission);
    const link: Link = {
      action: header.action,
      platform,
      identity,
      avatar: chain.key.compressed,
      prev: quoted === null ? null : encodeBase64(quoted),
      createdAt: header.createdAt,
      uuid: header.uuid,
    };
    assertAppendable(link, submission.proofLocation);
    const cosigner = judgeCosigner(link, submission.proof);
    demand(
      args.getValue("identityKey") === identityKey(platform, identity) &&
        parsePublicKey(concat(["0x04", publicKeyX, publicKeyY])).compressed === chain.key.compressed &&
        link.action === "delete" &&
        submission.r === ZeroHash &&
        submission.vs === ZeroHash &&
        (cosigner === "good" || cosigner === "wallet"),
      `a release of ${platform} ${identity} that the other side did not sign`,
    );
    binding.status = "deleted";
    chain.steps.push({ kind: "release", ...pick(binding), link, submission, cosigner });
  }
}

/** The first 24 bytes of a signature's head: what a registry keeps of it. */
export function storedHead(signature: string): string {
  return dataSlice(head(signature), 0, 24);
}

function pick({ binding, platform, identity, linkId: name, sequence }: OnBinding): OnBinding {
  return { binding, platform, identity, linkId: name, sequence };
}

function submissionOf(release: Result): Submission {
  return release.toObject() as Submission;
}

function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Flaw(otherwise);
}
