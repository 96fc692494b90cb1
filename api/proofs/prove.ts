import { type Link, type Signature, isCosigned, linkId, signPayload } from "@syngraph/sdk/protocol";
import { keccak256, toUtf8Bytes } from "ethers";

import type { Collected } from "../attest/quorum.ts";
import type { Context } from "../context.ts";
import { badRequest } from "../errors.ts";
import type { Evidence } from "../platforms/types.ts";
import type { Method } from "../relay/registry.ts";
import { toApiError } from "./checkErrors.ts";
import { type CounterProof, counterSignatureOf, verifyCounterSignature } from "./counterSignature.ts";
import type { Draft } from "./draft.ts";
import { explainBadSignature } from "./explain.ts";
import { readSignature } from "./input.ts";
import { earlierSignatures } from "./latest.ts";
import { prevForms, staleLink } from "./prev.ts";
import { bindingStatus } from "./read/bindings.ts";
import type { OpenClaim } from "./read/claims.ts";
import { isSignedBy } from "./signed.ts";

/** A link with everything that proves it. */
export interface ProvenLink extends Omit<CounterProof, "signature"> {
  link: Link;
  linkId: string;
  signature: Signature | null;
  method: Exclude<Method, "suspend" | "call">;
  proof: string;
  proofLocation: string;
  /** What attesters say, where they have to. */
  attested?: Collected;
}

/** Finds what proves a request's link. @throws {ApiError} 400 when nothing does, 502 when a platform cannot be asked. */
export async function proveLink(context: Context, draft: Draft): Promise<ProvenLink> {
  return draft.link.action === "create" ? proveCreate(context, draft) : proveDelete(context, draft);
}

async function proveCreate(context: Context, draft: Draft): Promise<ProvenLink> {
  if (!draft.platform.needsPost) return proveSigned(context, draft);
  const evidence = await look(context, draft);
  const proven = await attested(context, draft, evidence.signature, evidence);
  await context.checks.saw(proven.linkId, evidence);
  return proven;
}

/** A link of which this node saw the other side, with what its peers say of it. */
async function attested(
  { attest }: Context,
  { link, avatar, claim }: Draft,
  found: Signature,
  seen: Pick<Evidence, "accountId" | "location" | "checkedAt">,
): Promise<ProvenLink> {
  // Of a claim that is there already, the chain has a signature; the post may show another one of the same text.
  const signature = claim?.signature ?? found;
  const { location: proofLocation } = seen;
  const asked = { link, avatar, signature, location: proofLocation, asOf: claim?.asOf };
  const words = await attest.collect(asked, { found: true, ...seen });
  const { linkId: id, proof } = words;
  return { link, linkId: id, signature, method: methodOf(claim), proof, proofLocation, attested: words };
}

function methodOf(claim: OpenClaim | undefined): ProvenLink["method"] {
  if (!claim) return "append";
  return claim.status === "suspended" ? "reinstate" : "confirm";
}

/** Of an identity that is a key: both signed the same text. */
async function proveSigned(context: Context, draft: Draft): Promise<ProvenLink> {
  const { platform, request } = draft;
  const typed = counterSignatureOf(draft);
  if (typed === "") throw badRequest(`${platform.counterField ?? "wallet_signature"} not found`);
  if (request.signature === "") throw badRequest("bad signature: extra.signature of the avatar is missing");
  const avatars = readSignature(request.signature, "error when decoding persona signature");
  const signed = await verifyAvatar(context, draft, avatars);
  const { signature, ...wallet } = await verifyCounterSignature(context, { platform, link: signed.link }, typed);
  if (isCosigned(platform.id)) return { ...signed, ...wallet, method: "append", proof: signature, proofLocation: "" };
  // The contract cannot check this signature: attesters do, and in the location everybody else can, too.
  const seen = { accountId: signed.link.identity, location: signature, checkedAt: Math.floor(Date.now() / 1000) };
  return attested(context, { ...draft, link: signed.link }, avatars, seen);
}

/** Looks at the post. @throws {ApiError} 400 when it proves nothing, 502 when the platform cannot be asked. */
async function look(context: Context, { link, avatar, claim, request }: Draft): Promise<Evidence> {
  try {
    const { accountId } = claim ?? {};
    const account = accountId === undefined ? {} : { accountId };
    return await context.engine.check({ link, avatar, location: request.proofLocation, ...account });
  } catch (error) {
    throw toApiError(error);
  }
}

/** A delete is accepted with the avatar's signature, or the bound wallet's; nobody needs to publish anything for it. */
async function proveDelete(context: Context, draft: Draft): Promise<ProvenLink> {
  const { request, link, platform } = draft;
  const status = await bindingStatus(context.db, context.config.chain.chainId, draft.avatar.address, link);
  if (status === undefined || status === "deleted") {
    throw badRequest(`there is no proof of ${link.platform}: ${link.identity} under this avatar to delete`);
  }
  const typed = platform.needsPost ? "" : counterSignatureOf(draft);
  if (typed !== "" && (isCosigned(platform.id) || request.signature === "")) {
    if (!isCosigned(platform.id)) {
      throw badRequest(
        `a ${platform.name} wallet's own signature deletes nothing, because the contract cannot check it: the avatar's is needed in extra.signature`,
      );
    }
    const { signature: proof, preparation, ...wallet } = await verifyCounterSignature(context, draft, typed);
    if (preparation !== undefined) throw badRequest(`the wallet ${link.identity} has no code on this chain any more`);
    const release = { linkId: releaseId(link, proof), signature: null, method: "release" } as const;
    return { link, ...release, ...wallet, proof, proofLocation: "" };
  }
  if (request.signature === "") {
    throw badRequest("bad signature: a delete needs the avatar's signature in extra.signature");
  }
  const signed = await verifyAvatar(
    context,
    draft,
    readSignature(request.signature, "error when decoding persona signature"),
  );
  return { ...signed, method: "append", proof: "0x", proofLocation: "" };
}

/** @throws {ApiError} 400 unless the avatar signed the link, quoting its previous signature in either form. */
async function verifyAvatar(
  { config, db }: Context,
  draft: Draft,
  signature: Signature,
): Promise<Pick<ProvenLink, "link" | "linkId" | "signature">> {
  const signed = (prevs: readonly (string | null)[]) =>
    prevs.map((prev) => ({ ...draft.link, prev })).find((link) => isSignedBy(link, signature, draft.avatar));
  const link = signed(draft.claim ? [draft.link.prev] : prevForms(draft.previous));
  if (link) return { link, linkId: linkId(link, signature.raw), signature };
  // Two at once quote the same link: for the second one, another is the latest by now.
  for (const earlier of await earlierSignatures(db, config.chain.chainId, draft.avatar.address)) {
    if (signed(prevForms(earlier))) throw staleLink(draft.previous);
  }
  throw badRequest(await explainBadSignature(db, config.chain.chainId, draft, signature));
}

/** A release is no link of the chain; it is named by what it says. */
function releaseId(link: Link, proof: string): string {
  return keccak256(toUtf8Bytes(`${signPayload(link)}${proof}`));
}
