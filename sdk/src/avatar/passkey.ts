import { decodeBase64, encodeBase64, getBytes, hexlify, isHexString, toUtf8Bytes } from "ethers";

import { InputError, KeystoreError } from "../errors.ts";
import { parsePublicKey, publicKeyOf } from "../protocol/index.ts";
import { hkdf, webCrypto } from "./derive.ts";
import type { Credentials, PublicKeyCredential } from "./webAuthn.ts";

/** An avatar's key, encrypted by what a passkey alone can compute. JSON; nothing in it is secret. */
export interface PasskeyKeystore {
  type: "syngraph-passkey";
  version: 1;
  /** The avatar's, compressed. */
  publicKey: string;
  /** The domain whose pages may ask for the passkey. */
  rpId: string;
  /** All bytes are in Base64url. */
  credentialId: string;
  /** What the authenticator computes its secret of. */
  prfSalt: string;
  iv: string;
  ciphertext: string;
}

/** Names for the passkey that is made. */
export interface PasskeyOptions {
  /** The page's domain, or one above it. */
  rpId: string;
  rpName: string;
  /** Under which the browser lists it. */
  userName: string;
}

const INFO = "Syngraph avatar, keystore of a passkey, version 1";
/** Some time to find one's key, in milliseconds. */
const TIMEOUT = 120_000;
/** COSE's names (RFC 9053) of the signatures that authenticators make; none is ever used here. */
const ALGORITHMS = [-7, -257];

/**
 * Makes a passkey and encrypts a private key with it: the authenticator's secret for a random salt (WebAuthn level 3, PRF
 * extension) by HKDF-SHA256 and AES-256-GCM. All that the keystore says is authenticated along.
 *
 * @throws {KeystoreError}
 */
export async function lockWithPasskey(privateKey: string, options: PasskeyOptions): Promise<PasskeyKeystore> {
  const { rpId, rpName, userName } = options;
  const prfSalt = randomBytes(32);
  const created = await credential(() =>
    container().create({
      publicKey: {
        challenge: randomBytes(32),
        rp: { id: rpId, name: rpName },
        user: { id: randomBytes(32), name: userName, displayName: userName },
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
        authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
        timeout: TIMEOUT,
        extensions: { prf: { eval: { first: prfSalt } } },
      },
    }),
  );
  const { enabled, results } = created.getClientExtensionResults().prf ?? {};
  if (!enabled && !results) throw unsupported();
  const credentialId = base64url(new Uint8Array(created.rawId));
  // Few authenticators compute it already when they make the passkey.
  const secret = results?.first
    ? bytesOf(results.first)
    : await secretOf({ rpId, credentialId, prfSalt: base64url(prfSalt) });
  const head: Omit<PasskeyKeystore, "iv" | "ciphertext"> = {
    type: "syngraph-passkey",
    version: 1,
    publicKey: publicKeyOf(privateKey).compressed,
    rpId,
    credentialId,
    prfSalt: base64url(prfSalt),
  };
  const iv = randomBytes(12);
  const ciphertext = await webCrypto().encrypt(
    { name: "AES-GCM", iv, additionalData: associated(head) },
    await aesKey(secret),
    Uint8Array.from(getBytes(privateKey)),
  );
  return { ...head, iv: base64url(iv), ciphertext: base64url(new Uint8Array(ciphertext)) };
}

/** The private key in a {@link PasskeyKeystore}; its user has to agree. @throws {KeystoreError} */
export async function unlockWithPasskey(locked: PasskeyKeystore): Promise<string> {
  const keystore = readPasskeyKeystore(locked);
  const secret = await secretOf(keystore);
  let privateKey: string;
  try {
    const plain = await webCrypto().decrypt(
      { name: "AES-GCM", iv: fromBase64url(keystore.iv), additionalData: associated(keystore) },
      await aesKey(secret),
      fromBase64url(keystore.ciphertext),
    );
    privateKey = hexlify(new Uint8Array(plain));
  } catch (cause) {
    throw new KeystoreError(
      "keystore_altered",
      "the passkey does not open this: it was altered, or is another passkey's",
      { cause },
    );
  }
  if (!isHexString(privateKey, 32) || publicKeyOf(privateKey).compressed !== keystore.publicKey) {
    throw new KeystoreError("keystore_altered", "the keystore was altered: its key is not the public key it names");
  }
  return privateKey;
}

/** Reads what was kept. @throws {KeystoreError} `keystore_invalid`. */
export function readPasskeyKeystore(value: unknown): PasskeyKeystore {
  const fields = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const { type, version, publicKey, rpId, credentialId, prfSalt, iv, ciphertext } = fields;
  const texts = { publicKey, rpId, credentialId, prfSalt, iv, ciphertext };
  const wrong = Object.entries(texts).find(([, text]) => typeof text !== "string" || text === "")?.[0];
  if (type !== "syngraph-passkey" || version !== 1 || wrong !== undefined) {
    const why = wrong === undefined ? "it is of another kind or version" : `it has no ${wrong}`;
    throw new KeystoreError("keystore_invalid", `it is no keystore of a passkey: ${why}`);
  }
  try {
    parsePublicKey(publicKey as string);
    for (const text of [credentialId, prfSalt, iv, ciphertext]) fromBase64url(text as string);
  } catch (cause) {
    throw new KeystoreError("keystore_invalid", "it is no keystore of a passkey: it is damaged", { cause });
  }
  return { type, version, ...(texts as Record<keyof typeof texts, string>) };
}

/** What the authenticator computes of the salt. */
async function secretOf({
  rpId,
  credentialId,
  prfSalt,
}: Pick<PasskeyKeystore, "rpId" | "credentialId" | "prfSalt">): Promise<Uint8Array> {
  const asserted = await credential(() =>
    container().get({
      publicKey: {
        challenge: randomBytes(32),
        rpId,
        allowCredentials: [{ type: "public-key", id: fromBase64url(credentialId) }],
        userVerification: "required",
        timeout: TIMEOUT,
        extensions: { prf: { eval: { first: fromBase64url(prfSalt) } } },
      },
    }),
  );
  const secret = asserted.getClientExtensionResults().prf?.results?.first;
  if (!secret) throw unsupported();
  return bytesOf(secret);
}

function container(): Credentials {
  const credentials = (globalThis as { navigator?: { credentials?: Credentials } }).navigator?.credentials;
  if (!credentials)
    throw new KeystoreError("passkey_unsupported", "there are no passkeys here: they need a browser and https");
  return credentials;
}

async function credential(ask: () => Promise<unknown>): Promise<PublicKeyCredential> {
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
  return answer as PublicKeyCredential;
}

function unsupported(cause?: unknown): KeystoreError {
  const message = "this browser or authenticator cannot derive keys (WebAuthn's PRF extension): use a password instead";
  return new KeystoreError("passkey_unsupported", message, { cause });
}

async function aesKey(secret: Uint8Array): ReturnType<ReturnType<typeof webCrypto>["importKey"]> {
  return webCrypto().importKey("raw", await hkdf(secret, INFO, 32), "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** What AES-GCM authenticates beside the key. */
function associated(head: Omit<PasskeyKeystore, "iv" | "ciphertext">): Uint8Array<ArrayBuffer> {
  const { type, version, publicKey, rpId, credentialId, prfSalt } = head;
  return Uint8Array.from(toUtf8Bytes(JSON.stringify([type, version, publicKey, rpId, credentialId, prfSalt])));
}

function randomBytes(size: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(size));
}

function bytesOf(source: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

function base64url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) throw new TypeError("no Base64url");
  const standard = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(decodeBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, "=")));
}
