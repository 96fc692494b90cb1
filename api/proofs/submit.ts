import {
  type Link,
  type PublicKey,
  type Signature,
  linkId,
  recoverPublicKey,
  signPayload,
  toSubmission,
} from "@syngraph/sdk/protocol";
import { keccak256, toUtf8Bytes } from "ethers";

import type { Context } from "../context.ts";
import { ApiError, badRequest } from "../errors.ts";
import {
  CheckError,
  type CounterSignature,
  type Evidence,
  type Platform,
  PlatformInputError,
} from "../platforms/types.ts";
import type { NewItem, OutboxItem } from "../relay/outbox.ts";
import type { Method } from "../relay/registry.ts";
import { bindingStatus } from "./read/bindings.ts";
import { type OpenClaim, findOpenClaim } from "./read/claims.ts";
import { explainBadSignature } from "./explain.ts";
import {
  readAction,
  readCreatedAt,
  readIdentity,
  readPayload,
  readPlatform,
  readPublicKey,
  readSignature,
  readUuid,
  requireFresh,
} from "./input.ts";
import { latestIndexed, latestSignature } from "./latest.ts";
import { prevForms } from "./prev.ts";

/** What POST /v1/proof brings, as text. */
export interface ProofRequest {
  action: string;
  platform: string;
  identity: string;
  publicKey: string;
  uuid: string;
  createdAt: string;
  proofLocation: string;
  /** Base64, or empty. */
  signature: string;
  /** Base64, or empty. */
  walletSignature: string;
}

/** A request whose fields were read; the link's `prev` is the form that our payloads have. */
interface Draft {
  link: Link;
  avatar: PublicKey;
  platform: Platform;
  /** The avatar's last signature, canonical, or null. */
  previous: string | null;
  /** The claim that this very link has made already, where it is on chain. */
  claim: OpenClaim | undefined;
  request: ProofRequest;
}

/** A link with everything that proves it. */
interface ProvenLink {
  link: Link;
  linkId: string;
  signature: Signature | null;
  method: Method;
  proof: string;
  proofLocation: string;
}

/**
 * Checks a proof and stores it for the relayer. When this returns, the submission is in the database.
 *
 * @throws {ApiError} 400 when something is wrong with it, 502 when a platform cannot be asked.
 */
export async function submitProof(context: Context, request: ProofRequest): Promise<OutboxItem> {
  const { chainId } = context.config.chain;
  const draft = await readDraft(context, request);
  const proven = draft.link.action === "create" ? await proveCreate(context, draft) : await proveDelete(context, draft);
  const item: NewItem = {
    uuid: draft.link.uuid,
    link_id: proven.linkId,
    avatar: draft.avatar.address.toLowerCase(),
    method: proven.method,
    submission: toSubmission(proven.link, {
      signature: proven.signature?.canonical ?? "0x",
      withKey: draft.previous === null,
      proof: proven.proof,
      proofLocation: proven.proofLocation,
    }),
    previous: draft.previous,
  };
  await requireAppendable(context, draft, item);
  return context.outbox.accept(item, (client) =>
    // A confirmation does not move the head.
    draft.claim ? Promise.resolve(draft.previous) : latestSignature(client, chainId, draft.avatar.address),
  );
}

/** @throws {ApiError} 400 where the contract refuses the item for good. */
async function requireAppendable({ config, db, registry }: Context, draft: Draft, item: NewItem): Promise<void> {
  // Where the chain cannot be asked just now, the relayer will ask it.
  const reason = await registry.refusal(item).catch(() => null);
  if (reason === null) return;
  // A link that waits for one before it in the queue looks stale to the chain, and yet will do.
  if (draft.previous !== (await latestIndexed(db, config.chain.chainId, draft.avatar.address))) return;
  // So does one that somebody else brought.
  if (item.method === "append" && (await registry.blockOf(item.link_id)) !== null) return;
  throw badRequest(reason);
}

async function readDraft(context: Context, request: ProofRequest): Promise<Draft> {
  const { chainId } = context.config.chain;
  const action = readAction(request.action);
  const avatar = readPublicKey(request.publicKey);
  const platform = readPlatform(request.platform, `platform not supported: ${request.platform}`);
  const createdAt = readCreatedAt(request.createdAt);
  const uuid = readUuid(request.uuid);
  const identity = readIdentity(platform, request.identity);
  const previous = await latestSignature(context.db, chainId, avatar.address);
  const [prev] = prevForms(previous);
  const link: Link = { action, platform: platform.id, identity, avatar: avatar.compressed, prev, createdAt, uuid };
  const claim =
    action === "create" && platform.needsPost
      ? await findOpenClaim(context.db, chainId, avatar.address, link)
      : undefined;
  if (claim) link.prev = claim.prev;
  else requireFresh(createdAt);
  readPayload(link, "");
  return { link, avatar, platform, previous, claim, request };
}

async function proveCreate(context: Context, draft: Draft): Promise<ProvenLink> {
  const { link, platform, claim, request } = draft;
  if (!platform.needsPost) {
    if (request.walletSignature === "") throw badRequest("wallet_signature not found");
    if (request.signature === "") throw badRequest("bad signature: extra.signature of the avatar is missing");
    const signed = verifyAvatar(draft, readSignature(request.signature, "error when decoding persona signature"));
    const proof = await verifyWallet(context, { ...draft, link: signed.link }, request.walletSignature);
    return { ...signed, method: "append", proof, proofLocation: "" };
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

function toApiError(error: unknown): unknown {
  if (error instanceof PlatformInputError) return badRequest(`${error.field}: ${error.message}`, error);
  if (error instanceof CheckError) {
    return new ApiError(error.severity === "soft" ? 502 : 400, error.message, { cause: error });
  }
  return error;
}

/** A delete is accepted with the avatar's signature, or the bound wallet's; nobody needs to publish anything for it. */
async function proveDelete(context: Context, draft: Draft): Promise<ProvenLink> {
  const { request, link, platform } = draft;
  const status = await bindingStatus(context.db, context.config.chain.chainId, draft.avatar.address, link);
  if (status === undefined || status === "deleted") {
    throw badRequest(`there is no proof of ${link.platform}: ${link.identity} under this avatar to delete`);
  }
  if (!platform.needsPost && request.walletSignature !== "") {
    const proof = await verifyWallet(context, draft, request.walletSignature);
    return { link, linkId: releaseId(link, proof), signature: null, method: "release", proof, proofLocation: "" };
  }
  if (request.signature === "") {
    throw badRequest("bad signature: a delete needs the avatar's signature in extra.signature");
  }
  const signed = verifyAvatar(draft, readSignature(request.signature, "error when decoding persona signature"));
  return { ...signed, method: "append", proof: "0x", proofLocation: "" };
}

/** @throws {ApiError} 400 unless the avatar signed the link, quoting its previous signature in either form. */
function verifyAvatar(draft: Draft, signature: Signature): Pick<ProvenLink, "link" | "linkId" | "signature"> {
  for (const prev of prevForms(draft.previous)) {
    const link = { ...draft.link, prev };
    if (recoversTo(link, signature, draft.avatar.compressed)) {
      return { link, linkId: linkId(link, signature.raw), signature };
    }
  }
  throw badRequest(explainBadSignature(draft.link, signature, draft.avatar.compressed, draft.request.identity));
}

function recoversTo(link: Link, signature: Signature, key: string): boolean {
  try {
    return recoverPublicKey(signPayload(link), signature.raw).compressed === key;
  } catch {
    return false;
  }
}

/**
 * The identity's own signature as bytes, `0x` hex: of an account with a key checked here, of a contract left to the chain
 * (ERC-1271).
 */
async function verifyWallet(context: Context, { platform, link }: Draft, signature: string): Promise<string> {
  const counter = readCounterSignature(platform, link, signature);
  if (counter.verified || (await context.provider.getCode(link.identity)) !== "0x") return counter.signature;
  throw badRequest(counter.message);
}

function readCounterSignature(platform: Platform, link: Link, signature: string): CounterSignature {
  try {
    return platform.verifyCounterSignature!(link, signature);
  } catch (error) {
    throw toApiError(error);
  }
}

/** A release is no link of the chain; it is named by what it says. */
function releaseId(link: Link, proof: string): string {
  return keccak256(toUtf8Bytes(`${signPayload(link)}${proof}`));
}
