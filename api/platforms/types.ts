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

/** A look at the other side that did not confirm the claim. `message` says why in a sentence. */
export class CheckError extends Error {
  override readonly name = "CheckError";
  readonly severity: Severity;

  constructor(severity: Severity, message: string, options?: ErrorOptions) {
    super(message, options);
    this.severity = severity;
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
