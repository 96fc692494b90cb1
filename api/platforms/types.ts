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
  /** The account id that was seen before: the same handle under another one is another account. */
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
  record: EvidenceRecord;
}

/** What a look rests on, for whoever asks later why it was believed. */
export interface EvidenceRecord {
  /** What was read, in order: where (no credentials), how it answered, and the SHA-256 of its bytes in hex. */
  answers: { source: string; status: string; sha256: string }[];
  /** The author's handle as the platform printed it. */
  handle: string;
  /** What else the platform said, for example whether DNSSEC was valid, or when the post was edited. */
  facts: Facts;
  /** SHA-256 in hex of the platform's file that read it. */
  description: string;
}

/** What a platform says beside the proof. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/**
 * How much a failed check says, after Keybase's scale of proof statuses (its 100s, 200s and 300s):
 *
 * - `soft`: nothing. The upstream could not be asked, refused us, or answered otherwise than documented.
 * - `medium`: the proof is not there now. Nothing public, deleted, damaged, too large, ambiguous; its author can mend it.
 * - `final`: it is wrong. Another author, another account, another key or another text.
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
   * it, look-alikes such as the Kelvin sign U+212A are plain letters. Without flags: clients are told their sources.
   */
  shapes: readonly RegExp[];
  /** Makes the normal form of a matched value; null refuses it. */
  normalForm: (value: string) => string | null;
  /** Takes a normal form apart into the slots that its named groups name. */
  parts?: RegExp;
}

/**
 * A post's text, or the members of a JSON object, with slots `{avatar}` (compressed public key), `{identity}` (normal
 * form), `{typed_identity}` (as the user wrote it, without a leading @), `{sign_payload}`, `{created_at}`, `{uuid}` and the
 * previous signature: `{prev}` reads `null` where there is none, `{prev_or_blank}` nothing, and `{prev_line}` is a whole line
 * `Previous: …` or nothing.
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
  /** What else the platform says of it. */
  facts?: Facts;
  /** Texts that may hold the proof, without what somebody else wrote (quotes), or where a shortened one is to be had whole. */
  texts: readonly (string | { url: string })[];
  /** Whether texts of several links may stand side by side, told apart by their uuid. */
  several: boolean;
  /** Why there is no text, where there is none. */
  absence?: string;
}

/** What a look found; the texts come apart, so that a stranger's post costs no second request. */
export interface Sight {
  post: Post;
  texts: () => Promise<readonly string[]>;
  /** Filled in while texts are read. */
  answers: EvidenceRecord["answers"];
}

/** Goes to where a claim points; `location` is in its normal form. */
export type Look = (claim: Claim, location: string) => Promise<Sight>;

/** One request of a platform's documented API. */
export interface HttpStep {
  /** The API's origin, fixed; replaced by UPSTREAM_<PLATFORM>. */
  origin: string;
  /**
   * Path and query with slots `{location}`, `{identity}`, `{avatar}` and the named groups of the location's `parts`, which are
   * percent-encoded.
   */
  path: string;
  /** With `body`: POST, the JSON of it, with the same slots in its values. */
  body?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  /** How the answer is read: parsed, or as it is (HTML, XML). `json` unless told. */
  as?: "json" | "text";
  /** How many redirects to follow within the site; none unless told. */
  redirects?: number;
  /** Statuses other than 200 whose answer {@link HttpWay.extract} reads as well. */
  passes?: readonly number[];
  /** Whether it answers 200 also where there is no such post: any other status is then about the upstream itself. */
  always?: true;
  /** What a status means on this platform, where that is not what HTTP says. */
  outcomes?: Readonly<Record<number, { severity: Severity; message: string }>>;
}

/** One way to read a post: one request, or two that are witnesses of each other. */
export interface HttpWay {
  steps: readonly HttpStep[];
  /** How <PLATFORM>_TOKEN is sent; without `optional`, the way is open only where there is one. */
  credential?: { scheme: "Bearer" | "Bot" | "Token"; optional?: boolean };
  /**
   * Reads the answers, one for each step: JSON, or text.
   * @throws {CheckError} where they are not as documented, or no public post.
   */
  extract: (answers: readonly unknown[], claim: Claim, location: string) => Post;
}

/** A post that HTTP requests to fixed hosts show. */
export interface HttpLookup {
  kind: "http";
  /** The first that is open; the next where it fails softly. */
  ways: readonly HttpWay[];
  /** More slots, which follow from the location. */
  slots?: (location: string) => Readonly<Record<string, string>>;
  /** Origins that the rest of a shortened text may be read from. Replaced by UPSTREAM_<PLATFORM> too. */
  textOrigins?: readonly string[];
}

/** A proof among the TXT records of the identity. */
export interface DnsLookup {
  kind: "dns";
  /** Reads the records, each a list of character-strings (RFC 1035, section 3.3.14). */
  extract: (records: readonly (readonly string[])[], claim: Claim) => Post;
}

/** A public note of the account that WebFinger knows by the identity, user@host. */
export interface ActivityPubLookup {
  kind: "activitypub";
  /** Reads a note that its author's own server sent. `handle` is user@host, `id` the actor's. */
  extract: (note: Readonly<Record<string, unknown>>, author: { handle: string; id: string }) => Post;
}

/** A proof in a text record of the identity. */
export interface EnsLookup {
  kind: "ens";
  /** The record's key. */
  record: string;
  /** Makes a post of whose the name is; the record itself is read after that. */
  extract: (name: Pick<Post, "accountId"> & { facts: Facts }, claim: Claim) => Post;
}

/** Where to look: a kind of lookup is a protocol, and has one file that speaks it. */
export type Lookup = HttpLookup | DnsLookup | EnsLookup | ActivityPubLookup;

/** Names of an account that only its platform can turn into the identity, for example Steam's custom URLs. */
export interface Resolution {
  /** As a user may type it; group 1 is the slot `{name}` of the step. */
  shapes: readonly RegExp[];
  step: HttpStep;
  /** The identity in its normal form. @throws {CheckError} where there is no such account. */
  extract: (answer: unknown) => string;
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
  | {
      verified: true;
      /** As it goes on chain: into `proof` as `0x` hex, or where attesters stand for it, into the location as text. */
      signature: string;
    }
  /** No ECDSA signature of this wallet; `signature` may still satisfy a contract wallet (ERC-1271). */
  | { verified: false; signature: string; message: string };

/** What one file of this folder says about a platform: data, and at most one pure function to read its answers. */
export interface PlatformDescription {
  /** As it stands in signed texts. */
  id: string;
  name: string;
  /** Why nothing can be bound any more, where the service ended. */
  closed?: string;
  identity: InputRule;
  /**
   * The account as a URI: its profile's address, with slots `{identity}` and `{account}` (its stable id), or of a scheme for
   * its kind. Absent where there is none.
   */
  uri?: string | ((identity: string) => string);
  /**
   * Where a browser lets the user publish, with slots `{post}`, `{identity}` and `{host}` (what follows the `@` of user@host),
   * to be percent-encoded. Without `{post}` it opens only the place. Absent where no address does.
   */
  compose?: string;
  resolution?: Resolution;
  /**
   * Absent where the proof needs no location. `uri` is where people see the post, with slots `{location}` and `{identity}`;
   * absent where a location, on a host of the platform's, says it itself.
   */
  location?: InputRule & { uri?: string | ((identity: string, location: string) => string | null) };
  /** What to publish; empty where nothing is. */
  template: Template;
  /** The same in other languages, by the codes of Next.ID, for example `zh_CN`. */
  translations?: Readonly<Record<string, Template>>;
  /** Absent where the identity signs itself. */
  lookup?: Lookup;
  /** How often its upstream may be asked, where it says so: so many requests in so many seconds. */
  rate?: { requests: number; seconds: number };
  /**
   * Reads the proofs in a published text; none, or null, when it has nothing to do with us.
   * @throws {CheckError} medium, where it is a damaged proof.
   */
  readProof?: (text: string) => Published | readonly Published[] | null;
  /**
   * Verifies the identity's own signature of a link, where the identity is a key.
   * @throws {CheckError} final, where it is none of this identity over this link, and no chain can say otherwise.
   */
  verifyCounterSignature?: (link: Link, signature: string) => CounterSignature;
  /** Where a request has it: in `extra.wallet_signature` unless told. */
  counterField?: "target_signature";
}

/** A platform as the rest of the API uses it. */
export interface Platform extends PlatformDescription {
  /** Whether the other side is a post to look at. */
  needsPost: boolean;
  /** The identity as it is signed and stored. @throws {PlatformInputError} */
  normaliseIdentity(raw: string): string;
  /** The account as a URI; null where it has none. `accountId` may be empty. */
  uriOf(identity: string, accountId: string): string | null;
  /** Where people see the post, an https address; null where there is none to see, or `location` is none in its normal form. */
  postUriOf(identity: string, location: string): string | null;
  /** The location as it is stored; empty where the platform needs none. @throws {PlatformInputError} */
  normaliseLocation(raw: string): string;
  postContent(draft: Draft): PostContent;
}
