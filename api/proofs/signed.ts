import { type Link, type PublicKey, type Signature, recoverPublicKey, signPayload } from "@syngraph/sdk/protocol";

/** Whether an avatar made this signature over this link's text. */
export function isSignedBy(link: Link, signature: Signature, { compressed }: PublicKey): boolean {
  try {
    return recoverPublicKey(signPayload(link), signature.raw).compressed === compressed;
  } catch {
    return false;
  }
}
