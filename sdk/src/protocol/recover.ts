import { Signature, SigningKey, getBytes, hexlify } from "ethers";

/**
 * Recovers a public key with secp256k1 (SEC 1 section 4.1.6).
 *
 * @param digest 32 bytes.
 * @param signature r ‖ s.
 * @returns the point, uncompressed: 65 bytes.
 * @throws when there is none.
 */
export type Recovery = (digest: Uint8Array, signature: Uint8Array, yParity: 0 | 1) => Uint8Array;

let faster: Recovery | undefined;

/** Has signatures recovered by another implementation than ethers's, which is JavaScript; `undefined` goes back to that. */
export function useRecovery(recovery: Recovery | undefined): void {
  faster = recovery;
}

/**
 * The point that signed a digest: all of our own code recovers by it.
 *
 * @param digest `0x` hex.
 * @param signature 65 bytes, `0x` hex, with v in {0, 1, 27, 28}.
 * @returns 65 bytes, `0x` hex.
 * @throws when the signature is malformed or recovers to nothing.
 */
export function recoverPoint(digest: string, signature: string): string {
  const bytes = getBytes(signature);
  const yParity = V.indexOf(bytes[64]!) % 2;
  // What ethers would refuse, or read in another form, is left to it.
  if (!faster || bytes.length !== 65 || yParity < 0 || bytes[32]! > 0x7f) {
    return recoverFrom(digest, Signature.from(signature));
  }
  return hexlify(faster(getBytes(digest), bytes.subarray(0, 64), yParity as 0 | 1));
}

/** What ends a signature, by the parity of Y. */
const V = [0, 1, 27, 28];

function recoverFrom(digest: string, parsed: Signature): string {
  if (!faster) return SigningKey.recoverPublicKey(digest, parsed);
  return hexlify(faster(getBytes(digest), getBytes(parsed.r + parsed.s.slice(2)), parsed.yParity));
}
