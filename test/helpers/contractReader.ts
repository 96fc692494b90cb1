import {
  ATTESTER_REGISTRY_ABI,
  type BindingStatus,
  type CompleteHeader,
  type Link,
  PROOF_REGISTRY_ABI,
  bindingKey,
  compressedPoint,
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
  type Log,
  type Result,
  ZeroAddress,
  computeAddress,
  concat,
  dataSlice,
  encodeBase64,
  toBeHex,
} from "ethers";

import { ReadAttesters, ofLink, ofList } from "./contractAttesterReader.ts";

const contracts = new Interface(
  [...PROOF_REGISTRY_ABI, ...ATTESTER_REGISTRY_ABI].filter(({ type }) => type === "event"),
);

/** A chain as its events tell it. */
export interface ReadChain {
  /** Compressed public key. */
  publicKey: string;
  /** The signature before the first link's, `0x` hex, where the chain was imported without its beginning. */
  importedAfter: string | null;
  links: { link: Link; text: string; id: string; head: string; signature: string; status: BindingStatus }[];
}

/** A binding as its events tell it. */
export interface ReadBinding {
  platform: string;
  identity: string;
  status: BindingStatus;
  asOf: number;
  linkId: string;
}

/** What a log says, wherever it stood. */
export type RawLog = Pick<Log, "topics" | "data">;

/** The same, and by which transaction. */
export type SentLog = RawLog & Pick<Log, "transactionHash">;

/** The registry as its events tell it. */
export interface ReadRegistry {
  chains: ReadonlyMap<string, ReadChain>;
  /** By binding key. */
  bindings: ReadonlyMap<string, ReadBinding>;
  /** The avatars that wallets named, whether or not they are bound to them now. */
  avatars: ReadonlyMap<string, string>;
}

/**
 * Rebuilds the registry from its logs and those of its AttesterRegistry alone, and verifies everything that the interface
 * promises of its events; knows nothing of the contracts' state.
 *
 * @throws when an event breaks an invariant of IProofRegistry.sol, whose number the message gives.
 */
export function readRegistry(logs: readonly SentLog[]): ReadRegistry {
  const reader = new Reader();
  for (const log of logs) reader.take(log);
  reader.end();
  return reader;
}

class Reader implements ReadRegistry {
  chains = new Map<string, ReadChain>();
  bindings = new Map<string, ReadBinding>();
  avatars = new Map<string, string>();
  #attesters = new ReadAttesters();
  /** The avatar whose first link has to come next. */
  #fresh: { avatar: string; transaction: string } | null = null;
  /** The last list of findings. */
  #list: { transaction: string; findings: readonly string[]; attestations: string } | null = null;

  take(log: SentLog): void {
    const event = contracts.parseLog(log)!;
    if (this.#attesters.take(event)) return;
    const { name, args } = event;
    const transaction = log.transactionHash;
    if (this.#fresh !== null) {
      demand(1, name === "LinkAppended" || name === "ChainImported");
      demand(4, args.avatar === this.#fresh.avatar && transaction === this.#fresh.transaction);
    }
    if (name === "AvatarRegistered") this.#register(args, transaction);
    else if (name === "ChainImported") this.#import(args);
    else if (name === "LinkAppended") this.#append(args, transaction);
    else if (name === "FindingsAttested") this.#attest(args, transaction);
    else if (name === "BindingConfirmed") this.#confirm(args, transaction);
    else if (name === "BindingSuspended") this.#turn(args, "confirmed", "suspended");
    else if (name === "BindingReinstated") this.#turn(args, "suspended", "confirmed");
    else if (name === "BindingReleased") this.#release(args);
    else if (name === "AvatarSet") this.#name(args);
    // The two that are left say that nothing happened.
    else demand(8, name === "LinkRefused" || name === "ConfirmationRefused");
  }

  end(): void {
    demand(1, this.#fresh === null);
  }

  #register({ x, y }: Result, transaction: string): void {
    const point = concat(["0x04", x, y]);
    const avatar = computeAddress(point);
    const publicKey = compressedPoint(x, y);
    demand(4, parsePublicKey(publicKey).uncompressed === point && !this.chains.has(avatar));
    this.chains.set(avatar, { publicKey, importedAfter: null, links: [] });
    this.#fresh = { avatar, transaction };
  }

  #import({ avatar, previous }: Result): void {
    const chain = this.#chainOf(avatar);
    demand(1, this.#fresh !== null && chain.importedAfter === null);
    chain.importedAfter = previous;
  }

  #append(args: Result, transaction: string): void {
    this.#fresh = null;
    const chain = this.#chainOf(args.avatar);
    const before = chain.links.at(-1);
    const header = unpackHeader(args.header);
    demand(1, header.sequence === chain.links.length + 1);
    const quoted = before?.signature ?? chain.importedAfter;
    demand(2, (header.previousV === null) === (quoted === null));
    demand(2, before !== undefined || quoted === null || dataSlice(quoted, 64) === v(header));
    const link: Link = {
      action: header.action,
      platform: args.platform,
      identity: args.identity,
      avatar: chain.publicKey,
      prev: quoted === null ? null : encodeBase64(concat([dataSlice(quoted, 0, 64), v(header)])),
      createdAt: header.createdAt,
      uuid: header.uuid,
    };
    const signature = submissionSignature({ r: args.r, vs: args.vs });
    const text = signPayload(link);
    demand(2, recoverPublicKey(text, signature).compressed === chain.publicKey);
    demand(3, args.linkId === linkId(link, signature));
    demand(5, link.createdAt >= (before?.link.createdAt ?? 0));
    demand(6, args.identityKey === identityKey(link.platform, link.identity));
    demand(9, [args.platform, args.identity, args.proofLocation].every(isStorable));
    const { status } = header;
    chain.links.push({ link, text, id: args.linkId, head: head(signature), signature, status });
    const key = bindingKey(args.avatar, link.platform, link.identity);
    if (link.action === "delete") this.#delete(key, header);
    else this.#create(key, link, text, header, args, transaction);
  }

  #create(
    key: string,
    { platform, identity, createdAt }: Link,
    text: string,
    { status, asOf }: CompleteHeader,
    { linkId: id, proof }: Result,
    transaction: string,
  ): void {
    if (status === "claimed") {
      demand(6, platform !== "ethereum" && platform !== "nextid" && asOf === createdAt);
      // An account id alone may well be claimed: the list that covers it may be short of a quorum.
      const { attestations } = proof === "0x" ? { attestations: [] } : unpackAttestations(proof);
      demand(6, attestations.length === 0 || this.#seenAt(platform, id, proof, transaction) === null);
    } else if (platform === "ethereum") {
      // Whether a contract took a signature for its own is not in the log.
      demand(7, status === "confirmed" && asOf === createdAt);
    } else if (platform === "nextid") {
      demand(7, status === "confirmed" && asOf === createdAt);
      demand(7, recoverPublicKey(text, dataSlice(proof, 0, 65)).compressed === identity);
    } else {
      demand(7, status === "confirmed" && asOf === this.#seenAt(platform, id, proof, transaction));
    }
    this.bindings.set(key, { platform, identity, status, asOf, linkId: id });
  }

  #delete(key: string, { status, asOf }: CompleteHeader): void {
    const binding = this.bindings.get(key);
    demand(6, status === (binding ? "deleted" : "none") && asOf === (binding?.asOf ?? 0));
    if (binding) binding.status = "deleted";
  }

  #attest({ findings, checkedAt, attestations }: Result, transaction: string): void {
    const times = this.#attesters.times(unpackList(attestations), ofList(findings));
    demand(7, Number(checkedAt) === Math.max(0, ...times));
    this.#list = { transaction, findings: [...findings], attestations };
  }

  #confirm({ bindingKey: key, linkId: id, attestations, proofLocation }: Result, transaction: string): void {
    const binding = this.#bindingOf(key, id, "claimed");
    const seenAt = this.#seenAt(binding.platform, id, attestations, transaction);
    demand(7, seenAt !== null);
    demand(9, isStorable(proofLocation));
    Object.assign(binding, { status: "confirmed", asOf: seenAt });
  }

  #turn({ bindingKey: key, linkId: id, attestations }: Result, from: BindingStatus, to: BindingStatus): void {
    const binding = this.#bindingOf(key, id, from);
    const { accountId, attestations: signed } = unpackAttestations(attestations);
    const statement = { linkId: id, found: to === "confirmed", accountId };
    const seenAt = this.#attesters.judge(binding.platform, signed, ofLink(statement), binding.asOf + 1);
    demand(6, seenAt !== null);
    Object.assign(binding, { status: to, asOf: seenAt });
  }

  #release({ avatar, identityKey: key, release }: Result): void {
    const { platform, identity } = release;
    const point = concat(["0x04", release.publicKeyX, release.publicKeyY]);
    demand(6, computeAddress(point) === avatar && key === identityKey(platform, identity));
    const binding = this.bindings.get(bindingKey(avatar, platform, identity));
    const { action, createdAt, uuid } = unpackHeader(release.header);
    demand(6, binding?.status === "confirmed" && action === "delete" && createdAt >= binding.asOf);
    if (platform === "nextid") {
      const quoted = quotedSignature(release);
      const prev = quoted === null ? null : encodeBase64(quoted);
      const text = signPayload({ action, platform, identity, avatar: point, prev, createdAt, uuid });
      demand(6, recoverPublicKey(text, dataSlice(release.proof, 0, 65)).compressed === identity);
    }
    binding!.status = "deleted";
  }

  #name({ wallet, avatar }: Result): void {
    const key = bindingKey(avatar, "ethereum", wallet.toLowerCase());
    demand(6, avatar === ZeroAddress || this.bindings.get(key)?.status === "confirmed");
    this.avatars.set(wallet, avatar);
  }

  /** When attesters last saw what `said` is about: as they signed there, or in the list of the same transaction. */
  #seenAt(platform: string, id: string, said: string, transaction: string): number | null {
    const { accountId, attestations } = unpackAttestations(said);
    const finding = { linkId: id, found: true, accountId };
    if (attestations.length > 0) return this.#attesters.judge(platform, attestations, ofLink(finding));
    const list = this.#list;
    demand(7, list?.transaction === transaction && list.findings.includes(findingHash(finding)));
    return this.#attesters.judge(platform, unpackList(list!.attestations), ofList(list!.findings));
  }

  #bindingOf(key: string, id: string, status: BindingStatus): ReadBinding {
    const binding = this.bindings.get(key);
    demand(6, binding?.linkId === id && binding.status === status);
    return binding!;
  }

  #chainOf(avatar: string): ReadChain {
    const chain = this.chains.get(avatar);
    if (chain === undefined) throw new Error(`Invariant 1 is broken: ${avatar} was not registered`);
    return chain;
  }
}

/** The last byte of what `prev` quotes. */
function v({ previousV }: CompleteHeader): string {
  return toBeHex(previousV!, 1);
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0") && text.length <= 1024;
}

function demand(invariant: number, holds: boolean): void {
  if (!holds) throw new Error(`Invariant ${invariant} of IProofRegistry is broken`);
}
