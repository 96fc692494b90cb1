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
/** What of them platforms make a link of. */
const LINKED = ["Next.ID"];

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
  const check = Object.hasOwn(CHECKS, link.platform) ? CHECKS[link.platform]! : checkText;
  for (const post of Object.values(posts)) check(draft, post);
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
  // Of a field that is there twice only the last one was compared.
  const strings = post.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  if (strings.length !== 2 * Object.keys(proposed).length)
    throw refusal("it has a field twice, or more than texts in it");
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

/** A text for people, as on most platforms, which make links of what looks like one. */
function checkText(draft: Draft, post: string): void {
  const slots = post.split(SLOT).length - 1;
  if (slots !== 1) throw refusal(`it has ${slots} places for the signature`);
  const words = post.replace(SLOT, " ");
  checkWords(draft, words);
  const known = new Set([draft.link.identity, ...LINKED].map((name) => name.toLowerCase()));
  // Behind an @ stands an account, which was looked for.
  const names = (words.match(NAMES) ?? []).filter((name) => !/^[@\uff20]/.test(name));
  const bare = names.map((name) => name.replace(/^[._-]+|[._-]+$/g, ""));
  const host = bare.find((name) => HOST.test(name) && !known.has(name.toLowerCase()));
  if (host !== undefined) throw refusal(`it has an address in it: ${host}`);
}

/**
 * Looks for what a user would not see, or not understand, in a text that they are to publish: another signature, key, uuid or
 * account, an address to go to, and characters that hide or turn others. Whoever reads posts passes over blanks, and platforms
 * over marks of bold and the like, so that a signature may come in pieces: what every one has, is looked for.
 */
function checkWords({ link }: Draft, styled: string): void {
  const { identity, avatar, uuid, createdAt, prev } = link;
  const words = styled.replace(SELECTORS, "");
  if (words.length > MAX_POST) throw refusal(`it is longer than ${MAX_POST} characters`);
  if (UNSEEN.test(words)) throw refusal("it has characters that are not seen");
  // Which signature is the one before it, the server says: it may be another avatar's, and stands only where templates quote it.
  const quotes = prev === null ? [] : [`${createdAt}|${prev}`, `${uuid}:${prev}`, `Previous: ${prev}`];
  const rest = [...quotes, KEY_SLOT, avatar].reduce((text, own) => text.replaceAll(own, " "), words);
  // Taken out of a code, a short name would leave pieces of it.
  const looksLikeCode = identity.length >= SHORTEST_CODE || PADDING.test(identity);
  const codes = looksLikeCode ? rest.replaceAll(identity, " ") : rest;
  const symbols = codes.match(SYMBOLS)?.length ?? 0;
  if (LONG_CODE.test(codes) || PADDING.test(codes) || symbols > MAX_SYMBOLS) {
    throw refusal("it has another signature or key in it");
  }
  const otherUuid = (rest.match(UUIDS) ?? []).find((found) => found.toLowerCase() !== uuid);
  if (otherUuid !== undefined) throw refusal(`its uuid is ${otherUuid}`);
  const known = new Set([identity, ...MENTIONED].map((name) => name.toLowerCase()));
  const mention = (rest.match(MENTIONS) ?? []).find((found) => !known.has(found.slice(1).toLowerCase()));
  if (mention !== undefined) throw refusal(`it names ${mention}`);
  const address = ADDRESSES.exec(rest)?.[0];
  if (address !== undefined) throw refusal(`it has an address in it: ${address}`);
}

/** What chooses between an emoji's two styles. */
const SELECTORS = /\ufe0e|\ufe0f/g;
/** Control characters other than line feed, halves of characters, and what has no width or turns the direction of writing. */
const UNSEEN = /(?!\n)[\p{Cc}\p{Cs}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
/** Runs of Base64, Base58 or hex that could be a signature or a key. */
const SHORTEST_CODE = 40;
const LONG_CODE = new RegExp(`(?:0x)?[A-Za-z0-9+/_-]{${SHORTEST_CODE},}`);
/** What a signature of 65 bytes ends with in Base64, as it is or as HTML and Markdown have it. */
const PADDING = /=|&(?:#\w+|equals);/i;
/** A symbol of base1024, of which a signature has 52, and a text few. */
const SYMBOLS = new RegExp(`[${base1024Alphabet().join("")}]`, "gu");
const MAX_SYMBOLS = 16;
const UUIDS = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const MENTIONS = /[@\uff20][\p{L}\p{N}_](?:[\p{L}\p{N}_.@#-]*[\p{L}\p{N}_])?/gu;
const ADDRESSES = /\b(?:[a-z][a-z0-9+.-]*:\/\/|www\.|mailto:|javascript:)\S*/i;
const NAMES = /[@\uff20]?[\p{L}\p{N}._-]+/gu;
/** A host's name without anything in front of it. */
const HOST = /[\p{L}\p{N}-]\.\p{L}{2,}(?![\p{L}\p{N}_])/u;

/** A TXT record as the character-strings of a zone file: at most 255 bytes each. */
function txtStrings(record: string): string[] {
  return record.match(new RegExp(`.{1,${MAX_TXT_STRING}}`, "gs")) ?? [];
}

function refusal(why: string): TrustError {
  return new TrustError(`nothing is to be published: what the server wants published does not fit the link: ${why}`);
}
