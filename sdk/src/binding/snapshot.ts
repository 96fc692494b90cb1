import { TrustError } from "../errors.ts";
import { asInput } from "../input.ts";
import {
  type Link,
  ProtocolError,
  assertAppendable,
  parsePublicKey,
  parseSignature,
  recoverPublicKey,
  signPayload,
} from "../protocol/index.ts";
import type { Draft } from "./draft.ts";
import type { DoneStep, PendingStep, RefusedStep } from "./step.ts";

/** A binding as it is saved. Nothing in it is secret; it says what was signed, and what is out there. */
export interface BindingSnapshot {
  version: 1;
  link: Link;
  /** The avatar's, standard Base64. */
  signature: string;
  posts: Record<string, string>;
  location: { needed: boolean; rule: string };
  cosignature: string | null;
  contractWallet: boolean;
  /** Null as long as `published` was not told. */
  proofLocation: string | null;
  outcome: PendingStep | DoneStep | RefusedStep | null;
}

/** What a snapshot says of the link, verified: the avatar signed it. */
export interface Resumed {
  draft: Draft;
  signature: string;
  snapshot: BindingSnapshot;
}

/**
 * Reads a snapshot, which anybody may have written who can write to where it was kept. Nothing is signed again: the avatar's
 * signature in it has to be over what it says.
 *
 * @throws {TrustError}
 */
export function readSnapshot(value: unknown, publicKey: string): Resumed {
  const snapshot = readShape(value);
  const { link, signature, posts } = snapshot;
  let signer: string;
  let text: string;
  try {
    assertAppendable(link);
    text = signPayload(link);
    signer = recoverPublicKey(text, signature).compressed;
    if (parseSignature(signature).base64 !== signature) throw refusal("its signature is not in standard Base64");
    if (link.prev !== null && parseSignature(link.prev).base64 !== link.prev) throw refusal("its prev is no signature");
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw refusal(cause.message, cause);
  }
  if (signer !== link.avatar) throw refusal("the avatar did not sign what it says");
  if (link.avatar !== asInput(() => parsePublicKey(publicKey)).compressed)
    throw refusal(`it is of avatar ${link.avatar}`);
  return { draft: { link, text, posts }, signature, snapshot };
}

/** @throws {TrustError} */
function readShape(value: unknown): BindingSnapshot {
  const snapshot = object(value);
  const link = object(snapshot.link);
  const location = object(snapshot.location);
  const texts = [link.action, link.platform, link.identity, link.avatar, link.uuid, snapshot.signature, location.rule];
  const nullable = [link.prev, snapshot.cosignature, snapshot.proofLocation];
  const whole =
    snapshot.version === 1 &&
    texts.every((text) => typeof text === "string") &&
    nullable.every((text) => text === null || typeof text === "string") &&
    Number.isSafeInteger(link.createdAt) &&
    Object.values(object(snapshot.posts)).every((post) => typeof post === "string") &&
    typeof location.needed === "boolean" &&
    typeof snapshot.contractWallet === "boolean" &&
    (snapshot.outcome === null || ["pending", "done", "refused"].includes(object(snapshot.outcome).name as string));
  if (!whole) throw refusal("it is none, or of another version");
  return value as BindingSnapshot;
}

function object(value: unknown): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw refusal("it is none");
}

function refusal(why: string, cause?: unknown): TrustError {
  return new TrustError(`the saved binding cannot be resumed: ${why}`, { cause });
}
