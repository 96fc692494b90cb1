import { decodeBase64, encodeBase64 } from "ethers";

import { InputError, KeystoreError } from "../errors.ts";

/**
 * WebAuthn's interfaces (https://www.w3.org/TR/webauthn-3/), as far as they are used here: written down so that the SDK's types
 * do not need a browser's.
 */
export interface Credentials {
  create(options: { publicKey: CreationOptions }): Promise<unknown>;
  get(options: { publicKey: RequestOptions }): Promise<unknown>;
}

interface CreationOptions {
  challenge: Uint8Array;
  rp: { id: string; name: string };
  user: { id: Uint8Array; name: string; displayName: string };
  pubKeyCredParams: { type: "public-key"; alg: number }[];
  authenticatorSelection: { residentKey: string; userVerification: string };
  timeout: number;
  extensions?: { prf: { eval: { first: Uint8Array } } };
}

interface RequestOptions {
  challenge: Uint8Array;
  rpId: string;
  allowCredentials: { type: "public-key"; id: Uint8Array }[];
  userVerification: string;
  timeout: number;
  extensions?: { prf: { eval: { first: Uint8Array } } };
}

/** A passkey's answer. */
export interface PublicKeyCredential<R = unknown> {
  rawId: ArrayBuffer;
  response: R;
  getClientExtensionResults(): { prf?: { enabled?: boolean; results?: { first?: ArrayBuffer | ArrayBufferView } } };
}

/** Names for a passkey that is made. */
export interface PasskeyOptions {
  /** The page's domain, or one above it. */
  rpId: string;
  rpName: string;
  /** Under which the browser lists it. */
  userName: string;
}

type Extensions = NonNullable<CreationOptions["extensions"]>;

/**
 * Names of signatures in COSE's registry (RFC 9053): ES256, the one that contracts verify, and RS256, which browsers want to see
 * offered too. An authenticator takes the first that it can.
 */
const ALGORITHMS = [-7, -257];
/** Some time to find one's key, in milliseconds. */
const TIMEOUT = 120_000;

/**
 * Makes a passkey, which its user has to agree to.
 *
 * @throws {KeystoreError}
 */
export function createPasskey<R>(
  { rpId, rpName, userName }: PasskeyOptions,
  extensions?: Extensions,
): Promise<PublicKeyCredential<R>> {
  return credential(() =>
    container().create({
      publicKey: {
        challenge: randomBytes(32),
        rp: { id: rpId, name: rpName },
        user: { id: randomBytes(32), name: userName, displayName: userName },
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
        authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
        timeout: TIMEOUT,
        ...(extensions && { extensions }),
      },
    }),
  );
}

/** Has a passkey answer, which its user has to agree to. @throws {KeystoreError} */
export function askPasskey<R>(
  { rpId, credentialId }: { rpId: string; credentialId: string },
  challenge: Uint8Array,
  extensions?: Extensions,
): Promise<PublicKeyCredential<R>> {
  return credential(() =>
    container().get({
      publicKey: {
        challenge,
        rpId,
        allowCredentials: [{ type: "public-key", id: fromBase64url(credentialId) }],
        userVerification: "required",
        timeout: TIMEOUT,
        ...(extensions && { extensions }),
      },
    }),
  );
}

function container(): Credentials {
  const credentials = (globalThis as { navigator?: { credentials?: Credentials } }).navigator?.credentials;
  if (!credentials)
    throw new KeystoreError("passkey_unsupported", "there are no passkeys here: they need a browser and https");
  return credentials;
}

async function credential<R>(ask: () => Promise<unknown>): Promise<PublicKeyCredential<R>> {
  let answer: unknown;
  try {
    answer = await ask();
  } catch (cause) {
    if (cause instanceof KeystoreError) throw cause;
    const { name, message } = cause as Error;
    if (name === "SecurityError") throw new InputError(`the browser refuses the rpId: ${message}`, "rpId", { cause });
    if (name === "NotSupportedError") throw unsupported(cause);
    // Browsers do not tell giving up, no such passkey and a time that ran out apart (WebAuthn, section 5.1.4).
    throw new KeystoreError("passkey_refused", "no passkey answered: it was given up, or is not on this device", {
      cause,
    });
  }
  if (!answer) throw new KeystoreError("passkey_refused", "no passkey answered");
  return answer as PublicKeyCredential<R>;
}

/** The authenticator cannot do what is needed. */
export function unsupported(cause?: unknown): KeystoreError {
  const message = "this browser or authenticator cannot derive keys (WebAuthn's PRF extension): use a password instead";
  return new KeystoreError("passkey_unsupported", message, { cause });
}

export function randomBytes(size: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(size));
}

export function base64url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) throw new TypeError("no Base64url");
  const standard = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(decodeBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, "=")));
}
