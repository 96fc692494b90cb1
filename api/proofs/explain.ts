import { type Link, type Signature, recoverPublicKey, signPayload } from "@syngraph/sdk/protocol";

/** Another link that the signature might have been made for, and what differs. */
interface Neighbour {
  link: Link;
  difference: string;
}

/**
 * Why a signature does not verify for a link: which field differs, if it is good for a near-by payload, else whose it is.
 *
 * @param typedIdentity the identity as it stood in the request.
 */
export function explainBadSignature(
  link: Link,
  signature: Signature,
  avatarKey: string,
  typedIdentity: string,
): string {
  for (const { link: other, difference } of neighbours(link, typedIdentity)) {
    if (recoversTo(other, signature, avatarKey)) return `bad signature: it was made for another payload: ${difference}`;
  }
  return `bad signature: it was not made by ${avatarKey} for this payload; it recovers to ${recovered(link, signature)}`;
}

/** The public key that made the signature, if it was made for this link; else somebody's, or a sentence. */
function recovered(link: Link, signature: Signature): string {
  try {
    return recoverPublicKey(signPayload(link), signature.raw).compressed;
  } catch {
    return "no key at all";
  }
}

function recoversTo(link: Link, signature: Signature, avatarKey: string): boolean {
  return recovered(link, signature) === avatarKey;
}

function neighbours(link: Link, typedIdentity: string): Neighbour[] {
  const otherAction = link.action === "create" ? "delete" : "create";
  const spellings = new Set([typedIdentity, typedIdentity.toLowerCase(), `@${link.identity}`]);
  spellings.delete(link.identity);
  return [
    { link: { ...link, prev: null }, difference: "prev is null there, but this avatar has links already" },
    {
      link: { ...link, action: otherAction },
      difference: `action is ${otherAction} there, ${link.action} in the request`,
    },
    {
      link: { ...link, createdAt: link.createdAt * 1000 },
      difference: "created_at is in milliseconds there, it must be in seconds",
    },
    ...[...spellings].map((identity) => ({
      link: { ...link, identity },
      difference: `identity is ${identity} there, it must be ${link.identity}`,
    })),
  ];
}
