import {
  type Result,
  ZeroAddress,
  ZeroHash,
  concat,
  dataLength,
  dataSlice,
  encodeBase64,
  keccak256,
  toBeHex,
} from "ethers";

import {
  type BindingStatus,
  type Link,
  type PublicKey,
  type Submission,
  assertAppendable,
  bindingKey,
  findingHash,
  head,
  identityKey,
  isCosigned,
  isTwoSided,
  linkId,
  parsePublicKey,
  payloadHash,
  quotedSignature,
  recoverPublicKey,
  signPayload,
  submissionSignature,
  unpackAttestations,
  unpackHeader,
} from "../protocol/index.ts";
import { type AttesterBook, CLOCK_SKEW, type Counted, isBare } from "./attesters.ts";
import { type ChainLog, placeOf } from "./chain.ts";
import { type WalletQuestion, judgeCosigner, questionOf } from "./cosigner.ts";
import type { Findings } from "./findings.ts";
import type { Row, Table } from "./rows.ts";

/** A first link signed from then on (2026-01-01) quotes no previous signature: the contract's `LEGACY_BEFORE`. */
const LEGACY_BEFORE = 1767225600;

/** An avatar's chain, as far as it was read. */
interface Avatar {
  address: string;
  /** Null where its registration lies before the first block that was read. */
  key: PublicKey | null;
  length: number;
  createdAt: number;
  /** What an imported chain begins behind, as it was published. */
  imported: string | null;
  /** The signature of its last link; null before the first, undefined where that was not read. */
  signature: string | null | undefined;
}

/** Where a binding stands, as far as it was read; what is undefined lies before the first block that was. */
interface Binding {
  key: string;
  avatar: string;
  identityKey: string;
  platform: string;
  identity: string;
  status: BindingStatus;
  link: string | undefined;
  accountId: string | undefined;
  proofLocation: string | undefined;
  asOf: number | undefined;
  attesters: readonly string[];
  attestations: string;
  createdAt: number | undefined;
  updatedAt: number;
  transactionHash: string;
  logIndex: number;
}

/** A list of findings that attesters signed at once. */
interface List {
  logIndex: number;
  findings: string[];
  checkedAt: number;
  attestations: string;
  counted: Counted;
}

/** What a binding is confirmed, suspended or reinstated by. */
interface Heard extends Counted {
  /** Empty where the bytes do not begin with one. */
  accountId: string;
  /** Whether a quorum of attesters stands for it. */
  reached: boolean;
  /** Whether it rests on a list. */
  listed: boolean;
}

/** Which status an event of attesters turns a binding from and to. */
const TURNS = {
  BindingConfirmed: { from: "claimed", to: "confirmed" },
  BindingSuspended: { from: "confirmed", to: "suspended" },
  BindingReinstated: { from: "suspended", to: "confirmed" },
} as const satisfies Record<string, { from: BindingStatus; to: BindingStatus }>;

/** Where a contract's storage has to stand. */
export interface StoredBinding {
  avatar: string;
  platform: string;
  identity: string;
  status: BindingStatus;
  asOf: number | undefined;
  link: string | undefined;
}

/** What the model of the registry works with. */
export interface ProofContext {
  attesters: AttesterBook;
  findings: Findings;
  /** Told the rows that the index must have of what never changes again. */
  emit: (table: Table, row: Row) => void;
  /** Told what only a contract wallet can say. */
  ask: (question: WalletQuestion) => void;
  /** Whether the first block of the registry was read. */
  whole: boolean;
}

/**
 * The ProofRegistry as its events tell it, in their order, with every signature and every rule of the contract checked again.
 * What the events say is taken for what the index must have; what is wrong with it is told as a finding, and one bad link is
 * one finding: the next one is held against what the log has.
 */
export class ProofModel {
  readonly #context: ProofContext;
  readonly #avatars = new Map<string, Avatar>();
  readonly #bindings = new Map<string, Binding>();
  readonly #reverse = new Map<string, string>();
  readonly #released = new Set<string>();
  /** The avatar whose registration waits for its link, in the transaction. */
  #registered: { avatar: string; transactionHash: string } | null = null;
  #lists: { transactionHash: string; lists: List[] } = { transactionHash: "", lists: [] };

  constructor(context: ProofContext) {
    this.#context = context;
  }

  read(name: string, args: Result, log: ChainLog): void {
    if (this.#registered !== null && name !== "ChainImported" && name !== "LinkAppended") this.#expectLink();
    if (log.transactionHash !== this.#lists.transactionHash) this.#flushLists();
    if (name === "AvatarRegistered") this.#readRegistered(args, log);
    else if (name === "ChainImported") this.#readImported(args, log);
    else if (name === "LinkAppended") this.#readLink(args, log);
    else if (name === "FindingsAttested") this.#readList(args, log);
    else if (name === "BindingReleased") this.#readRelease(args, log);
    else if (name === "AvatarSet") this.#readAvatarSet(args);
    else if (name === "LinkRefused" || name === "ConfirmationRefused") this.#readRefused(args, log);
    else if (name in TURNS) this.#readTurn(name as keyof typeof TURNS, args, log);
  }

  /** To be called behind the last log of a range that ends with its transaction. */
  flush(): void {
    if (this.#registered !== null) this.#expectLink();
    this.#flushLists();
  }

  #problem(subject: string, detail: string): void {
    this.#context.findings.add("log", subject, detail);
  }

  #expectLink(): void {
    this.#problem(`avatar ${this.#registered!.avatar}`, "was registered without a link");
    this.#registered = null;
  }

  #flushLists(): void {
    const { transactionHash, lists } = this.#lists;
    if (lists.length === 0) return;
    this.#context.emit("findings_attested", {
      transaction_hash: transactionHash,
      lists: lists.map(({ counted, ...list }) => ({ ...list, attesters: counted.attesters })),
    });
    this.#lists = { transactionHash: "", lists: [] };
  }

  #readRegistered(args: Result, log: ChainLog): void {
    let key: PublicKey;
    try {
      key = parsePublicKey(concat(["0x04", args.getValue("x") as string, args.getValue("y") as string]));
    } catch {
      this.#problem(`transaction ${log.transactionHash}`, "registers an avatar with what is no public key");
      return;
    }
    const address = key.address.toLowerCase();
    const before = this.#avatars.get(address);
    if (before) this.#problem(`avatar ${address}`, "was registered twice");
    else this.#avatars.set(address, { address, key, length: 0, createdAt: 0, imported: null, signature: null });
    this.#registered = { avatar: address, transactionHash: log.transactionHash };
  }

  #readImported(args: Result, log: ChainLog): void {
    const address = (args.getValue("avatar") as string).toLowerCase();
    const previous = args.getValue("previous") as string;
    const avatar = this.#avatars.get(address);
    if (this.#registered?.avatar !== address || this.#registered.transactionHash !== log.transactionHash || !avatar) {
      this.#problem(`avatar ${address}`, "a chain was imported that was not registered right in front of it");
      return;
    }
    if (dataLength(previous) !== 65 || ![0, 1, 27, 28].includes(Number(dataSlice(previous, 64)))) {
      this.#problem(`avatar ${address}`, `the imported chain begins behind ${previous}, which is no signature`);
    }
    avatar.imported = previous;
    this.#context.findings.count("imported chains");
  }

  #readLink(args: Result, log: ChainLog): void {
    const { findings } = this.#context;
    const address = (args.getValue("avatar") as string).toLowerCase();
    const header = unpackHeader(args.getValue("header") as string);
    const { createdAt, sequence, previousV, action } = header;
    const [platform, identity] = [args.getValue("platform") as string, args.getValue("identity") as string];
    const [proof, proofLocation] = [args.getValue("proof") as string, args.getValue("proofLocation") as string];
    const name = args.getValue("linkId") as string;
    const subject = `link ${name} (${address} #${sequence})`;
    const demand = (holds: boolean, otherwise: string): void => {
      if (!holds) findings.add("log", subject, otherwise);
    };
    const avatar = this.#avatarOf(address, sequence, subject);
    this.#closeRegistration(address, log, subject);

    findings.count("links");
    demand(sequence === avatar.length + 1, `has the number ${sequence} and comes behind number ${avatar.length}`);
    if (avatar.length === 0 && avatar.imported !== null) {
      const v = Number(dataSlice(avatar.imported, 64));
      demand(v === previousV, `quotes a signature that ends with ${previousV}, and the imported one ends with ${v}`);
    }
    demand(createdAt >= avatar.createdAt, `is dated ${createdAt}, before the link in front of it`);
    demand(createdAt <= log.time + CLOCK_SKEW, `is dated ${createdAt}, in the future of its block`);
    const first = avatar.length === 0;
    if (first && avatar.imported !== null) {
      demand(createdAt < LEGACY_BEFORE, "imports a chain, and is not from before there was this registry");
    }
    const quoted = first ? avatar.imported : avatar.signature;
    if (quoted !== undefined) {
      demand(
        (previousV === null) === (quoted === null),
        "quotes no link where one is in front of it, or the other way round",
      );
    }
    const signature = signatureOf(args);
    this.#checkSignature(avatar, {
      ...{ subject, quoted, previousV, signature, name, proofLocation },
      link: { action, platform, identity, createdAt, uuid: header.uuid },
    });
    const ownKey = identityKey(platform, identity);
    demand(
      args.getValue("identityKey") === ownKey,
      `names the identity by ${args.getValue("identityKey")}, not ${ownKey}`,
    );

    const key = bindingKey(address, platform, identity);
    const before = this.#bindings.get(key);
    const heard = this.#judgeLink({
      ...{ subject, avatar, header, platform, identity, proof, name, before, log, quoted },
    });
    const { status } = header;
    const confirmedByAttesters = status === "confirmed" && !isCosigned(platform);
    this.#context.emit("link", {
      ...{ id: name, avatar: address, sequence, action, platform, identity, uuid: header.uuid, created_at: createdAt },
      ...{ previous_v: previousV, previous: null, signature, proof, proof_location: proofLocation },
      ...{ account_id: confirmedByAttesters ? heard.accountId : "", status, ...placeOf(log) },
    });
    avatar.length = sequence;
    avatar.createdAt = Math.max(createdAt, avatar.createdAt);
    avatar.signature = signature;
    if (status === "none") return;
    if (action === "delete") {
      // Deleted before anything of it was read.
      const unknown = { link: undefined, accountId: undefined, proofLocation: undefined, createdAt: undefined };
      const ended = before ?? {
        ...{ key, avatar: address, identityKey: ownKey, platform, identity, ...unknown },
        asOf: header.asOf,
      };
      this.#bindings.set(key, { ...ended, status, attesters: [], attestations: "0x", ...changeOf(log) });
      return;
    }
    this.#bindings.set(key, {
      ...{ key, avatar: address, identityKey: ownKey, platform, identity, status, link: name, proofLocation },
      accountId: confirmedByAttesters ? heard.accountId : "",
      asOf: header.asOf,
      attesters: confirmedByAttesters ? heard.attesters : [],
      attestations: confirmedByAttesters ? proof : "0x",
      createdAt: before ? before.createdAt : this.#context.whole ? log.time : undefined,
      ...changeOf(log),
    });
  }

  /** The avatar of a link, also where its registration was not read. */
  #avatarOf(address: string, sequence: number, subject: string): Avatar {
    const known = this.#avatars.get(address);
    if (known) return known;
    if (this.#context.whole || sequence === 1) this.#problem(subject, "is of an avatar that was never registered");
    const avatar: Avatar = {
      ...{ address, key: null, length: sequence - 1, createdAt: 0, imported: null },
      signature: undefined,
    };
    this.#avatars.set(address, avatar);
    return avatar;
  }

  #closeRegistration(address: string, log: ChainLog, subject: string): void {
    if (this.#registered === null) return;
    const { avatar, transactionHash } = this.#registered;
    if (avatar !== address || transactionHash !== log.transactionHash) {
      this.#problem(subject, `comes where the first link of ${avatar} was expected`);
    }
    this.#registered = null;
  }

  /** Rebuilds what was signed, and has the signature say who did. */
  #checkSignature(
    avatar: Avatar,
    {
      subject,
      quoted,
      previousV,
      signature,
      name,
      proofLocation,
      link: fields,
    }: {
      subject: string;
      quoted: string | null | undefined;
      previousV: number | null;
      signature: string;
      name: string;
      proofLocation: string;
      link: Omit<Link, "avatar" | "prev">;
    },
  ): void {
    const { findings } = this.#context;
    if (quoted === undefined && previousV !== null) {
      findings.leave("signatures of links that quote one from before --from-block");
      return;
    }
    if (avatar.key === null && isTwoSided(fields.platform)) {
      findings.leave("signatures of links whose text names a key from before --from-block");
      return;
    }
    try {
      const link: Link = { ...fields, avatar: avatar.key?.compressed ?? "", prev: prevOf(quoted ?? null, previousV) };
      assertAppendable(link, proofLocation);
      const signer = recoverPublicKey(signPayload(link), signature);
      findings.count("avatars' signatures");
      if (signer.address.toLowerCase() !== avatar.address) {
        findings.add(
          "log",
          subject,
          `is not signed by its avatar: the signature is of ${signer.address.toLowerCase()}`,
        );
      }
      const ownName = linkId(link, signature);
      if (ownName !== name) findings.add("log", subject, `has another id than text and signature give, ${ownName}`);
    } catch (error) {
      findings.add("log", subject, `cannot be a link: ${(error as Error).message}`);
    }
  }

  /** Holds the status that a link says against the contract's rules. */
  #judgeLink({
    subject,
    avatar,
    header,
    platform,
    identity,
    proof,
    name,
    before,
    log,
    quoted,
  }: {
    subject: string;
    avatar: Avatar;
    header: ReturnType<typeof unpackHeader>;
    platform: string;
    identity: string;
    proof: string;
    name: string;
    before: Binding | undefined;
    log: ChainLog;
    quoted: string | null | undefined;
  }): Heard {
    const demand = (holds: boolean, otherwise: string): void => {
      if (!holds) this.#problem(subject, otherwise);
    };
    const expect = (status: BindingStatus, asOf: number | undefined): void => {
      demand(header.status === status, `leaves its binding ${header.status}, by the rules ${status}`);
      if (asOf !== undefined) demand(header.asOf === asOf, `is as of ${header.asOf}, by the rules ${asOf}`);
    };
    if (header.action === "delete") {
      demand(proof === "0x", "deletes with a proof");
      if (before) expect("deleted", before.asOf);
      else if (this.#context.whole) expect("none", 0);
      return NOBODY;
    }
    if (isCosigned(platform)) {
      expect("confirmed", header.createdAt);
      this.#judgeCosigned({ subject, avatar, header, platform, identity, proof, log, quoted });
      return NOBODY;
    }
    if (proof === "0x") {
      expect("claimed", header.createdAt);
      return NOBODY;
    }
    const heard = this.#hear(platform, { linkId: name, found: true }, proof, 0, log);
    demand(heard.flaw === null, `brings attestations that the contract refuses: ${heard.flaw}`);
    // A list may stand in a transaction by another call than the link's own.
    const claimed = header.status === "claimed" && heard.listed;
    if (heard.reached && !claimed) expect("confirmed", heard.checkedAt);
    else expect("claimed", header.createdAt);
    return heard;
  }

  #judgeCosigned({
    subject,
    avatar,
    header,
    platform,
    identity,
    proof,
    log,
    quoted,
  }: {
    subject: string;
    avatar: Avatar;
    header: ReturnType<typeof unpackHeader>;
    platform: string;
    identity: string;
    proof: string;
    log: ChainLog;
    quoted: string | null | undefined;
  }): void {
    const { findings, ask } = this.#context;
    if (avatar.key === null || (quoted === undefined && header.previousV !== null)) return;
    const link: Link = {
      ...{ action: header.action, platform, identity, createdAt: header.createdAt, uuid: header.uuid },
      ...{ avatar: avatar.key.compressed, prev: prevOf(quoted ?? null, header.previousV) },
    };
    const judgement = judgeCosigner(link, proof);
    if (judgement === "wallet") ask(questionOf(link, proof, subject, log.block));
    else findings.count("wallets' and aliases' signatures");
    if (judgement === "bad") findings.add("log", subject, `is not signed by the other side, ${platform} ${identity}`);
  }

  /** Counts what attesters say in the bytes, or in the list in front of them. */
  #hear(
    platform: string,
    statement: { linkId: string; found: boolean },
    said: string,
    notBefore: number,
    log: ChainLog,
  ): Heard {
    const { attesters } = this.#context;
    if (!isBare(said)) {
      const counted = attesters.count(statement, said, notBefore, log.time);
      const reached = counted.flaw === null && attesters.reaches(counted, platform);
      return { ...counted, accountId: accountIdOf(said), reached, listed: false };
    }
    const list = this.#lists.lists.at(-1);
    const accountId = accountIdOf(said);
    // The contract hashes whatever bytes the id has.
    const listed =
      this.#lists.transactionHash === log.transactionHash &&
      list !== undefined &&
      list.findings.includes(findingHash({ ...statement, accountId }));
    if (!listed) return { ...NOBODY, accountId };
    return { ...list.counted, accountId, reached: attesters.reaches(list.counted, platform), listed };
  }

  #readList(args: Result, log: ChainLog): void {
    const { attesters } = this.#context;
    const findings = [...(args.getValue("findings") as string[])];
    const attestations = args.getValue("attestations") as string;
    const checkedAt = Number(args.getValue("checkedAt"));
    const counted = attesters.countList(findings, attestations, log.time);
    const subject = `list of findings in ${log.transactionHash} at ${log.index}`;
    if (counted.flaw !== null) this.#problem(subject, `brings attestations that the contract refuses: ${counted.flaw}`);
    else if (counted.checkedAt !== checkedAt) {
      this.#problem(subject, `is as of ${checkedAt}, by its attesters ${counted.checkedAt}`);
    }
    const list: List = { logIndex: log.index, findings, checkedAt, attestations, counted };
    this.#lists = { transactionHash: log.transactionHash, lists: [...this.#lists.lists, list] };
    this.#context.findings.count("lists of findings");
  }

  #readTurn(name: keyof typeof TURNS, args: Result, log: ChainLog): void {
    const { from, to } = TURNS[name];
    const [key, link] = [args.getValue("bindingKey") as string, args.getValue("linkId") as string];
    const said = args.getValue("attestations") as string;
    const proofLocation = name === "BindingConfirmed" ? (args.getValue("proofLocation") as string) : "";
    const binding = this.#bindings.get(key);
    const subject = `${name} of binding ${key} at ${log.transactionHash} ${log.index}`;
    this.#context.findings.count("changes by attesters");
    if (!binding) {
      if (this.#context.whole) this.#problem(subject, "there is no such binding");
      else this.#context.findings.leave("changes of bindings from before --from-block");
      // What it says by itself.
      this.#context.emit("turn", {
        ...{ binding: key, link, status: to, proof_location: proofLocation, attestations: said, ...placeOf(log) },
        ...{ account_id: undefined, as_of: undefined, attesters: undefined },
      });
      return;
    }
    const demand = (holds: boolean, otherwise: string): void => {
      if (!holds) this.#problem(subject, otherwise);
    };
    demand(binding.status === from, `turns a binding that is ${binding.status}, not ${from}`);
    if (binding.link !== undefined)
      demand(binding.link === link, `names link ${link}, not the binding's ${binding.link}`);
    demand(!isCosigned(binding.platform), "turns a binding that nobody attests");
    demand(/^[!-~]{0,1024}$/.test(proofLocation), "names a proof location that is none");
    const notBefore = from === "claimed" ? 0 : (binding.asOf ?? 0) + 1;
    const heard = this.#hear(binding.platform, { linkId: link, found: to === "confirmed" }, said, notBefore, log);
    demand(heard.flaw === null, `brings attestations that the contract refuses: ${heard.flaw}`);
    if (heard.flaw === null) {
      const quorum = this.#context.attesters.quorumOf(binding.platform);
      demand(heard.reached, `rests on ${heard.attesters.length} attesters, and it takes ${quorum}`);
    }
    demand(!heard.listed || name === "BindingConfirmed", "rests on a list, which only confirms");
    // Where they found nothing, they still know whose it was.
    const accountId = to === "confirmed" ? heard.accountId : binding.accountId;
    this.#bindings.set(key, {
      ...binding,
      ...{ status: to, accountId, proofLocation: proofLocation === "" ? binding.proofLocation : proofLocation },
      ...{ asOf: heard.checkedAt, attesters: heard.attesters, attestations: said, ...changeOf(log) },
    });
    this.#context.emit("turn", {
      ...{ binding: key, link, status: to, account_id: accountId, proof_location: proofLocation },
      ...{ as_of: heard.checkedAt, attesters: heard.attesters, attestations: said, ...placeOf(log) },
    });
  }

  #readRelease(args: Result, log: ChainLog): void {
    const { findings, ask } = this.#context;
    const release = (args.getValue("release") as Result).toObject() as Submission;
    const { platform, identity, proof, proofLocation } = release;
    const avatar = (args.getValue("avatar") as string).toLowerCase();
    const { action, createdAt, uuid } = unpackHeader(release.header);
    const subject = `release of ${avatar} ${platform} ${identity} at ${log.transactionHash} ${log.index}`;
    const demand = (holds: boolean, otherwise: string): void => {
      if (!holds) this.#problem(subject, otherwise);
    };
    const key = bindingKey(avatar, platform, identity);
    const before = this.#bindings.get(key);
    const quoted = quotedSignature(release);
    findings.count("releases");
    demand(isCosigned(platform) && action === "delete", "is of what the other side cannot release");
    demand(release.r === ZeroHash && release.vs === ZeroHash, "carries an avatar's signature");
    demand(args.getValue("identityKey") === identityKey(platform, identity), "names another identity by its key");
    demand(createdAt <= log.time + CLOCK_SKEW, `is dated ${createdAt}, in the future of its block`);
    if (before) {
      demand(before.status === "confirmed", `releases a binding that is ${before.status}`);
      demand(createdAt >= (before.asOf ?? 0), `is dated ${createdAt}, before the binding, ${before.asOf}`);
    } else demand(!this.#context.whole, "releases what was not bound");
    try {
      const named = parsePublicKey(concat(["0x04", release.publicKeyX, release.publicKeyY]));
      demand(named.address.toLowerCase() === avatar, `names the key of ${named.address.toLowerCase()}`);
      const prev = quoted === null ? null : encodeBase64(quoted);
      const link: Link = { action, platform, identity, avatar: named.compressed, prev, createdAt, uuid };
      assertAppendable(link, proofLocation);
      const digest = payloadHash(link);
      demand(!this.#released.has(digest), "was made before");
      this.#released.add(digest);
      const judgement = judgeCosigner(link, proof);
      if (judgement === "wallet") ask(questionOf(link, proof, subject, log.block));
      else findings.count("wallets' and aliases' signatures");
      demand(judgement !== "bad", "is not signed by the other side");
    } catch (error) {
      findings.add("log", subject, `cannot be a release: ${(error as Error).message}`);
    }
    const id = keccak256(concat([log.transactionHash, toBeHex(log.index, 32)]));
    this.#context.emit("link", {
      ...{ id, avatar, sequence: null, action: "release", platform, identity, uuid, created_at: createdAt },
      ...{ previous_v: null, previous: quoted, signature: null, proof, proof_location: proofLocation },
      ...{ account_id: "", status: "deleted", ...placeOf(log) },
    });
    const unknown = {
      link: undefined,
      accountId: undefined,
      proofLocation: undefined,
      asOf: undefined,
      createdAt: undefined,
    };
    const ended = before ?? {
      key,
      avatar,
      identityKey: identityKey(platform, identity),
      platform,
      identity,
      ...unknown,
    };
    this.#bindings.set(key, { ...ended, status: "deleted", attesters: [], attestations: "0x", ...changeOf(log) });
  }

  #readRefused(args: Result, log: ChainLog): void {
    this.#context.findings.count("refusals");
    const [place, link] = [Number(args.getValue("index")), args.getValue("linkId") as string];
    // Only of a link the contract says why.
    const reason = args.length === 3 ? Number(args.getValue("reason")) : null;
    this.#context.emit("refusal", { place, link, reason, ...placeOf(log) });
  }

  #readAvatarSet(args: Result): void {
    const wallet = (args.getValue("wallet") as string).toLowerCase();
    const avatar = (args.getValue("avatar") as string).toLowerCase();
    this.#context.findings.count("reverse records");
    this.#reverse.set(wallet, avatar);
    if (avatar === ZeroAddress) return;
    const binding = this.#bindings.get(bindingKey(avatar, "ethereum", wallet));
    if (binding ? binding.status !== "confirmed" : this.#context.whole) {
      this.#problem(`reverse record of ${wallet}`, `names ${avatar}, to whom it was not bound then`);
    }
  }

  /** What the table `avatar` must say. */
  *avatarRows(): Generator<Row> {
    for (const { address, key, imported } of this.#avatars.values()) {
      yield { address, public_key: key?.compressed, imported_after: key === null ? undefined : imported };
    }
  }

  /** What the table `binding` must say. */
  *bindingRows(): Generator<Row> {
    for (const binding of this.#bindings.values()) {
      const { identityKey: name, accountId, proofLocation, asOf, createdAt, updatedAt, ...rest } = binding;
      const { transactionHash, logIndex, ...same } = rest;
      yield {
        ...same,
        ...{ identity_key: name, account_id: accountId, proof_location: proofLocation, as_of: asOf },
        ...{ created_at: createdAt, updated_at: updatedAt, transaction_hash: transactionHash, log_index: logIndex },
      };
    }
  }

  /** What the table `reverse_record` must say. */
  *reverseRows(): Generator<Row> {
    for (const [wallet, avatar] of this.#reverse) if (avatar !== ZeroAddress) yield { wallet, avatar };
  }

  /** Where the chains of all avatars must stand in the contract's storage: the first 24 bytes of the head's hash. */
  *storedChains(): Generator<{ avatar: string; length: number; head: string | undefined }> {
    for (const { address, length, signature } of this.#avatars.values()) {
      yield { avatar: address, length, head: signature ? storedHead(signature) : undefined };
    }
  }

  /** Where all bindings must stand there. */
  *storedBindings(): Generator<StoredBinding> {
    yield* this.#bindings.values();
  }

  /** Whom a wallet's word must name there; zero where the binding does not hold, and where a wallet said nothing. */
  *storedReverse(): Generator<{ wallet: string; avatar: string }> {
    for (const [wallet, avatar] of this.#reverse) {
      const status = this.#bindings.get(bindingKey(avatar, "ethereum", wallet))?.status;
      if (avatar === ZeroAddress) yield { wallet, avatar };
      else if (status !== undefined) yield { wallet, avatar: status === "confirmed" ? avatar : ZeroAddress };
    }
    if (!this.#context.whole) return;
    const silent = new Set<string>();
    for (const { platform, identity, status } of this.#bindings.values()) {
      const isWallet = platform === "ethereum" && status === "confirmed" && /^0x[0-9a-f]{40}$/.test(identity);
      if (isWallet && !this.#reverse.has(identity)) silent.add(identity);
    }
    for (const wallet of silent) yield { wallet, avatar: ZeroAddress };
  }

  /** How many avatars and bindings there are. */
  get sizes(): { avatars: number; bindings: number } {
    return { avatars: this.#avatars.size, bindings: this.#bindings.size };
  }
}

/** Nobody attested anything. */
const NOBODY: Heard = { flaw: null, attesters: [], checkedAt: 0, accountId: "", reached: false, listed: false };

function storedHead(signature: string): string | undefined {
  try {
    return dataSlice(head(signature), 0, 24);
  } catch {
    return undefined;
  }
}

/** 65 bytes; `0x` where they are no signature. */
function signatureOf(args: Result): string {
  try {
    return submissionSignature({ r: args.getValue("r") as string, vs: args.getValue("vs") as string });
  } catch {
    return "0x";
  }
}

function accountIdOf(said: string): string {
  try {
    return unpackAttestations(said).accountId;
  } catch {
    return "";
  }
}

/** What a text quotes: a signature with the last byte that it was published with. */
export function prevOf(quoted: string | null, previousV: number | null): string | null {
  if (quoted === null || previousV === null) return null;
  return encodeBase64(concat([dataSlice(quoted, 0, 64), toBeHex(previousV, 1)]));
}

function changeOf({ time, transactionHash, index }: ChainLog) {
  return { updatedAt: time, transactionHash, logIndex: index };
}
