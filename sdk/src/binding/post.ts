import { TrustError } from "../errors.ts";
import { base1024Alphabet } from "../protocol/index.ts";
import type { Draft } from "./draft.ts";
import { jsonObject } from "./jsonObject.ts";

/** What is to be published, with the signature filled in, and checked against the link. */
export interface Post {
  /** By language; `default` is always there. */
  contents: Record<string, string>;
  /** The name that the file must have, where it is one. */
  file?: string;
  /** The content as the character-strings of a TXT record (RFC 1035, section 3.3), each of at most 255 bytes. */
  txt?: string[];
}

const SLOT = "%SIG_BASE64%";
/** The avatar's compressed key, which one of Next.ID's templates has the client fill in too. */
const KEY_SLOT = "%COMPRESSED_PERSONA_PUBKEY_HEX%";

/** Longest character-string of a TXT record, in bytes (RFC 1035, section 3.3). */
const MAX_TXT_STRING = 255;
/** Longer than any template, in characters: a post is read by a user before it is published. */
const MAX_POST = 4_000;

/** Whose name Next.ID's templates mention beside the user's. */
const MENTIONED = ["NextDotID"];

/**
 * What a server proposes to publish, with the avatar's signature. It is published under the user's name, so it must not say
 * anything else than the link: of GitHub and of TXT records every field is compared; texts are looked through for other
 * signatures, keys, uuids, names and addresses.
 *
 * @param signature the avatar's, standard Base64.
 * @throws {TrustError} when the proposal says anything else.
 */
export function fillPost(draft: Draft, signature: string): Post {
  const { link, posts } = draft;
  checkPost(draft);
  const filled = (post: string) => post.replaceAll(KEY_SLOT, link.avatar).replaceAll(SLOT, signature);
  const contents = Object.fromEntries(Object.entries(posts).map(([language, post]) => [language, filled(post)]));
  return {
    contents,
    ...(link.platform === "github" && { file: `${link.avatar}.json` }),
    ...(link.platform === "dns" && { txt: txtStrings(contents.default!) }),
  };
}

/** Only the check of {@link fillPost}: before anything is signed. @throws {TrustError} */
export function checkPost(draft: Draft): void {
  const { link, posts } = draft;
  if (posts.default === undefined) throw refusal("there is none");
  for (const post of Object.values(posts)) (CHECKS[link.platform] ?? checkText)(draft, post);
}

/** Platforms of which every byte is known. */
const CHECKS: Readonly<Record<string, (draft: Draft, post: string) => void>> = {
  github: checkGist,
  dns: checkRecord,
  ens: checkRecord,
};

/** The JSON document of a gist. Its comments are free, and looked through as texts are. */
function checkGist(draft: Draft, post: string): void {
  const { link, text } = draft;
  const expected: Record<string, string> = {
    persona: link.avatar,
    github_username: link.identity,
    sign_payload: text,
    signature: SLOT,
    created_at: String(link.createdAt),
    uuid: link.uuid,
  };
  const proposed = jsonObject(post, refusal);
  for (const [field, value] of Object.entries(expected)) {
    if (proposed[field] !== value) throw refusal(`its ${field} is not that of the link`);
  }
  const others = Object.entries(proposed).filter(([field]) => !Object.hasOwn(expected, field));
  for (const [field, value] of others) {
    if (!/^(?:version|comment2?)$/.test(field) || typeof value !== "string") {
      throw refusal(`it has a field ${JSON.stringify(field)}`);
    }
    if (value.includes(SLOT)) throw refusal(`its ${field} asks for the signature`);
    checkWords(draft, value);
  }
}

/** The text of a TXT record, and of ENS's text record. */
function checkRecord({ link }: Draft, post: string): void {
  const { createdAt, uuid, prev } = link;
  if (post !== `ps:true;v:1;sig:${SLOT};ca:${createdAt};uuid:${uuid};prev:${prev ?? "null"}`) {
    throw refusal("it is not the record of this link");
  }
}

/** A text for people, as on most platforms. */
function checkText(draft: Draft, post: string): void {
  const slots = post.split(SLOT).length - 1;
  if (slots !== 1) throw refusal(`it has ${slots} places for the signature`);
  checkWords(draft, post.replace(SLOT, " "));
}

/**
 * Looks for what a user would not see, or not understand, in a text that they are to publish: another signature, key, uuid or
 * account, an address to go to, and characters that hide or turn others.
 */
function checkWords({ link }: Draft, words: string): void {
  const { identity, avatar, uuid, prev } = link;
  if (words.length > MAX_POST) throw refusal(`it is longer than ${MAX_POST} characters`);
  if (UNSEEN.test(words)) throw refusal("it has characters that are not seen");
  const rest = [prev ?? "", KEY_SLOT].reduce(
    (text, known) => (known === "" ? text : text.replaceAll(known, " ")),
    words,
  );
  const codes = [avatar, identity].reduce((text, known) => text.replaceAll(known, " "), rest);
  if (LONG_CODE.test(codes) || SYMBOLS.test(rest)) throw refusal("it has another signature or key in it");
  const otherUuid = (rest.match(UUIDS) ?? []).find((found) => found.toLowerCase() !== uuid);
  if (otherUuid !== undefined) throw refusal(`its uuid is ${otherUuid}`);
  const known = new Set([identity, ...MENTIONED].map((name) => name.toLowerCase()));
  const mention = (rest.match(MENTIONS) ?? []).find((found) => !known.has(found.slice(1).toLowerCase()));
  if (mention !== undefined) throw refusal(`it names ${mention}`);
  const address = ADDRESSES.exec(rest)?.[0];
  if (address !== undefined) throw refusal(`it has an address in it: ${address}`);
}

/** Control characters other than line feed, and what has no width or turns the direction of writing. */
const UNSEEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
/** Runs of Base64, Base58 or hex that could be a signature or a key: 40 and more. */
const LONG_CODE = /(?:0x)?[A-Za-z0-9+/_-]{40,}/;
/** So many of base1024's symbols in a row as no text has. */
const SYMBOLS = new RegExp(`(?:[${base1024Alphabet().join("")}]\\s*){8}`, "u");
const UUIDS = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const MENTIONS = /@[\p{L}\p{N}_](?:[\p{L}\p{N}_.@#-]*[\p{L}\p{N}_])?/gu;
const ADDRESSES = /\b(?:[a-z][a-z0-9+.-]*:\/\/|www\.|mailto:|javascript:)\S*/i;

/** A TXT record as the character-strings of a zone file: at most 255 bytes each. */
function txtStrings(record: string): string[] {
  return record.match(new RegExp(`.{1,${MAX_TXT_STRING}}`, "gs")) ?? [];
}

function refusal(why: string): TrustError {
  return new TrustError(`nothing is to be published: what the server wants published does not fit the link: ${why}`);
}
