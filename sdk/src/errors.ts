/**
 * What went wrong at an API, for a program to act on: `network` the server could not be reached, `timeout` it did not answer
 * in time, `aborted` the caller's own signal, `not_found` 404, `rate_limited` 429, `refused` any other 4xx, `server` 5xx,
 * `bad_reply` an answer that is not what the API promises.
 */
export type ApiErrorCode =
  "network" | "timeout" | "aborted" | "not_found" | "rate_limited" | "refused" | "server" | "bad_reply";

/**
 * Every code there is. Beside those of an API: `input` what the caller gave is none, or comes at the wrong step; `untrusted`
 * a reply, a snapshot or a post is not what was asked for; `outdated` the chain has moved on, so that the link can never be
 * taken; those of {@link KeystoreError} and {@link WalletError}; `contract` a contract reverted.
 */
export type SyngraphErrorCode =
  ApiErrorCode | "input" | "untrusted" | "outdated" | KeystoreErrorCode | WalletErrorCode | "contract";

/** The base of all errors that the SDK throws on purpose. `message` is the server's own where it gave one. */
export class SyngraphError extends Error {
  override readonly name: string = "SyngraphError";
  readonly code: SyngraphErrorCode;
  /** HTTP status; null where there was no reply. */
  readonly status: number | null;

  constructor(code: SyngraphErrorCode, status: number | null, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.status = status;
  }

  /** Whether the same call may succeed later without a change. */
  get retryable(): boolean {
    return ["network", "timeout", "rate_limited", "server"].includes(this.code);
  }
}

/** What the caller gave cannot be used; `field` says which, where it is one. */
export class InputError extends SyngraphError {
  override readonly name = "InputError";
  readonly field: string | null;

  constructor(message: string, field: string | null = null, options?: ErrorOptions) {
    super("input", null, message, options);
    this.field = field;
  }
}

/** A server's reply, or a snapshot, is not what was asked for. Nothing was signed, and nothing is to be published. */
export class TrustError extends SyngraphError {
  override readonly name = "TrustError";

  constructor(message: string, options?: ErrorOptions) {
    super("untrusted", null, message, options);
  }
}

/**
 * `keystore_invalid` it is none, or damaged; `wrong_password`; `keystore_altered` its key is not the one it names;
 * `passkey_unsupported` the browser or the authenticator has no PRF extension; `passkey_refused` the user gave up, or there
 * is no such passkey; `crypto_unavailable` there is no WebCrypto, as on pages that came by plain http.
 */
export type KeystoreErrorCode =
  | "keystore_invalid"
  | "wrong_password"
  | "keystore_altered"
  | "passkey_unsupported"
  | "passkey_refused"
  | "crypto_unavailable";

/** An avatar's key could not be kept or opened. Never carries a key or password. */
export class KeystoreError extends SyngraphError {
  override readonly name = "KeystoreError";
  declare readonly code: KeystoreErrorCode;

  constructor(code: KeystoreErrorCode, message: string, options?: ErrorOptions) {
    super(code, null, message, options);
  }
}

/**
 * `wallet_rejected` its user said no (EIP-1193, 4001); `wallet_failed` it did not do what was asked; `wallet_signature` what
 * it signed is something else, or by another key; `wallet_chain` it is on another chain; `wallet_funds` it cannot pay;
 * `wallet_undeployed` it is a contract that is still to be deployed (ERC-6492), by `DirectRegistry.deployWallet`.
 */
export type WalletErrorCode =
  "wallet_rejected" | "wallet_failed" | "wallet_signature" | "wallet_chain" | "wallet_funds" | "wallet_undeployed";

/** A wallet did not do what was asked. */
export class WalletError extends SyngraphError {
  override readonly name = "WalletError";
  declare readonly code: WalletErrorCode;

  constructor(code: WalletErrorCode, message: string, options?: ErrorOptions) {
    super(code, null, message, options);
  }
}

/** A contract reverted. */
export class ContractError extends SyngraphError {
  override readonly name = "ContractError";
  /** The contract's error, for example `ProofRegistryStaleHead`; null where it gave none that is known. */
  readonly error: string | null;

  constructor(error: string | null, message: string, options?: ErrorOptions) {
    super("contract", null, message, options);
    this.error = error;
  }
}

/** The code of a reply's status, which is none of 2xx. */
export function codeOfStatus(status: number): ApiErrorCode {
  if (status === 404) return "not_found";
  if (status === 429) return "rate_limited";
  if (status >= 500) return "server";
  return status >= 400 ? "refused" : "bad_reply";
}
