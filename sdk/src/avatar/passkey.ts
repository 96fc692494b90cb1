import { getBytes, hexlify, isHexString, toUtf8Bytes } from "ethers";

import { KeystoreError } from "../errors.ts";
import { parsePublicKey, publicKeyOf } from "../protocol/index.ts";
import { hkdf, webCrypto } from "./derive.ts";
import {
  type PasskeyOptions,
  askPasskey,
  base64url,
  createPasskey,
  fromBase64url,
  randomBytes,
  unsupported,
} from "./webAuthn.ts";

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

const INFO = "Syngraph avatar, keystore of a passkey, version 1";

/**
 * Makes a passkey and encrypts a private key with it: the authenticator's secret for a random salt (WebAuthn level 3, PRF
 * extension) by HKDF-SHA256 and AES-256-GCM. All that the keystore says is authenticated along.
 *
 * @throws {KeystoreError}
 */
export async function lockWithPasskey(privateKey: string, options: PasskeyOptions): Promise<PasskeyKeystore> {
  const { rpId } = options;
  const prfSalt = randomBytes(32);
  const created = await createPasskey(options, { prf: { eval: { first: prfSalt } } });
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
  const extensions = { prf: { eval: { first: fromBase64url(prfSalt) } } };
  const asserted = await askPasskey({ rpId, credentialId }, randomBytes(32), extensions);
  const secret = asserted.getClientExtensionResults().prf?.results?.first;
  if (!secret) throw unsupported();
  return bytesOf(secret);
}

async function aesKey(secret: Uint8Array): ReturnType<ReturnType<typeof webCrypto>["importKey"]> {
  return webCrypto().importKey("raw", await hkdf(secret, INFO, 32), "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** What AES-GCM authenticates beside the key. */
function associated(head: Omit<PasskeyKeystore, "iv" | "ciphertext">): Uint8Array<ArrayBuffer> {
  const { type, version, publicKey, rpId, credentialId, prfSalt } = head;
  return Uint8Array.from(toUtf8Bytes(JSON.stringify([type, version, publicKey, rpId, credentialId, prfSalt])));
}

function bytesOf(source: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}
