import { Signature, SigningKey } from "ethers";

/**
 * Recovers a public key with secp256k1 (SEC 1 section 4.1.6); bytes are `0x` hex.
 *
 * @param digest 32 bytes.
 * @param signature r ‖ s.
 * @returns the point, uncompressed: 65 bytes.
 * @throws when there is none.
 */
export type Recovery = (digest: string, signature: string, yParity: 0 | 1) => string;

let faster: Recovery | undefined;

/** Has signatures recovered by another implementation than ethers's, which is JavaScript; `undefined` goes back to that. */
export function useRecovery(recovery: Recovery | undefined): void {
  faster = recovery;
}

/** Digest and signature whose s is low (EIP-2), with v in {0, 1, 27, 28}. */
const DIGEST = /^0x[0-9a-f]{64}$/i;
const SIGNATURE = /^0x[0-9a-f]{64}[0-7][0-9a-f]{63}(?:0[01]|1[bc])$/i;
/** Characters of `0x`, r and s. */
const HEAD = 2 + 128;

/**
 * The point that signed a digest: all of our own code recovers by it.
 *
 * @param digest `0x` hex.
 * @param signature 65 bytes, `0x` hex, with v in {0, 1, 27, 28}.
 * @returns 65 bytes, `0x` hex.
 * @throws when the signature is malformed or recovers to nothing.
 */
export function recoverPoint(digest: string, signature: string): string {
  // What ethers would refuse, or read in another form, is left to it.
  if (!faster || !SIGNATURE.test(signature) || !DIGEST.test(digest)) {
    return recoverFrom(digest, Signature.from(signature));
  }
  const v = Number.parseInt(signature.slice(HEAD), 16);
  return faster(digest, signature.slice(0, HEAD), (v < 27 ? v : v - 27) as 0 | 1);
}

function recoverFrom(digest: string, parsed: Signature): string {
  if (!faster || !DIGEST.test(digest)) return SigningKey.recoverPublicKey(digest, parsed);
  return faster(digest, parsed.r + parsed.s.slice(2), parsed.yParity);
}
