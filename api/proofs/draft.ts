import { type Link, type PublicKey, isCosigned } from "@syngraph/sdk/protocol";

import type { Context } from "../context.ts";
import type { Platform } from "../platforms/types.ts";
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
import { latestSignature } from "./latest.ts";
import { prevForms } from "./prev.ts";
import { type OpenClaim, findOpenClaim } from "./read/claims.ts";

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
  /** As the platform writes it, or empty. */
  walletSignature: string;
  /** The other avatar's on `nextid`: hex, Base64, or empty. */
  targetSignature: string;
  /** The signature that the text quotes, where the asker knows better than the index; Base64. */
  prev?: string | undefined;
}

/** A request whose fields were read; the link's `prev` is the form that our payloads have. */
export interface Draft {
  link: Link;
  avatar: PublicKey;
  platform: Platform;
  /** The avatar's last signature, canonical, or null. */
  previous: string | null;
  /** The claim that this very link has made already, where it is on chain. */
  claim: OpenClaim | undefined;
  request: ProofRequest;
}

/** Reads a request as far as that needs no look at the other side. @throws {ApiError} 400. */
export async function readDraft(context: Context, request: ProofRequest): Promise<Draft> {
  const { chainId } = context.config.chain;
  const action = readAction(request.action);
  const avatar = readPublicKey(request.publicKey);
  const platform = readPlatform(request.platform, `platform not supported: ${request.platform}`);
  const createdAt = readCreatedAt(request.createdAt);
  const uuid = readUuid(request.uuid);
  const identity = await readIdentity(context.engine, platform, request.identity);
  const quoted = request.prev === undefined ? null : readSignature(request.prev, "error when decoding prev");
  const previous = quoted?.canonical ?? (await latestSignature(context.db, chainId, avatar.address));
  const prev = quoted?.base64 ?? prevForms(previous)[0];
  const link: Link = { action, platform: platform.id, identity, avatar: avatar.compressed, prev, createdAt, uuid };
  const claim =
    action === "create" && !isCosigned(platform.id)
      ? await findOpenClaim(context.db, chainId, avatar.address, link)
      : undefined;
  if (claim) link.prev = claim.prev;
  else requireFresh(createdAt);
  readPayload(link, "");
  return { link, avatar, platform, previous, claim, request };
}
