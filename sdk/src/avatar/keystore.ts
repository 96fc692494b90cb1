import { type EncryptOptions, decryptKeystoreJson, encryptKeystoreJson, isKeystoreJson } from "ethers";

import { KeystoreError } from "../errors.ts";
import { ProtocolError, type PublicKey, parsePublicKey, publicKeyOf } from "../protocol/index.ts";

/** The public key beside the encrypted one, so that it can be shown without the password. */
const EXTENSION = "x-syngraph";

/**
 * The most that a keystore may ask for: memory of scrypt, 128·N·r bytes (RFC 7914), and rounds. Somebody else's file could
 * otherwise fill the memory, or keep the processor busy for days. ethers does the rounds of PBKDF2 in one go, with the page
 * standing still: four times what programs write there (2^18) is seconds of that.
 */
const MAX_SCRYPT_MEMORY = 1 << 30;
const MAX_SCRYPT_WORK = 1 << 26;
const MAX_PBKDF2_ROUNDS = 1 << 20;

/** How a keystore is made or opened. */
export interface KeystoreOptions {
  /** Told how far it is, from 0 to 1: to stretch the password takes a second or more. */
  onProgress?: (done: number) => void;
  /** Parameters of scrypt; those of ethers unless told: N = 2^17, r = 8, p = 1. */
  scrypt?: { N?: number; r?: number; p?: number };
}

/** Encrypts a private key: Web3 Secret Storage, version 3, with the public key beside it. */
export async function encryptKey(privateKey: string, password: string, options: KeystoreOptions = {}): Promise<string> {
  const { address, compressed } = publicKeyOf(privateKey);
  const settings: EncryptOptions = {
    ...(options.onProgress && { progressCallback: options.onProgress }),
    ...(options.scrypt && { scrypt: options.scrypt }),
  };
  const json = await encryptKeystoreJson({ address, privateKey }, password, settings);
  return JSON.stringify({ ...(JSON.parse(json) as object), [EXTENSION]: { publicKey: compressed } });
}

/** The private key in a keystore. @throws {KeystoreError} which never carries the key, nor the password. */
export async function decryptKey(json: string, password: string, options: KeystoreOptions = {}): Promise<string> {
  const named = keystorePublicKey(json);
  let privateKey: string;
  try {
    ({ privateKey } = await decryptKeystoreJson(json, password, options.onProgress));
  } catch (error) {
    const wrong = error instanceof Error && error.message.startsWith("incorrect password");
    throw wrong
      ? new KeystoreError("wrong_password", "wrong password")
      : new KeystoreError("keystore_invalid", "the keystore cannot be decrypted");
  }
  if (named && named.compressed !== publicKeyOf(privateKey).compressed) {
    throw new KeystoreError("keystore_altered", "the keystore was altered: its key is not the public key it names");
  }
  return privateKey;
}

/**
 * The public key that a keystore names, without its password; null where it names none, as other programs' do not. Only
 * opening it shows whether that is its key.
 *
 * @throws {KeystoreError} `keystore_invalid`.
 */
export function keystorePublicKey(json: string): PublicKey | null {
  if (!isKeystoreJson(json)) throw new KeystoreError("keystore_invalid", "it is no JSON keystore of version 3");
  const keystore = JSON.parse(json) as Record<string, unknown>;
  assertAffordable(keystore);
  const text = (keystore[EXTENSION] as { publicKey?: unknown } | null | undefined)?.publicKey;
  if (typeof text !== "string") return null;
  try {
    return parsePublicKey(text);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new KeystoreError("keystore_invalid", "the keystore names a public key that is none");
  }
}

function assertAffordable(keystore: Record<string, unknown>): void {
  // Programs write these names in any case, as ethers reads them.
  const { crypto } = lowered(keystore);
  const params = lowered(lowered(crypto).kdfparams);
  const [n, r, p, c] = [params.n, params.r, params.p, params.c].map((value) => Number(value ?? 1));
  if (128 * n! * r! > MAX_SCRYPT_MEMORY || n! * r! * p! > MAX_SCRYPT_WORK || c! > MAX_PBKDF2_ROUNDS) {
    throw new KeystoreError(
      "keystore_invalid",
      "the keystore asks for more memory or time than any that is meant well",
    );
  }
}

/** By names in lower case: of several that are the same then, ethers takes the first. */
function lowered(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null) return {};
  const entries = Object.entries(value).map(([key, item]) => [key.toLowerCase(), item] as const);
  return Object.fromEntries(entries.toReversed());
}
