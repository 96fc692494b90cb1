import { decodeBase64, encodeBase64 } from "ethers";

import { ApiError } from "../errors.ts";

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

/** 400: the link quotes what is the latest no more. The answer has the current `prev`, as a payload would quote it. */
export function staleLink(current: string | null): ApiError {
  const [prev] = prevForms(current);
  const message =
    "bad signature: prev is not the latest link any more, another link was added meanwhile: " +
    `ask for a new payload, with prev ${prev}`;
  return new ApiError(400, message, { fields: { prev } });
}
