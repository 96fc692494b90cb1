import { SigningKey, decodeBase64, encodeBase64, getBytes, hashMessage, hexlify, keccak256 } from "ethers";

import { ProtocolError, type ProtocolField } from "./errors.ts";
import { type PublicKey, fromUncompressed } from "./publicKey.ts";
import { recoverPoint } from "./recover.ts";

/** Half the order of secp256k1: the largest `s` of a canonical signature (EIP-2, SEC 1 section 4.1.4). */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** An avatar's or wallet's signature of 65 bytes. */
export interface Signature {
  /** r ‖ s ‖ v as it was given, `0x` hex: the form that `prev` quotes. */
  raw: string;
  /** {@link raw} in standard Base64 with padding. */
  base64: string;
  /** r ‖ s ‖ v with v in {0, 1}, `0x` hex: the form that is hashed. */
  canonical: string;
}

/**
 * Reads a signature of 65 bytes, given as bytes, `0x` hex or standard Base64. Published signatures have v in
 * {0, 1, 27, 28}; all four are taken. A high `s` is refused, because each signature would then have a second valid form
 * and a chain two heads.
 *
 * @param field the wire field that an error names.
 * @throws {ProtocolError}
 */
export function parseSignature(signature: string | Uint8Array, field: ProtocolField = "signature"): Signature {
  const bytes = readBytes(signature, field);
  if (bytes.length !== 65) {
    throw new ProtocolError(field, `Signature length invalid: ${bytes.length} instead of 65`);
  }
  const v = bytes[64]!;
  if (v !== 0 && v !== 1 && v !== 27 && v !== 28) {
    throw new ProtocolError(field, `Signature Recovery ID not supported: ${v}`);
  }
  if (BigInt(hexlify(bytes.slice(32, 64))) > HALF_ORDER) {
    throw new ProtocolError(field, "the s value is in the upper half of the curve order (EIP-2)");
  }
  const canonical = Uint8Array.from(bytes);
  canonical[64] = v % 27;
  return { raw: hexlify(bytes), base64: encodeBase64(bytes), canonical: hexlify(canonical) };
}

/**
 * The head of a chain that ends with this signature: keccak256 of the canonical signature. The next link's `prev` must
 * hash to it.
 */
export function head(signature: string | Uint8Array): string {
  return keccak256(parseSignature(signature).canonical);
}

/**
 * The public key that signed `text` with EIP-191 personal_sign.
 *
 * @throws {ProtocolError} when the signature is malformed or recovers to nothing.
 */
export function recoverPublicKey(
  text: string,
  signature: string | Uint8Array,
  field: ProtocolField = "signature",
): PublicKey {
  const { canonical } = parseSignature(signature, field);
  try {
    return fromUncompressed(recoverPoint(hashMessage(text), canonical));
  } catch {
    throw new ProtocolError(field, "recovers to no public key");
  }
}

/** Signs a text with EIP-191 personal_sign; the answer's v is 27 or 28, as wallets have it. */
export function signText(privateKey: string, text: string): Signature {
  return parseSignature(new SigningKey(privateKey).sign(hashMessage(text)).serialized);
}

function readBytes(signature: string | Uint8Array, field: ProtocolField): Uint8Array {
  if (typeof signature !== "string") return signature;
  if (/^0x(?:[0-9a-f]{2})*$/i.test(signature)) return getBytes(signature);
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(signature)) {
    throw new ProtocolError(field, "not standard Base64");
  }
  return decodeBase64(signature);
}
