import { hashMessage, toUtf8Bytes } from "ethers";

import { ProtocolError, type ProtocolField } from "./errors.ts";
import { parsePublicKey } from "./publicKey.ts";

/** What a link does. The order is that of the contract's `Action`. */
export const ACTIONS = ["create", "delete"] as const;
export type Action = (typeof ACTIONS)[number];

/**
 * Platforms whose identity is itself a key and signs the same text; their payload names the avatar as `persona`.
 * The contract's `SignPayload.isTwoSided` lists the same.
 */
export const TWO_SIDED_PLATFORMS: readonly string[] = ["ethereum", "solana", "nextid"];

/**
 * Two-sided platforms whose identity's signature the contract checks itself, so that nobody attests them: `PlatformTag.COSIGNED`.
 */
export const COSIGNED_PLATFORMS: readonly string[] = ["ethereum", "nextid"];

/** Longest platform name and identity, in UTF-8 bytes, that the contract takes. */
export const MAX_PLATFORM_BYTES = 32;
export const MAX_IDENTITY_BYTES = 255;
/** Longest proof location, in ASCII characters, that the contract takes. */
export const MAX_PROOF_LOCATION_BYTES = 1024;

/** What the avatar says in one link. */
export interface Link {
  action: Action;
  /** Lower case, for example `github`. */
  platform: string;
  /** As the platform normalises it: the text is signed as it stands here. */
  identity: string;
  /** The avatar's public key in any form {@link parsePublicKey} reads. Signed only on two-sided platforms. */
  avatar: string;
  /** The signature of the avatar's previous link, standard Base64, as it was published; null for a first link. */
  prev: string | null;
  /** Unix seconds. */
  createdAt: number;
  /** Lower case with hyphens (RFC 9562, section 4). */
  uuid: string;
}

/**
 * The text an avatar signs for a link: compact JSON with sorted keys, equal byte for byte to what Next.ID's
 * ProofService makes (Go's encoding/json escapes `<`, `>`, `&`, U+2028 and U+2029, which JSON.stringify does not).
 *
 * Builds the text for anything a Next.ID server would take, also for identities that the contract refuses:
 * {@link assertAppendable} tells those apart.
 */
export function signPayload(link: Link): string {
  const payload: Record<string, string | null> = {
    action: link.action,
    created_at: String(link.createdAt),
    identity: link.identity,
  };
  if (isTwoSided(link.platform)) {
    payload.persona = parsePublicKey(link.avatar).compressed;
  }
  payload.platform = link.platform;
  payload.prev = link.prev;
  payload.uuid = link.uuid;
  return goJson(payload);
}

/** The EIP-191 digest (version 0x45, personal_sign) of a link's {@link signPayload}. */
export function payloadHash(link: Link): string {
  return hashMessage(signPayload(link));
}

/** Whether the identities of a platform are keys that sign too (see {@link TWO_SIDED_PLATFORMS}). */
export function isTwoSided(platform: string): boolean {
  return TWO_SIDED_PLATFORMS.includes(platform);
}

/** Whether the contract itself checks the other side's signature on a platform (see {@link COSIGNED_PLATFORMS}). */
export function isCosigned(platform: string): boolean {
  return COSIGNED_PLATFORMS.includes(platform);
}

/** Whether a link may have this for its platform. */
export function isPlatformName(text: string): boolean {
  return /^[a-z0-9_-]+$/.test(text) && text.length <= MAX_PLATFORM_BYTES;
}

/**
 * Checks that the contract can rebuild this link's text. It takes no character that JSON escapes, because escaping lets
 * two identities share one text, and only well-formed UTF-8 of bounded length, because indexers store it.
 *
 * @throws {ProtocolError} naming the field.
 */
export function assertAppendable(link: Link, proofLocation = ""): void {
  if (!ACTIONS.includes(link.action)) {
    throw new ProtocolError("action", "must be create or delete");
  }
  if (!isPlatformName(link.platform)) {
    throw new ProtocolError("platform", `must be 1 to ${MAX_PLATFORM_BYTES} of a-z, 0-9, _ and -`);
  }
  assertIdentity(link.identity);
  if (!Number.isSafeInteger(link.createdAt) || link.createdAt < 1e9 || link.createdAt >= 1e10) {
    throw new ProtocolError("created_at", "must be Unix seconds, ten digits");
  }
  if (!isUuid(link.uuid)) {
    throw new ProtocolError("uuid", "must be 36 lower-case characters with hyphens");
  }
  if (!/^[!-~]*$/.test(proofLocation) || proofLocation.length > MAX_PROOF_LOCATION_BYTES) {
    throw new ProtocolError(
      "proof_location",
      `must be at most ${MAX_PROOF_LOCATION_BYTES} printable ASCII characters without blanks`,
    );
  }
}

/**
 * Checks that the contracts take a text as an identity, or as whatever else has the same rules.
 *
 * @param field the wire field that an error names.
 * @throws {ProtocolError}
 */
export function assertIdentity(identity: string, field: ProtocolField = "identity"): void {
  if (identity === "" || !identity.isWellFormed() || toUtf8Bytes(identity).length > MAX_IDENTITY_BYTES) {
    throw new ProtocolError(field, `must be 1 to ${MAX_IDENTITY_BYTES} bytes of UTF-8`);
  }
  const refused = /[\u0000-\u001f\u007f"\\<>&\u2028\u2029]/u.exec(identity);
  if (refused) {
    const code = refused[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
    throw new ProtocolError(field, `must not contain U+${code}`);
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function isUuid(text: string): boolean {
  return UUID.test(text);
}

/**
 * Reads a UUID as leniently as Next.ID does (36 characters, in braces, as `urn:uuid:`, or 32 hex digits, any case) and
 * prints it as the payload has it.
 *
 * @throws {ProtocolError} `uuid`.
 */
export function parseUuid(text: string): string {
  const lower = text.toLowerCase();
  const braced = /^\{(.*)\}$/.exec(lower)?.[1] ?? lower;
  const bare = braced.replace(/^urn:uuid:/, "");
  const plain = /^[0-9a-f]{32}$/.test(bare) ? hyphenated(bare) : bare;
  if (!isUuid(plain)) {
    throw new ProtocolError("uuid", `${text} not recognized`);
  }
  return plain;
}

/** A UUID as the `bytes16` that the contract takes, `0x` hex. */
export function uuidBytes(uuid: string): string {
  return `0x${parseUuid(uuid).replaceAll("-", "")}`;
}

/** The contract's `bytes16` as a UUID. */
export function uuidFromBytes(bytes: string): string {
  if (!/^0x[0-9a-f]{32}$/i.test(bytes)) {
    throw new ProtocolError("uuid", "must be 16 bytes");
  }
  return hyphenated(bytes.slice(2).toLowerCase());
}

/** A UUID of its 32 hex digits. */
function hyphenated(digits: string): string {
  const [a, b, c, d] = [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20)];
  return `${a}-${b}-${c}-${d}-${digits.slice(20)}`;
}

function goJson(value: Record<string, string | null>): string {
  const entries = Object.entries(value).map(([key, text]) => `"${key}":${text === null ? "null" : goString(text)}`);
  return `{${entries.join(",")}}`;
}

/** A JSON string as Go 1.21's encoding/json prints it, quotes included. */
export function goString(text: string): string {
  let out = '"';
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (char === '"' || char === "\\") out += `\\${char}`;
    else if (char === "\n") out += "\\n";
    else if (char === "\r") out += "\\r";
    else if (char === "\t") out += "\\t";
    else if (code < 0x20 || "<>&\u2028\u2029".includes(char)) out += `\\u${code.toString(16).padStart(4, "0")}`;
    else if (code >= 0xd800 && code <= 0xdfff) out += "\\ufffd";
    else out += char;
  }
  return `${out}"`;
}
