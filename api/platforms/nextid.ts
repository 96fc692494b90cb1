import {
  type Link,
  ProtocolError,
  aliasProof,
  didKey,
  parsePublicKey,
  parseSignature,
  recoverPublicKey,
  signPayload,
} from "@syngraph/sdk/protocol";

import { publicKey } from "./normalForms.ts";
import { definePlatform } from "./platform.ts";
import { CheckError, type CounterSignature } from "./types.ts";

/** Another avatar of the same person, which signs the same text. */
export const nextid = definePlatform({
  id: "nextid",
  name: "Next.ID avatar",
  identity: {
    rule: "an avatar's public key (secp256k1, 33 or 65 bytes in hex)",
    shapes: [/^@?((?:0[xX])?(?:[0-9A-Fa-f]{66}|[0-9A-Fa-f]{128}|[0-9A-Fa-f]{130}))$/],
    normalForm: publicKey,
  },
  uri: (key) => didKey(parsePublicKey(key)),
  template: "",
  verifyCounterSignature: verifyOtherAvatar,
  counterField: "target_signature",
});

/**
 * The other avatar's signature (Base64, or hex with or without `0x`) of a link, as the contract takes it.
 *
 * @throws {CheckError} final, where that avatar did not sign this, or is the same one.
 */
export function verifyOtherAvatar(link: Link, targetSignature: string): CounterSignature {
  if (targetSignature === "") throw new CheckError("final", "target_signature not found");
  if (publicKey(link.avatar) === link.identity) throw new CheckError("final", "an avatar is no alias of itself");
  const hex = /^[0-9a-f]{130}$/i.test(targetSignature) ? `0x${targetSignature}` : targetSignature;
  try {
    const { raw } = parseSignature(hex, "target_signature");
    const signer = recoverPublicKey(signPayload(link), raw, "target_signature").compressed;
    if (signer === link.identity) return { verified: true, signature: aliasProof(link.identity, raw) };
    throw new CheckError(
      "final",
      `target_signature: not signed by ${link.identity} over this payload, but by ${signer}`,
    );
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new CheckError("final", error.message, { cause: error });
  }
}
