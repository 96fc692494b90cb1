import type { RegistryReader } from "../chain/index.ts";
import type { CallOptions, PayloadReply, SyngraphClient } from "../client/index.ts";
import { InputError, TrustError } from "../errors.ts";
import { asInput } from "../input.ts";
import {
  type Action,
  type Link,
  type PublicKey,
  assertIdentity,
  isCosigned,
  isPlatformName,
  parseSignature,
  parseUuid,
  signPayload,
} from "../protocol/index.ts";
import { identityForms } from "./identity.ts";
import { jsonObject } from "./jsonObject.ts";

/** What the user asked for. */
export interface Wish {
  action: Action;
  platform: string;
  /** As typed. */
  identity: string;
  avatar: PublicKey;
}

/** A link that may be signed: its text says what the user asked for. */
export interface Draft {
  link: Link;
  /** The text to sign, built here. */
  text: string;
  /** What the server proposes to publish, by language, with `%SIG_BASE64%` to fill in. Not checked yet. */
  posts: Record<string, string>;
}

/** How far the server's clock may be off from ours, in seconds: the contract takes no link from later than that. */
const CLOCK_SKEW = 15 * 60;

/** Asks the server what to sign, and checks that it is what was asked for. */
export async function requestDraft(client: SyngraphClient, wish: Wish, options: CallOptions = {}): Promise<Draft> {
  const { action, platform, identity, avatar } = wish;
  if (!isPlatformName(platform)) throw new InputError(`${JSON.stringify(platform)} is no platform's name`, "platform");
  const [form] = identityForms(platform, identity);
  if (form === undefined) throw new InputError(`${JSON.stringify(identity)} is no identity of ${platform}`, "identity");
  // Posts quote what was typed: a profile's address would stand in them whole.
  const asked = { action, platform, identity: identity.includes("/") ? form : identity.trim() };
  const reply = await client.payload({ ...asked, publicKey: avatar.compressed }, options);
  return checkReply(wish, reply, Date.now() / 1000);
}

/**
 * The same without a server: the chain says what to quote, and the identity must be in its normal form.
 *
 * @throws {InputError} where a post is to be published, which only an API has templates for and attesters to look at;
 * {@link TrustError} where the chain's last link is dated ahead, so that what is signed now would be good only then.
 */
export async function draftFromChain(
  reader: Pick<RegistryReader, "chain">,
  wish: Wish,
  options: CallOptions = {},
): Promise<Draft> {
  const { action, platform, avatar } = wish;
  const [identity] = identityForms(platform, wish.identity);
  if (identity === undefined || !isPlatformName(platform)) {
    throw new InputError(`${JSON.stringify(wish.identity)} is no identity of ${platform}`, "identity");
  }
  if (action === "create" && !isCosigned(platform)) {
    throw new InputError(`to bind an account of ${platform} takes an API, whose attesters look at it`, "platform");
  }
  const { links } = await reader.chain(avatar.compressed, options);
  const last = links.findLast(({ sequence }) => sequence !== null);
  const [now, before] = [Math.floor(Date.now() / 1000), last?.link?.createdAt ?? 0];
  if (before - now > CLOCK_SKEW) {
    throw new TrustError(
      `nothing was signed: the chain's last link is dated ${before}, far ahead of this machine's clock`,
    );
  }
  const link: Link = {
    ...{ action, platform, identity, avatar: avatar.compressed, prev: last?.signature ?? null },
    // The contract takes no link that is dated before the last one.
    createdAt: Math.max(now, before),
    uuid: crypto.randomUUID(),
  };
  asInput(() => assertIdentity(identity));
  return { link, text: signPayload(link), posts: {} };
}

/**
 * Rebuilds the text to sign from the wish and takes from the server only what it alone knows: uuid, time, and the chain's
 * last signature. A server that lies could otherwise have the avatar sign anything, like the loss of another identity.
 *
 * @param now Unix seconds.
 * @throws {TrustError} when the server's text says anything else.
 */
export function checkReply(wish: Wish, reply: PayloadReply, now: number): Draft {
  const claimed = jsonObject(reply.sign_payload, refusal);
  const identity = identityForms(wish.platform, wish.identity).find((form) => form === claimed.identity);
  if (identity === undefined) {
    throw refusal(`its identity is ${JSON.stringify(claimed.identity)} and not ${JSON.stringify(wish.identity)}`);
  }
  asInput(() => assertIdentity(identity));
  const link: Link = {
    action: wish.action,
    platform: wish.platform,
    identity,
    avatar: wish.avatar.compressed,
    prev: readPrev(claimed.prev),
    createdAt: Number(reply.created_at),
    uuid: readUuid(reply.uuid),
  };
  if (Math.abs(link.createdAt - now) > CLOCK_SKEW) {
    throw refusal(`its time is ${reply.created_at}, more than ${CLOCK_SKEW / 60} minutes off from this machine's`);
  }
  const text = signPayload(link);
  if (text !== reply.sign_payload) throw refusal(difference(jsonObject(text, refusal), claimed));
  return { link, text, posts: reply.post_content };
}

function readPrev(prev: unknown): string | null {
  if (prev === null) return null;
  try {
    if (typeof prev === "string" && parseSignature(prev).base64 === prev) return prev;
  } catch {
    // Said below.
  }
  throw refusal("its prev is neither null nor a signature");
}

function readUuid(uuid: string): string {
  try {
    if (parseUuid(uuid) === uuid) return uuid;
  } catch {
    // Said below.
  }
  throw refusal("its uuid is none");
}

function difference(ours: Record<string, unknown>, theirs: Record<string, unknown>): string {
  const field = [...Object.keys(ours), ...Object.keys(theirs)].find((key) => ours[key] !== theirs[key]);
  if (field === undefined) return "it is written in another way";
  const [their, our] = [theirs[field], ours[field]].map((value) => JSON.stringify(value) ?? "missing");
  return `its ${field} is ${their} and not ${our}`;
}

function refusal(why: string): TrustError {
  return new TrustError(`nothing was signed: the server's text is not what you asked for: ${why}`);
}
