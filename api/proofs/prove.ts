import { type Link, type Signature, linkId, recoverPublicKey, signPayload } from "@syngraph/sdk/protocol";
import { keccak256, toUtf8Bytes } from "ethers";

import type { Context } from "../context.ts";
import { badRequest } from "../errors.ts";
import type { Evidence } from "../platforms/types.ts";
import type { Method } from "../relay/registry.ts";
import { toApiError } from "./checkErrors.ts";
import { verifyWallet } from "./counterSignature.ts";
import type { Draft } from "./draft.ts";
import { explainBadSignature } from "./explain.ts";
import { readSignature } from "./input.ts";
import { earlierSignatures } from "./latest.ts";
import { prevForms, staleLink } from "./prev.ts";
import { bindingStatus } from "./read/bindings.ts";

/** A link with everything that proves it. */
export interface ProvenLink {
  link: Link;
  linkId: string;
  signature: Signature | null;
  method: Method;
  proof: string;
  proofLocation: string;
  /** Whether a wallet's contract has to judge the proof. */
  contractWallet?: boolean;
}

/** Finds what proves a request's link. @throws {ApiError} 400 when nothing does, 502 when a platform cannot be asked. */
export async function proveLink(context: Context, draft: Draft): Promise<ProvenLink> {
  return draft.link.action === "create" ? proveCreate(context, draft) : proveDelete(context, draft);
}

async function proveCreate(context: Context, draft: Draft): Promise<ProvenLink> {
  const { link, platform, claim, request } = draft;
  if (!platform.needsPost) {
    if (request.walletSignature === "") throw badRequest("wallet_signature not found");
    if (request.signature === "") throw badRequest("bad signature: extra.signature of the avatar is missing");
    const signed = await verifyAvatar(
      context,
      draft,
      readSignature(request.signature, "error when decoding persona signature"),
    );
    const wallet = await verifyWallet(context, { ...draft, link: signed.link }, request.walletSignature);
    return { ...signed, method: "append", ...wallet, proofLocation: "" };
  }
  const evidence = await look(context, draft);
  // Of a claim that is there already, the chain has a signature; the post may show another one of the same text.
  const id = claim?.linkId ?? linkId(link, evidence.signature.raw);
  return {
    link,
    linkId: id,
    signature: evidence.signature,
    method: claim ? "confirm" : "append",
    proof: context.attester.attest(id, evidence),
    proofLocation: evidence.location,
  };
}

/** Looks at the post. @throws {ApiError} 400 when it proves nothing, 502 when the platform cannot be asked. */
async function look(context: Context, { link, avatar, request }: Draft): Promise<Evidence> {
  try {
    return await context.engine.check({ link, avatar, location: request.proofLocation });
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
  if (!platform.needsPost && request.walletSignature !== "") {
    const wallet = await verifyWallet(context, draft, request.walletSignature);
    const release = { linkId: releaseId(link, wallet.proof), signature: null, method: "release" } as const;
    return { link, ...release, ...wallet, proofLocation: "" };
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
  const signed = (previous: string | null) =>
    prevForms(previous)
      .map((prev) => ({ ...draft.link, prev }))
      .find((link) => recoversTo(link, signature, draft.avatar.compressed));
  const link = signed(draft.previous);
  if (link) return { link, linkId: linkId(link, signature.raw), signature };
  // Two at once quote the same link: for the second one, another is the latest by now.
  for (const earlier of await earlierSignatures(db, config.chain.chainId, draft.avatar.address)) {
    if (signed(earlier)) throw staleLink(draft.previous);
  }
  throw badRequest(await explainBadSignature(db, config.chain.chainId, draft, signature));
}

function recoversTo(link: Link, signature: Signature, key: string): boolean {
  try {
    return recoverPublicKey(signPayload(link), signature.raw).compressed === key;
  } catch {
    return false;
  }
}

/** A release is no link of the chain; it is named by what it says. */
function releaseId(link: Link, proof: string): string {
  return keccak256(toUtf8Bytes(`${signPayload(link)}${proof}`));
}
