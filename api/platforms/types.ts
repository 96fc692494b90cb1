import type { Link, PublicKey, Signature } from "@syngraph/sdk/protocol";

/** What a user must publish, by language; `default` is always there. `%SIG_BASE64%` is for the client to fill in. */
export type PostContent = { default: string } & Record<string, string>;

/** A link as a user is about to make it, with the identity as the user typed it beside its normal form. */
export interface Draft {
  link: Link;
  avatar: PublicKey;
  /** The identity as typed in the request: some templates show it so. */
  typedIdentity: string;
  /** The text to sign. */
  signPayload: string;
}

/** A link whose other side is to be looked at. The engine builds the signed text of it; nothing in a post is trusted. */
export interface Claim {
  link: Link;
  avatar: PublicKey;
  /** Where the user says the proof is, as given; empty where the platform needs none. */
  location: string;
  /** Of a binding that there is already, the account it was made with: a handle may have become somebody else's. */
  accountId?: string;
}

/** What was found at the other side. */
export interface Evidence {
  /** The avatar's signature as it was published: it verifies over the claim's text. */
  signature: Signature;
  /** The platform's stable account id, which outlives a renamed or reused handle. */
  accountId: string;
  /** The location in its canonical form. */
  location: string;
  /** Unix seconds. */
  checkedAt: number;
}

/**
 * How much a failed check says (after Keybase's scale): `soft` nothing, the upstream could not be asked; `medium` that
 * the proof is not there now; `final` that it is wrong.
 */
export type Severity = "soft" | "medium" | "final";

interface CheckErrorOptions extends ErrorOptions {
  retryAfter?: CheckError["retryAfter"];
  change?: CheckError["change"];
}

/** A look at the other side that did not confirm the claim. `message` says why in a sentence. */
export class CheckError extends Error {
  override readonly name = "CheckError";
  readonly severity: Severity;
  /** Seconds after which the upstream wants to be asked again, where it said so. */
  readonly retryAfter: number | null;
  /** What became of the account of a binding: it has another handle now, or its handle belongs to another account. */
  readonly change: "renamed" | "reused" | null;

  constructor(severity: Severity, message: string, options: CheckErrorOptions = {}) {
    super(message, options);
    this.severity = severity;
    this.retryAfter = options.retryAfter ?? null;
    this.change = options.change ?? null;
  }
}

/** An identity or a location that this platform cannot have. */
export class PlatformInputError extends Error {
  override readonly name = "PlatformInputError";
  readonly field: "identity" | "proof_location";

  constructor(field: "identity" | "proof_location", message: string) {
    super(message);
    this.field = field;
  }
}

/** Whether bindings can be made: as `/healthz` and the documentation tell it. */
export type PlatformStatus = "live" | "needs credential" | "service closed";

/** How an identity or a location may be typed or pasted. */
export interface InputRule {
  /** What is expected, to finish the sentence "… is not …". */
  rule: string;
  /**
   * The shapes it may have; group 1 is the value. They are tried on the text as it was given, before any folding: after
   * it, look-alikes such as the Kelvin sign U+212A are plain letters.
   */
  shapes: readonly RegExp[];
  /** Makes the normal form of a matched value; null refuses it. */
  normalForm: (value: string) => string | null;
}

/**
 * A post's text, or the members of a JSON object, with slots `{avatar}` (compressed public key), `{identity}` (normal
 * form), `{sign_payload}`, `{created_at}`, `{uuid}` and `{prev}`, which reads `null` where there is none.
 */
export type Template = string | Readonly<Record<string, string>>;

/** What was read at the other side, before anything in it is believed. */
export interface Post {
  /** What it is called in messages, for example "the gist". */
  noun: string;
  /** The author's handle as the platform prints it. */
  handle: string;
  /** The author's stable id; at most 255 printable ASCII characters. */
  accountId: string;
  /** Where the proof should stand, to follow "the" or "no" in messages. */
  title: string;
  /** Texts that may hold the proof, or where a shortened one is to be had whole. */
  texts: readonly (string | { url: string })[];
  /** Whether texts of several links may stand side by side, told apart by their uuid. */
  several: boolean;
  /** Why there is no text, where there is none. */
  absence?: string;
}

/** Goes to where a claim points. The texts come apart, so that a stranger's post costs no second request. */
export type Look = (claim: Claim, location: string) => Promise<{ post: Post; texts: () => Promise<readonly string[]> }>;

/** A post that one HTTP GET shows. */
export interface HttpLookup {
  kind: "http";
  /** The API's origin. Replaced by UPSTREAM_<PLATFORM>. */
  origin: string;
  /** Path with the slot `{location}`. */
  path: string;
  headers: Readonly<Record<string, string>>;
  /** Origins that the rest of a shortened text may be read from. Replaced by UPSTREAM_<PLATFORM> too. */
  textOrigins: readonly string[];
  /** Reads the answer's JSON. @throws {CheckError} where that is not the documented answer or not a public post. */
  extract: (answer: unknown, claim: Claim) => Post;
}

/** A proof among the TXT records of the identity. */
export interface DnsLookup {
  kind: "dns";
  /** Reads the records, each a list of character-strings (RFC 1035, section 3.3.14). */
  extract: (records: readonly (readonly string[])[], claim: Claim) => Post;
}

/** A proof as it was published: its signature, and what the text beside it says about itself. */
export interface Published {
  signature: Signature;
  avatar?: string;
  uuid?: string;
  createdAt?: string;
  prev?: string | null;
  /** The text that the post says was signed. Only ever used to explain why a signature does not verify. */
  signPayload?: string;
}

/** What an identity's own signature (of a wallet) is worth without asking a chain. */
export type CounterSignature =
  | { verified: true; signature: string }
  /** No ECDSA signature of this wallet; `signature` may still satisfy a contract wallet (ERC-1271). */
  | { verified: false; signature: string; message: string };

/** What one file of this folder says about a platform: data, and at most one pure function to read its answers. */
export interface PlatformDescription {
  /** As it stands in signed texts. */
  id: string;
  name: string;
  status: PlatformStatus;
  identity: InputRule;
  /** Absent where the proof needs no location. */
  location?: InputRule;
  /** What to publish; empty where nothing is. */
  template: Template;
  /** Absent where the identity signs itself. */
  lookup?: HttpLookup | DnsLookup;
  /**
   * Reads a published text; null when it has nothing to do with us.
   * @throws {CheckError} medium, where it is a damaged proof.
   */
  readProof?: (text: string) => Published | null;
  /** Verifies the identity's own signature of a link, where the identity is a key. */
  verifyCounterSignature?: (link: Link, signature: string) => CounterSignature;
}

/** A platform as the rest of the API uses it. */
export interface Platform extends PlatformDescription {
  /** Whether the other side is a post to look at. */
  needsPost: boolean;
  /** The identity as it is signed and stored. @throws {PlatformInputError} */
  normaliseIdentity(raw: string): string;
  /** The location as it is stored; empty where the platform needs none. @throws {PlatformInputError} */
  normaliseLocation(raw: string): string;
  postContent(draft: Draft): PostContent;
}
