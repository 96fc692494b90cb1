import type { AttestationsReply } from "../client/index.ts";
import { TrustError } from "../errors.ts";
import {
  aliasProof,
  bindingKey,
  isCosigned,
  linkId,
  parsePublicKey,
  toSubmission,
  unwrapSignature,
  walletPreparationCode,
} from "../protocol/index.ts";
import type { ProvenLink, SignedLink } from "./signedLink.ts";

/** What proves a link without anybody else's word: both sides' signatures, or of a delete the avatar's. Null for others. */
export function proveLocally(signed: SignedLink): ProvenLink | null {
  const { link, cosignature } = signed;
  if (link.action === "delete") return withProof(signed, "0x", "");
  if (!isCosigned(link.platform) || cosignature === null) return null;
  if (link.platform === "nextid") return withProof(signed, aliasProof(link.identity, cosignature), "");
  const { signature, factory } = unwrapSignature(cosignature);
  return withProof(signed, signature, factory ? walletPreparationCode(link.identity, factory) : "");
}

/**
 * What attesters say of a link, brought together with the link as it is here: of the server's only that is used which it alone
 * knows.
 */
export function provenLink(signed: SignedLink, reply: AttestationsReply): ProvenLink {
  const { method, proof, proof_location: proofLocation, preparation, binding_key: key } = reply;
  const proven = withProof({ ...signed, proofLocation }, proof, preparation, method);
  if (key !== proven.bindingKey) throw new TrustError(`the server names another binding, ${key}`);
  return proven;
}

function withProof(
  signed: SignedLink,
  proof: string,
  preparation: string,
  method: ProvenLink["method"] = "append",
): ProvenLink {
  const { link, signature, proofLocation } = signed;
  const { address } = parsePublicKey(link.avatar);
  return {
    ...{ linkId: linkId(link, signature), method, preparation },
    bindingKey: bindingKey(address, link.platform, link.identity),
    // The key is good with any link, and a first one needs it.
    submission: toSubmission(link, { signature, withKey: true, proof, proofLocation }),
  };
}
