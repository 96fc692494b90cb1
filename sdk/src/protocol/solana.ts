import { ed25519 } from "@noble/curves/ed25519";
import { decodeBase58, decodeBase64, encodeBase58, getBytes, toBeHex, toUtf8Bytes } from "ethers";

import { ProtocolError, type ProtocolField } from "./errors.ts";

const ADDRESS_SIZE = 32;
const SIGNATURE_SIZE = 64;

/**
 * The public key that a Solana wallet's address is.
 *
 * @throws {ProtocolError} `identity` for what is no Base58 of 32 bytes, or no key that a wallet can have: addresses of
 * programs lie off the curve, and for a point of small order signatures can be made by anybody.
 */
export function parseSolanaAddress(text: string): Uint8Array {
  const bytes = readBase58(text, ADDRESS_SIZE);
  if (!bytes) throw new ProtocolError("identity", `not an address of ${ADDRESS_SIZE} bytes in Base58`);
  if (!isKey(bytes))
    throw new ProtocolError("identity", "not a public key of a wallet: it is no point of ed25519's group");
  return bytes;
}

/**
 * A Solana wallet's signature in Base58, read from that or from standard Base64.
 *
 * @throws {ProtocolError}
 */
export function parseSolanaSignature(text: string, field: ProtocolField = "wallet_signature"): string {
  const bytes = /^[A-Za-z0-9+/]{86}==$/.test(text) ? decodeBase64(text) : readBase58(text, SIGNATURE_SIZE);
  if (!bytes) throw new ProtocolError(field, `not a signature of ${SIGNATURE_SIZE} bytes in Base58 or standard Base64`);
  return encodeBase58(bytes);
}

/**
 * Whether a Solana wallet signed a text, its UTF-8 bytes as they are. Strict as Solana itself (RFC 8032, section 5.1.7, with
 * points encoded in one way only and S below the group's order): nobody but the wallet can make a second signature of a
 * first.
 *
 * @param signature in Base58 or standard Base64.
 * @throws {ProtocolError} where the signature or the address is malformed.
 */
export function isSolanaSignature(text: string, signature: string, address: string): boolean {
  const key = parseSolanaAddress(address);
  const bytes = getBytes(decoded(parseSolanaSignature(signature), SIGNATURE_SIZE));
  // A commitment of small order is no signer's: Solana refuses it too.
  return !isSmall(bytes.slice(0, 32)) && ed25519.verify(bytes, toUtf8Bytes(text), key, { zip215: false });
}

/** Whether bytes are the one encoding of a point of the prime-order group other than its zero. */
function isKey(bytes: Uint8Array): boolean {
  try {
    const point = ed25519.ExtendedPoint.fromHex(bytes);
    return !point.isSmallOrder() && point.isTorsionFree();
  } catch {
    return false;
  }
}

function isSmall(bytes: Uint8Array): boolean {
  try {
    return ed25519.ExtendedPoint.fromHex(bytes).isSmallOrder();
  } catch {
    return true;
  }
}

/** Bytes of a given number, written in Base58 as they must be; null for any other text. */
function readBase58(text: string, size: number): Uint8Array | null {
  // 138/100 is more than log 256 / log 58.
  if (!/^[1-9A-HJ-NP-Za-km-z]+$/.test(text) || text.length > Math.ceil(size * 1.38)) return null;
  try {
    const bytes = getBytes(decoded(text, size));
    return encodeBase58(bytes) === text ? bytes : null;
  } catch {
    return null;
  }
}

function decoded(text: string, size: number): string {
  return toBeHex(decodeBase58(text), size);
}
