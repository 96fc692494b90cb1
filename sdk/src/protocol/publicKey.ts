import { SigningKey, concat, dataSlice, encodeBase58, getAddress, keccak256 } from "ethers";

import { ProtocolError } from "./errors.ts";

/** A secp256k1 public key in the forms that Next.ID's and Ethereum's interfaces use. */
export interface PublicKey {
  /** `0x02…` or `0x03…`, 68 lower-case characters: the public name of an avatar. */
  compressed: string;
  /** `0x04…`, 132 lower-case characters. */
  uncompressed: string;
  /** EIP-55 address of the key: the name of an avatar on chain. */
  address: string;
}

/**
 * Reads a public key as Next.ID's clients write it: hex with or without `0x`, in either case, compressed (33 bytes),
 * uncompressed (65 bytes), or the bare 64 bytes of X and Y that KVService also takes.
 *
 * @throws {ProtocolError} `public_key` when the text is no point on the curve.
 */
export function parsePublicKey(text: string): PublicKey {
  const known = read.get(text);
  if (known) return known;
  const key = readPublicKey(text);
  if (read.size === MOST_READ) read.delete(read.keys().next().value!);
  read.set(text, key);
  return key;
}

/** Whether a text is a public key, in any of the forms that {@link parsePublicKey} takes. */
export function isPublicKey(text: string): boolean {
  try {
    parsePublicKey(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Keys that were read lately, by how they were written: one request reads the same key several times, and to find Y takes a
 * square root.
 */
const read = new Map<string, PublicKey>();
const MOST_READ = 1_000;

function readPublicKey(text: string): PublicKey {
  const hex = text.replace(/^0x/i, "").toLowerCase();
  if (!/^(?:0[23][0-9a-f]{64}|04[0-9a-f]{128}|[0-9a-f]{128})$/.test(hex)) {
    throw new ProtocolError("public_key", "not a secp256k1 public key of 33 or 65 bytes in hex");
  }
  try {
    return fromPoint(hex.length === 128 ? `0x04${hex}` : `0x${hex}`);
  } catch {
    throw new ProtocolError("public_key", "not a point on the secp256k1 curve");
  }
}

/** The public key of a private key (32 bytes, `0x` hex). */
export function publicKeyOf(privateKey: string): PublicKey {
  return fromPoint(new SigningKey(privateKey).publicKey);
}

/** The 64 bytes X ‖ Y that `ProofRegistry` takes as `publicKey`, as `0x` hex. */
export function contractPublicKey(key: PublicKey): string {
  return `0x${key.uncompressed.slice(4)}`;
}

/** The compressed form of the point (x, y), 32 bytes of `0x` hex each, that the contract has checked already. */
export function compressedPoint(x: string, y: string): string {
  return (Number(`0x${y.at(-1)}`) % 2 === 0 ? "0x02" : "0x03") + x.slice(2).toLowerCase();
}

/** The multicodec of a compressed secp256k1 public key, 0xe7, as an unsigned varint. */
const SECP256K1_PUB = "0xe701";

/** The DID of a key by itself (did:key, W3C CCG), in multibase base58btc. */
export function didKey({ compressed }: PublicKey): string {
  return `did:key:z${encodeBase58(concat([SECP256K1_PUB, compressed]))}`;
}

/** Of a point in either form. @throws when it is none of the curve. */
function fromPoint(point: string): PublicKey {
  return fromUncompressed(SigningKey.computePublicKey(point, false));
}

/** Of 65 bytes, `0x` hex, that are known to be a point of the curve. */
export function fromUncompressed(uncompressed: string): PublicKey {
  const [x, y] = [dataSlice(uncompressed, 1, 33), dataSlice(uncompressed, 33)];
  return Object.freeze({
    compressed: compressedPoint(x, y),
    uncompressed,
    address: getAddress(dataSlice(keccak256(concat([x, y])), 12)),
  });
}
