import { ProtocolError, decodeBase1024Signature, parseSignature, parseUuid } from "@syngraph/sdk/protocol";
import type { Signature } from "@syngraph/sdk/protocol";

import { CheckError, type Published } from "./types.ts";

/** What templates leave for the client to fill in. */
const PLACEHOLDER = "%SIG_BASE64%";

/**
 * Reads a signature as posts carry it: standard Base64, or 52 symbols of base1024. Blanks, line breaks and zero-width
 * characters, which editors and platforms add, are passed over.
 *
 * @throws {CheckError} medium, where it is none; final, where it is one that no chain may hold (high s).
 */
export function readSignature(text: string): Signature {
  const bare = text.replace(/\s/g, "").replace(UNSEEN, "");
  if (bare === PLACEHOLDER) {
    throw new CheckError("medium", `still holds the placeholder ${PLACEHOLDER} instead of a signature`);
  }
  const isBase64 = /^[A-Za-z0-9+/]{87}=$/.test(bare);
  if (!isBase64 && /^[ -~]*$/.test(bare)) {
    throw new CheckError("medium", "holds no signature of 65 bytes in Base64 (88 characters) or base1024 (52 emoji)");
  }
  try {
    return parseSignature(isBase64 ? bare : decodeBase1024Signature(bare));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new CheckError(isBase64 ? "final" : "medium", `holds a signature that is not valid: ${error.message}`);
  }
}

/** Reads the JSON document that github and keybase hold. What it says was signed is kept, but never verified against. */
export function readJsonProof(text: string): Published {
  const document = parseObject(text);
  if (!document) throw new CheckError("medium", "is not a JSON object");
  const { signature, persona, uuid, created_at: createdAt, sign_payload: signPayload } = document;
  if (typeof signature !== "string") throw new CheckError("medium", "has no signature");
  if (typeof persona !== "string") throw new CheckError("medium", "names no persona");
  return {
    signature: readSignature(signature),
    avatar: persona,
    ...strings({ uuid: plainUuid(uuid), createdAt, signPayload }),
  };
}

/** What editors and platforms put into text unseen: zero-width characters, and the selectors of emoji's two styles. */
const UNSEEN = /\u200b|\u200c|\u200d|\u2060|\ufe0e|\ufe0f|\ufeff/g;

/**
 * `Sig:` and the signature behind it, also where a line break fell into it. All of Next.ID's wordings had this mark, in a
 * line of its own or not.
 */
export const SIGNATURE_MARK = /\bSig:\s*((?:[A-Za-z0-9+/]\s*){87}=|(?:[\u{1f000}-\u{1faff}]\s*){52}|[^\s;]*)/gu;

/** How a text post carries a proof: each expression's group 1 is the value, what is said of a signature follows it. */
export interface PostGrammar {
  /** Matches each signature there may be; with the flag g. */
  signature: RegExp;
  uuid?: RegExp;
  createdAt?: RegExp;
  /** Matches where there is a previous signature to quote, also where the quote is `null` or empty. */
  prev?: RegExp;
}

/**
 * `Misc: uuid|created_at|prev`, which follows the signature where posts are short; its name in Chinese is another. All of it
 * has a longest form: what a stranger repeats a thousand times must not be searched to its end each time.
 */
export const MISC_LINE = {
  uuid: /(?:Misc|其它信息):\s*([^|\s]{1,100})\|/,
  createdAt: /(?:Misc|其它信息):[^|\n]{0,100}\|(\d{1,20})\|/,
  prev: /(?:Misc|其它信息):[^|\n]{0,100}\|\d{1,20}\|([^\s;]*)/,
} satisfies Partial<PostGrammar>;

/**
 * Reads the proofs in a post's text by its grammar. What is said of a signature follows it: where there are several, each
 * one's uuid, time and previous signature are looked for before the next. What is no signature at all is passed over while
 * another one is there: a post may say `Sig:` about something else.
 *
 * @throws {CheckError} as {@link readSignature}, where none is one.
 */
export function readPostProofs(text: string, grammar: PostGrammar): Published[] {
  const seen = text.replace(UNSEEN, "");
  const found = [...seen.matchAll(grammar.signature)];
  const sections = found.map((match, index) => seen.slice(match.index, found[index + 1]?.index));
  return readEach(found, ([, signature], index) => ({
    signature: readSignature(signature!),
    ...readStatements(sections[index]!, grammar),
  }));
}

function readStatements(text: string, grammar: PostGrammar): Omit<Published, "signature"> {
  const uuid = grammar.uuid?.exec(text)?.[1];
  const createdAt = grammar.createdAt?.exec(text)?.[1];
  const prev = grammar.prev?.exec(text);
  return {
    ...strings({ uuid: plainUuid(uuid), createdAt }),
    ...(prev ? { prev: /^(?:null)?$/.test(prev[1] ?? "") ? null : prev[1]! } : {}),
  };
}

/** All that can be read; the first damage is thrown only where nothing can. */
function readEach<T>(found: readonly T[], read: (one: T, index: number) => Published): Published[] {
  const proofs: Published[] = [];
  let damage: unknown;
  for (const [index, one] of found.entries()) {
    try {
      proofs.push(read(one, index));
    } catch (error) {
      damage ??= error;
    }
  }
  if (proofs.length === 0 && damage !== undefined) throw damage;
  return proofs;
}

/** `NextID proof: signature:created_at:uuid:prev`, the form of profiles, whose texts are short and lose line breaks. */
const PROFILE_PROOF = /NextID proof:\s*([^:]{0,200}):(\d{1,20}):([0-9A-Fa-f-]{1,40}):([^\s:]*)/g;

/**
 * Reads the proofs in a profile's text, of several links where there are.
 *
 * @throws {CheckError} as {@link readSignature}, where none of them is one.
 */
export function readProfileProofs(text: string): Published[] {
  const found = [...text.replace(UNSEEN, "").matchAll(PROFILE_PROOF)];
  return readEach(found, ([, signature, createdAt, uuid, prev]) => ({
    signature: readSignature(signature!),
    createdAt: createdAt!,
    uuid: plainUuid(uuid!),
    prev: prev === "null" ? null : prev!,
  }));
}

const RECORD_KEYS = ["ps", "v", "sig", "ca", "uuid", "prev"];

/**
 * Reads a record `ps:true;v:1;sig:…;ca:…;uuid:…;prev:…`, as dns and ens hold it. Outer quotes, which some control panels
 * store, are passed over; null for a text that is none of these records.
 */
export function readRecordProof(text: string): Published | null {
  const bare = text.replace(/^"(.*)"$/s, "$1");
  if (!bare.startsWith("ps:")) return null;
  const fields = new Map<string, string>();
  for (const part of bare.split(";")) {
    const [key, value, ...rest] = part.split(":");
    if (value === undefined || rest.length > 0 || fields.has(key!)) {
      throw new CheckError("medium", `is damaged at ${JSON.stringify(part.slice(0, 40))}`);
    }
    fields.set(key!, value);
  }
  const missing = RECORD_KEYS.filter((key) => !fields.has(key));
  if (missing.length > 0) throw new CheckError("medium", `lacks ${missing.join(", ")}`);
  const [proofService, version, signature, createdAt, uuid, prev] = RECORD_KEYS.map((key) => fields.get(key)!);
  if (proofService !== "true" || version !== "1") throw new CheckError("medium", "is not of version 1 (ps:true;v:1)");
  return {
    signature: readSignature(signature!),
    createdAt: createdAt!,
    uuid: plainUuid(uuid!),
    prev: prev === "null" ? null : prev!,
  };
}

/** The object that a JSON text is; null where it is none. */
export function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

/** A UUID in the form that payloads have it; anything else as it is. */
function plainUuid<T>(value: T): T | string {
  try {
    return typeof value === "string" ? parseUuid(value) : value;
  } catch {
    return value;
  }
}

function strings(values: Record<string, unknown>): Omit<Published, "signature"> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value === "string"));
}
