import {
  type Link,
  type PublicKey,
  type Signature,
  head,
  isCosigned,
  isSolanaSignature,
  isTwoSided,
  linkId,
  parsePublicKey,
  parseSignature,
  recoverPublicKey,
  signPayload,
} from "../protocol/index.ts";
import type { ChainItem } from "./wire.ts";

/**
 * What came of one check: `pass`, `fail`, `none` where the item has nothing to check, or `chain` where only the chain can
 * tell (a contract wallet's signature, ERC-1271).
 */
export type Verdict = "pass" | "fail" | "none" | "chain";

/** The checks of an item. */
export interface ItemChecks {
  /** The text rebuilt from the fields is `signature_payload`. */
  text: Verdict;
  /** The signature over that text recovers to the avatar. */
  signature: Verdict;
  /** The text's `prev` quotes the item before, and neither place nor time goes back. */
  order: Verdict;
  /** `link_id` is that of this text and signature. */
  linkId: Verdict;
  /** The signature of the wallet or alias over the same text recovers to the identity. */
  cosigner: Verdict;
}

/** What came of checking one item of a proof chain. */
export interface ItemCheck {
  /** Whether everything about the item was verified here. */
  ok: boolean;
  checks: ItemChecks;
  /** What is wrong with it, or cannot be said here, in a sentence; null if nothing. */
  problem: string | null;
}

/**
 * A first link signed from then on (2026-01-01) quotes no previous signature: the contract's `LEGACY_BEFORE`. Before it,
 * a chain may have lost its beginning at Next.ID.
 */
const LEGACY_BEFORE = 1767225600;

/** How far the verification of one chain has come. */
interface Cursor {
  avatar: PublicKey;
  /** Head of the last link, null before the first. */
  head: string | null;
  sequence: number;
  createdAt: number;
  /** When each identity was bound last, signed Unix seconds; absent where it is not bound. */
  bound: Map<string, number>;
}

/** Thrown by a check; `verdict` is what to note. */
class Finding extends Error {
  readonly verdict: Verdict;

  constructor(verdict: Verdict, message: string) {
    super(message);
    this.verdict = verdict;
  }
}

/**
 * Verifies the items of `GET /v1/proofchain`, in the order of the reply, without trusting who served them. One answer
 * per item. Pure: only the signatures say something, so that a server which leaves out the end of a chain, or a release,
 * goes unnoticed.
 *
 * @param avatar the public key whose chain it should be, in any form.
 * @throws {ProtocolError} when `avatar` is no public key.
 */
export function verifyChain(items: readonly ChainItem[], avatar: string): ItemCheck[] {
  return [...verifyItems(items, avatar)];
}

/** The same one by one: each takes some milliseconds. */
export function* verifyItems(items: readonly ChainItem[], avatar: string): Generator<ItemCheck, void> {
  const key = parsePublicKey(avatar);
  // An avatar may stand on several chains, each with a copy of its links.
  const cursors = new Map<number, Cursor>();
  for (const item of items) {
    const cursor = cursors.get(item.chain_id) ?? {
      avatar: key,
      head: null,
      sequence: 0,
      createdAt: 0,
      bound: new Map(),
    };
    cursors.set(item.chain_id, cursor);
    yield verifyItem(item, cursor);
  }
}

function verifyItem(item: ChainItem, cursor: Cursor): ItemCheck {
  const { avatar } = cursor;
  const problems: string[] = [];
  const check = (run: () => Verdict): Verdict => {
    try {
      return run();
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
      return error instanceof Finding ? error.verdict : "fail";
    }
  };
  const link = linkOf(item, avatar);
  const released = isRelease(item);
  const checks: ItemChecks = {
    text: check(() => checkText(link, item)),
    signature: released ? "none" : check(() => checkSignature(link, item, avatar)),
    order: check(() => (released ? checkRelease(item, cursor) : checkOrder(item, cursor))),
    linkId: released ? "none" : check(() => checkLinkId(link, item)),
    cosigner: needsCosigner(item) ? check(() => checkCosigner(link, item, avatar)) : "none",
  };
  if (!released) advance(cursor, item, checks.signature === "pass");
  else if (problems.length === 0) cursor.bound.delete(nameOf(item));
  return { ok: problems.length === 0, checks, problem: problems[0] ?? null };
}

function isRelease(item: ChainItem): boolean {
  return item.action === "delete" && isCosigned(item.platform) && item.signature === "" && item.sequence === null;
}

function needsCosigner(item: ChainItem): boolean {
  return isTwoSided(item.platform) && (item.action === "create" || isRelease(item));
}

function linkOf(item: ChainItem, avatar: PublicKey): Link {
  const { action, platform, identity, prev, uuid } = item;
  return { action, platform, identity, prev, uuid, avatar: avatar.compressed, createdAt: Number(item.created_at) };
}

function checkText(link: Link, item: ChainItem): Verdict {
  if (signPayload(link) !== item.signature_payload) {
    throw new Finding("fail", "the signed text does not say what the fields say");
  }
  return "pass";
}

function checkSignature(link: Link, item: ChainItem, avatar: PublicKey): Verdict {
  if (recoverPublicKey(signPayload(link), item.signature).address !== avatar.address) {
    throw new Finding("fail", "the avatar did not sign this");
  }
  return "pass";
}

function checkOrder(item: ChainItem, cursor: Cursor): Verdict {
  if (item.sequence !== cursor.sequence + 1) {
    throw new Finding("fail", `link ${cursor.sequence + 1} is missing: this is number ${item.sequence ?? "none"}`);
  }
  if (Number(item.created_at) < cursor.createdAt) {
    throw new Finding("fail", "it is dated before the link in front of it");
  }
  if (cursor.head === null) {
    if (item.prev !== null && Number(item.created_at) >= LEGACY_BEFORE) {
      throw new Finding("fail", "the first link quotes a previous one");
    }
  } else if (item.prev === null || head(item.prev) !== cursor.head) {
    throw new Finding("fail", "it does not quote the link in front of it");
  }
  return "pass";
}

/** It says itself when it was signed: one from before, shown again, would take back what was bound since. */
function checkRelease(item: ChainItem, { bound }: Cursor): Verdict {
  const since = bound.get(nameOf(item));
  if (since === undefined) throw new Finding("fail", "it takes back what is not bound in front of it");
  if (Number(item.created_at) < since) throw new Finding("fail", "it is dated before the binding that it takes back");
  return "none";
}

function nameOf({ platform, identity }: ChainItem): string {
  return JSON.stringify([platform, identity]);
}

function checkLinkId(link: Link, item: ChainItem): Verdict {
  if (linkId(link, item.signature) !== item.link_id) {
    throw new Finding("fail", "the link id is not that of this text and signature");
  }
  return "pass";
}

function checkCosigner(link: Link, item: ChainItem, avatar: PublicKey): Verdict {
  if (item.platform === "nextid") return checkAlias(link, item, avatar);
  return item.platform === "solana" ? checkSolanaWallet(link, item) : checkWallet(link, item);
}

function checkAlias(link: Link, item: ChainItem, avatar: PublicKey): Verdict {
  const signature = item.extra.target_signature;
  if (!signature) throw new Finding("fail", "the other avatar's signature is missing");
  if (item.identity === avatar.compressed) throw new Finding("fail", "an avatar is no alias of itself");
  if (recoverPublicKey(signPayload(link), signature, "target_signature").compressed !== item.identity) {
    throw new Finding("fail", "the other avatar did not sign this");
  }
  return "pass";
}

function checkWallet(link: Link, item: ChainItem): Verdict {
  const signature = item.extra.wallet_signature;
  if (!signature) throw new Finding("fail", "the wallet's signature is missing");
  if (recoversTo(signPayload(link), signature, item.identity)) return "pass";
  // A contract wallet's signature may look like anything, also like another key's.
  throw new Finding("chain", "needs the chain: the wallet's signature is not one of its own key (ERC-1271)");
}

/** The contract cannot check these: attesters did, and here anybody does. */
function checkSolanaWallet(link: Link, item: ChainItem): Verdict {
  const signature = item.extra.wallet_signature;
  if (!signature) throw new Finding("fail", "the wallet's signature is missing");
  if (!isSolanaSignature(signPayload(link), signature, item.identity)) {
    throw new Finding("fail", "the Solana wallet did not sign this");
  }
  return "pass";
}

function recoversTo(text: string, signature: string, address: string): boolean {
  try {
    return recoverPublicKey(text, signature, "wallet_signature").address.toLowerCase() === address;
  } catch {
    return false;
  }
}

/** Goes on behind the item, also behind a bad one, so that one bad link is one finding. */
function advance(cursor: Cursor, item: ChainItem, signed: boolean): void {
  const signature = wellFormed(item.signature);
  if (signature) cursor.head = head(signature.raw);
  cursor.sequence = item.sequence ?? cursor.sequence + 1;
  if (item.action === "delete") cursor.bound.delete(nameOf(item));
  else cursor.bound.set(nameOf(item), Number(item.created_at));
  if (signed) cursor.createdAt = Math.max(cursor.createdAt, Number(item.created_at));
}

function wellFormed(signature: string): Signature | null {
  try {
    return parseSignature(signature);
  } catch {
    return null;
  }
}
