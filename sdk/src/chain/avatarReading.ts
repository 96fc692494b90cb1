import { Interface, encodeBase64 } from "ethers";

import {
  ATTESTER_REGISTRY_ABI,
  type Action,
  type BindingStatus,
  type Link,
  type PublicKey,
  isCosigned,
  parsePublicKey,
} from "../protocol/index.ts";
import { AttesterBook } from "../verify/attesters.ts";
import type { Chain, ChainLog } from "../verify/chain.ts";
import { type WalletQuestion, askWallets } from "../verify/cosigner.ts";
import { Findings, type Problem } from "../verify/findings.ts";
import { ProofModel, prevOf } from "../verify/proofs.ts";
import type { Row } from "../verify/rows.ts";
import { compareStorage } from "../verify/storage.ts";
import { PROOF_EVENTS } from "./avatarLogs.ts";

/** A link as the chain's logs have it, or a release: the other side's own delete, which is no link of the chain. */
export interface ReadLink {
  /** Null of a release. */
  linkId: string | null;
  /** Null where the avatar's registration is missing: then it cannot be rebuilt. */
  link: Link | null;
  action: Action | "release";
  platform: string;
  identity: string;
  /** Place in the chain, from 1; null of a release. */
  sequence: number | null;
  /** The avatar's, standard Base64; null of a release. */
  signature: string | null;
  /** Where the binding stood after it. */
  status: BindingStatus;
  /** What attesters said, or the other side's signature, `0x` hex. */
  proof: string;
  proofLocation: string;
  block: number;
  /** Of the block, Unix seconds. */
  time: number;
  txHash: string;
  /** What is wrong with it, in sentences; empty if nothing. */
  problems: string[];
}

/** A binding as the logs make it. */
export interface ReadBinding {
  platform: string;
  identity: string;
  status: BindingStatus;
  /** What it rests on: the other side's own signature, or the word of attesters. */
  evidence: "signatures" | "attesters";
  linkId: string;
  /** Since when it stands so, Unix seconds. */
  asOf: number;
  /** Who attested it last, lower case. */
  attesters: readonly string[];
  /** The platform's own number or id of the account; empty where nobody attested one. */
  accountId: string;
  proofLocation: string;
  /** What is wrong with it, in sentences; empty if nothing. */
  problems: string[];
}

/** What the logs say of one avatar, checked. */
export interface AvatarReading {
  chainId: number;
  /** As of which block. */
  block: { number: number; hash: string };
  /** Null where the server shows no registration. */
  publicKey: string | null;
  links: ReadLink[];
  bindings: ReadBinding[];
  /** Whether all that can be checked was, and nothing was wrong: see {@link unchecked} for the rest. */
  verified: boolean;
  problems: readonly Problem[];
  /** What could not be verified here, in sentences. */
  unchecked: string[];
}

/** Where the logs are from. */
export interface ReadingContext {
  chain: Chain;
  avatar: string;
  /** Addresses in lower case. */
  registry: string;
  attesters: string;
  block: { number: number; hash: string };
  findings: Findings;
}

const ATTESTER_EVENTS = new Interface(ATTESTER_REGISTRY_ABI);

/**
 * Checks what logs say of an avatar: each signature and each rule of the contract, and the outcome against what the contract
 * keeps.
 *
 * @param logs of the avatar, and of the attesters, each in order.
 */
export async function readAvatar(context: ReadingContext, logs: readonly ChainLog[]): Promise<AvatarReading> {
  const { chain, avatar, registry, block, findings } = context;
  const book = new AttesterBook(findings);
  const rows: Row[] = [];
  const questions: WalletQuestion[] = [];
  const model = new ProofModel({
    ...{ attesters: book, findings, whole: true },
    emit: (table, row) => void (table === "link" && rows.push(row)),
    ask: (question) => void questions.push(question),
  });
  for (const log of logs) feed(log, { registry, model, book, findings });
  model.flush();
  await askWallets(chain, questions, findings);
  const stored = {
    proofs: { address: registry, model: storedOf(model, avatar) },
    attesters: { address: context.attesters, book },
    ...{ subkeys: null, anchors: null, manager: null },
  };
  await compareStorage(chain, block.number, stored, findings);
  const [registered] = [...model.avatarRows()];
  const key = registered?.public_key === undefined ? null : parsePublicKey(registered.public_key as string);
  const imported = (registered?.imported_after ?? null) as string | null;
  const bindings = [...model.bindingRows()].map((row) => bindingOf(row, findings));
  return {
    ...{ chainId: chain.chainId, block, publicKey: key?.compressed ?? null, bindings },
    links: linksOf(rows, key, imported, findings),
    verified: findings.total === 0 && !findings.incomplete,
    problems: findings.problems,
    unchecked: Object.keys(findings.unchecked),
  };
}

interface Reading {
  registry: string;
  model: ProofModel;
  book: AttesterBook;
  findings: Findings;
}

function feed(log: ChainLog, { registry, model, book, findings }: Reading): void {
  const ofProofs = log.address === registry;
  try {
    const event = (ofProofs ? PROOF_EVENTS : ATTESTER_EVENTS).parseLog(log);
    // Events of others, as that of who governs it, say nothing of attesters.
    if (event === null) return;
    // Strings that are no UTF-8 are told of only when they are read.
    event.args.toArray(true);
    if (ofProofs) model.read(event.name, event.args, log);
    else book.read(event.name, event.args);
  } catch (error) {
    const detail = `cannot be read: ${(error as Error).message}`;
    findings.add("log", `log ${log.transactionHash} ${log.index}`, detail);
  }
}

/** What the contract must keep of the avatar, also where the server shows nothing of it. Who names whom is not read here. */
function storedOf(
  model: ProofModel,
  avatar: string,
): Pick<ProofModel, "storedChains" | "storedBindings" | "storedReverse"> {
  const chains = [...model.storedChains()];
  const none = { avatar: avatar.toLowerCase(), length: 0, head: `0x${"00".repeat(24)}` };
  return {
    *storedChains() {
      yield* chains.length === 0 ? [none] : chains;
    },
    storedBindings: () => model.storedBindings(),
    *storedReverse() {},
  };
}

function linksOf(rows: readonly Row[], key: PublicKey | null, imported: string | null, findings: Findings): ReadLink[] {
  let before = imported;
  return rows.map((row) => {
    const sequence = row.sequence as number | null;
    const quoted = sequence === null ? (row.previous as string | null) : before;
    if (sequence !== null) before = row.signature as string;
    const released = row.action === "release";
    return {
      ...{ linkId: released ? null : (row.id as string), link: key && linkOf(row, key, quoted), sequence },
      ...{ action: row.action as ReadLink["action"], status: row.status as BindingStatus },
      ...{ platform: row.platform as string, identity: row.identity as string },
      signature: row.signature === null ? null : encodeBase64(row.signature as string),
      ...{ proof: row.proof as string, proofLocation: row.proof_location as string },
      ...{ block: row.block_number as number, time: row.block_time as number, txHash: row.transaction_hash as string },
      problems: problemsOf(findings, released ? releaseSubject(row) : `link ${row.id as string} `),
    };
  });
}

function linkOf(row: Row, key: PublicKey, quoted: string | null): Link {
  // The last byte of what the text quotes is its own; a release's is with the rest of it.
  const previousV = (row.previous_v ?? (quoted === null ? null : Number(`0x${quoted.slice(-2)}`))) as number | null;
  return {
    action: row.action === "create" ? "create" : "delete",
    ...{ platform: row.platform as string, identity: row.identity as string, avatar: key.compressed },
    ...{ prev: prevOf(quoted, row.sequence === null || row.previous_v !== null ? previousV : null) },
    ...{ createdAt: row.created_at as number, uuid: row.uuid as string },
  };
}

function bindingOf(row: Row, findings: Findings): ReadBinding {
  const [platform, identity] = [row.platform as string, row.identity as string];
  return {
    ...{
      platform,
      identity,
      status: row.status as BindingStatus,
      linkId: row.link as string,
      asOf: row.as_of as number,
    },
    evidence: isCosigned(platform) ? "signatures" : "attesters",
    ...{ attesters: row.attesters as readonly string[], accountId: row.account_id as string },
    proofLocation: row.proof_location as string,
    problems: [
      ...problemsOf(findings, `binding ${row.avatar as string} ${platform} ${identity}`),
      ...findings.problems
        .filter(({ subject }) => subject.includes(` of binding ${row.key as string} `))
        .map(({ detail }) => detail),
      ...problemsOf(findings, `link ${row.link as string} `),
    ],
  };
}

function releaseSubject({ avatar, platform, identity, transaction_hash: hash, log_index: index }: Row): string {
  return `release of ${avatar} ${platform} ${identity} at ${hash} ${index}`;
}

function problemsOf({ problems }: Findings, subject: string): string[] {
  return problems.filter((problem) => problem.subject.startsWith(subject)).map(({ detail }) => detail);
}
