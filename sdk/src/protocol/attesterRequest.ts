import { sha256, toUtf8Bytes } from "ethers";

import { ProtocolError } from "./errors.ts";
import { recoverPublicKey, signText } from "./signature.ts";

/** The scheme in the header Authorization by which one attester's node makes itself known to another's. */
export const ATTESTER_SCHEME = "Attester";

/** How far the time in such a header may lie from the reader's clock, in seconds. */
const MAX_SKEW = 60;

/** The text (EIP-191) that the key of an attester signs over a request that it makes; `at` is in Unix seconds. */
function attesterRequestText(body: string, at: number): string {
  return `Syngraph attester request\nat: ${at}\nbody: ${sha256(toUtf8Bytes(body))}`;
}

/** The header Authorization of an attester's request with this body. */
export function signAttesterRequest(privateKey: string, body: string, at = Math.floor(Date.now() / 1000)): string {
  return `${ATTESTER_SCHEME} ${at}.${signText(privateKey, attesterRequestText(body, at)).base64}`;
}

/**
 * Who signed a request, by its header Authorization: an EIP-55 address. Whether that is an attester, the registry knows.
 *
 * @param now Unix seconds.
 * @throws {ProtocolError} `signature`, where the header is none of these, or not of now.
 */
export function recoverAttesterRequest(header: string, body: string, now = Math.floor(Date.now() / 1000)): string {
  const [, at, signature] = /^Attester (\d{10})\.([A-Za-z0-9+/]{87}=)$/.exec(header) ?? [];
  if (at === undefined || signature === undefined) throw new ProtocolError("signature", "is no attester's request");
  if (Math.abs(Number(at) - now) > MAX_SKEW) throw new ProtocolError("signature", "is not of now");
  return recoverPublicKey(attesterRequestText(body, Number(at)), signature).address;
}
