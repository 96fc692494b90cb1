import { decodeBase64, encodeBase64 } from "ethers";

/**
 * The forms in which a text may quote the avatar's previous signature, in standard Base64: with v in {0, 1} as our payloads
 * have it, and in {27, 28} as it may have been published. The contract takes both.
 *
 * @param signature canonical, `0x` hex, or null for a first link.
 */
export function prevForms(signature: string | null): [string | null, ...string[]] {
  if (signature === null) return [null];
  const canonical = encodeBase64(signature);
  const published = decodeBase64(canonical);
  published[64] = published[64]! + 27;
  return [canonical, encodeBase64(published)];
}
