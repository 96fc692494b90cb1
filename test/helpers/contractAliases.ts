import { contractPublicKey } from "@syngraph/sdk/protocol";
import { concat, dataSlice } from "ethers";

import { type LinkFields, type Person, type SignedLink, signLink } from "./contractLinks.ts";

/** Y of somebody's public key. */
export function yOf({ key }: Person): string {
  return dataSlice(contractPublicKey(key), 32, 64);
}

/** A link by which an avatar calls another one its own, with the signature and Y of that. */
export function signAlias(
  avatar: Person,
  other: Person,
  fields: Partial<LinkFields> = {},
  y: string = yOf(other),
): SignedLink {
  const signed = signLink(avatar, { platform: "nextid", identity: other.key.compressed, cosigner: other, ...fields });
  return withProof(signed, concat([signed.submission.proof, y]));
}

/** The same link with another proof. */
export function withProof(signed: SignedLink, proof: string): SignedLink {
  return { ...signed, submission: { ...signed.submission, proof } };
}
