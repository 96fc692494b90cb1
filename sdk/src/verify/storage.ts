import { Interface, type Result } from "ethers";

import {
  ATTESTER_REGISTRY_ABI,
  PROOF_REGISTRY_ABI,
  STATE_ANCHOR_ABI,
  STATUSES,
  SUBKEY_REGISTRY_ABI,
} from "../protocol/index.ts";
import { pause } from "../client/pause.ts";
import type { AnchorModel } from "./anchors.ts";
import type { AttesterBook } from "./attesters.ts";
import type { Chain } from "./chain.ts";
import type { Findings } from "./findings.ts";
import type { GovernanceModel } from "./governance.ts";
import type { ProofModel } from "./proofs.ts";
import { plain } from "./rows.ts";
import type { SubkeyModel } from "./subkeys.ts";

const PROOFS = new Interface(PROOF_REGISTRY_ABI);
const ATTESTERS = new Interface(ATTESTER_REGISTRY_ABI);
const SUBKEYS = new Interface(SUBKEY_REGISTRY_ABI);
const ANCHORS = new Interface(STATE_ANCHOR_ABI);
/** OpenZeppelin's AccessManager. */
const MANAGER = new Interface([
  "function getAccess(uint64 roleId, address account) view returns (uint48 since, uint32, uint32, uint48)",
  "function getNonce(bytes32 id) view returns (uint32)",
  "function getSchedule(bytes32 id) view returns (uint48)",
]);

/** What one contract is asked, and what it must answer; undefined for what cannot be known here. */
interface Question {
  subject: string;
  to: string;
  contract: Interface;
  method: string;
  args: readonly unknown[];
  expected: readonly (string | undefined)[];
}

/** Seconds after which an operation that may be carried out may not be any more: the AccessManager's `expiration`. */
const EXPIRATION = 7 * 86_400;

/** How many questions are put at once. */
const AT_ONCE = 2_000;

/** Milliseconds before what was not answered is asked once more. */
const PAUSE = 1_000;

/** What is held against the contracts' own storage. */
export interface Stored {
  proofs: { address: string; model: Pick<ProofModel, "storedChains" | "storedBindings" | "storedReverse"> };
  attesters: { address: string; book: AttesterBook };
  subkeys: { address: string; model: SubkeyModel } | null;
  anchors: { address: string; model: AnchorModel } | null;
  manager: { address: string; model: GovernanceModel } | null;
}

/** Compares what the logs make of the registry with what the contracts keep, by their own word at a block. */
export async function compareStorage(
  chain: Chain,
  block: number,
  stored: Stored,
  findings: Findings,
  signal?: AbortSignal,
): Promise<void> {
  let some: Question[] = [];
  const settle = async (): Promise<void> => {
    signal?.throwIfAborted();
    const calls = some.map(({ to, contract, method, args }) => ({
      ...{ to, block },
      data: contract.encodeFunctionData(method, args),
    }));
    const answers = await chain.call(calls);
    const failed = [...answers.keys()].filter((index) => answers[index] instanceof Error);
    // A server that answers some has a hiccup; one that answers none keeps no such state.
    if (failed.length > 0 && failed.length < answers.length) {
      await pause(PAUSE, signal);
      const again = await chain.call(failed.map((index) => calls[index]!));
      failed.forEach((index, place) => (answers[index] = again[place]!));
    }
    some.forEach((question, index) => judge(question, answers[index]!, findings));
    some = [];
  };
  const { time } = await chain.block(block);
  for (const question of questions(stored, time)) {
    some.push(question);
    if (some.length === AT_ONCE) await settle();
  }
  await settle();
}

function judge({ subject, contract, method, expected }: Question, answer: string | Error, findings: Findings): void {
  if (answer instanceof Error) {
    findings.leave(`the contracts' storage: this RPC does not answer ${method}`);
    findings.incomplete = true;
    return;
  }
  let values: string[];
  try {
    values = contract.decodeFunctionResult(method, answer).toArray().map(textOf);
  } catch {
    findings.add("state", subject, `${method}: the contract answers ${answer}`);
    return;
  }
  findings.count("slots of the contracts' storage");
  for (const [index, value] of expected.entries()) {
    if (value !== undefined && value !== values[index]) {
      findings.add(
        "state",
        subject,
        `${method}: the logs say ${plain(value)}, the contract keeps ${plain(values[index])}`,
      );
    }
  }
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return (value as Result).map(textOf).sort().join(" ");
  return String(value).toLowerCase();
}

function* questions({ proofs, attesters, subkeys, anchors, manager }: Stored, time: number): Generator<Question> {
  const book = attesters.book;
  const ofAttesters = { to: attesters.address, contract: ATTESTERS };
  yield {
    ...ofAttesters,
    subject: "attesters",
    method: "attesters",
    args: [],
    expected: [book.attesters.sort().join(" ")],
  };
  for (const platform of new Set(["", ...book.platforms])) {
    if (platform === "") continue;
    const expected = [String(book.quorumOf(platform))];
    yield { ...ofAttesters, subject: `quorum of ${platform}`, method: "quorumOf", args: [platform], expected };
  }
  const ofProofs = { to: proofs.address, contract: PROOFS };
  for (const { avatar, length, head } of proofs.model.storedChains()) {
    const subject = `avatar ${avatar}`;
    yield { ...ofProofs, subject, method: "lengthOf", args: [avatar], expected: [String(length)] };
    yield { ...ofProofs, subject, method: "headOf", args: [avatar], expected: [head] };
  }
  for (const { avatar, platform, identity, status, asOf, link } of proofs.model.storedBindings()) {
    yield {
      ...{ ...ofProofs, subject: `binding ${avatar} ${platform} ${identity}`, method: "statusOf" },
      args: [avatar, platform, identity],
      expected: [
        String(STATUSES.indexOf(status)),
        asOf === undefined ? undefined : String(asOf),
        link === undefined ? undefined : link.slice(0, 2 + 48),
      ],
    };
  }
  for (const { wallet, avatar } of proofs.model.storedReverse()) {
    yield {
      ...ofProofs,
      subject: `reverse record of ${wallet}`,
      method: "avatarOf",
      args: [wallet],
      expected: [avatar],
    };
  }
  for (const { operator, topic, epoch, root } of anchors?.model.stored() ?? []) {
    yield {
      ...{ to: anchors!.address, contract: ANCHORS, subject: `anchor ${epoch} of ${operator} ${topic}` },
      ...{ method: "rootOf", args: [operator, topic, epoch], expected: [root] },
    };
  }
  const ofManager = { to: manager?.address ?? "", contract: MANAGER };
  for (const { role, account, since } of manager?.model.storedRoles() ?? []) {
    const subject = `role ${role} of ${account}`;
    yield { ...ofManager, subject, method: "getAccess", args: [role, account], expected: [String(since)] };
  }
  for (const { id, nonce, schedule } of manager?.model.storedOperations() ?? []) {
    const subject = `operation ${id}`;
    yield { ...ofManager, subject, method: "getNonce", args: [id], expected: [String(nonce)] };
    const waits = schedule !== 0 && schedule + EXPIRATION > time;
    yield { ...ofManager, subject, method: "getSchedule", args: [id], expected: [waits ? String(schedule) : "0"] };
  }
  if (!subkeys) return;
  for (const { avatar, id, nonce, validUntil } of subkeys.model.stored()) {
    yield {
      ...{ to: subkeys.address, contract: SUBKEYS, subject: `subkey ${id} of ${avatar}`, method: "authorizationOf" },
      ...{ args: [avatar, id], expected: [nonce === null ? undefined : String(nonce), String(validUntil)] },
    };
  }
}
