import {
  type Action,
  type Link,
  parsePublicKey,
  parseSignature,
  parseUuid,
  recoverPublicKey,
  signPayload,
} from "@syngraph/sdk/protocol";
import { decodeBase64, hexlify } from "ethers";

import type { Context } from "../context.ts";
import { badRequest, messageOf } from "../errors.ts";
import { CheckError, type Platform, type Published } from "../platforms/types.ts";
import { readAction, readCreatedAt, readIdentity, readPayload, readPlatform } from "./input.ts";

/** Proofs in a post that are read at most: each costs a recovery, of about a millisecond. */
const MOST_PROOFS = 16;

/** What POST /v1/proof/restore_pubkey brings, as text; empty where it is not given. */
export interface RestoreRequest {
  action: string;
  platform: string;
  identity: string;
  proofPost: string;
  uuid: string;
  createdAt: string;
  signature: string;
  previous: string;
}

/** What of a link its post or the request tells, beside what it is about. */
interface Told {
  uuid: string;
  createdAt: string;
  prev: string | null;
  /** `0x` hex. */
  signature: string;
}

/**
 * The public key whose signature a post or a request carries. From any signature some key can be recovered: the answer is
 * worth nothing until the key is found to have the binding.
 *
 * @throws {ApiError} 400.
 */
export async function restorePublicKey(context: Context, request: RestoreRequest): Promise<string> {
  const action = readAction(request.action);
  const platform = readPlatform(request.platform, `unknown platform: ${request.platform}`);
  if (!platform.needsPost) {
    throw badRequest(`what is signed on ${platform.id} names the avatar's key: it cannot be restored from a signature`);
  }
  const identity = await readIdentity(context.engine, platform, request.identity);
  const published = request.proofPost === "" ? [undefined] : readPost(platform, request.proofPost);
  const keys = new Set(published.map((post) => restore(request, { action, platform: platform.id, identity }, post)));
  if (keys.size > 1) throw badRequest(`proof_post carries proofs of several keys: ${[...keys].join(", ")}`);
  return [...keys][0]!;
}

/** @throws {ApiError} 400 where there is no proof in the text. */
function readPost(platform: Platform, text: string): Published[] {
  try {
    const found = [platform.readProof?.(text) ?? []].flat();
    if (found.length > MOST_PROOFS) {
      throw badRequest(`proof_post carries ${found.length} proofs, at most ${MOST_PROOFS} are read`);
    }
    if (found.length > 0) return found;
  } catch (error) {
    if (!(error instanceof CheckError)) throw error;
    throw badRequest(`proof_post ${error.message}`, error);
  }
  throw badRequest(`proof_post holds no proof as it is published on ${platform.name}`);
}

function restore(
  request: RestoreRequest,
  about: { action: Action; platform: string; identity: string },
  post: Published | undefined,
): string {
  const told = tellAll(request, post);
  const link: Link = {
    ...about,
    avatar: "",
    prev: told.prev,
    createdAt: readTime(told.createdAt),
    uuid: readUuidText(told.uuid),
  };
  readPayload(link, "");
  const key = recover(link, told.signature);
  const stated = post?.avatar;
  if (stated !== undefined && compressed(stated) !== key) {
    throw badRequest(`restoring pubkey from sig: proof_post names ${stated}, but its signature is by ${key}`);
  }
  return key;
}

/** What the post says counts; what it does not say has to stand in the request. */
function tellAll(request: RestoreRequest, post: Published | undefined): Told {
  const signed = statedPayload(post?.signPayload);
  const uuid = post?.uuid ?? (request.uuid || signed.uuid);
  const createdAt = post?.createdAt ?? (request.createdAt || signed.created_at);
  const missing = Object.entries({ uuid, created_at: createdAt, signature: post ? "-" : request.signature })
    .filter(([, value]) => !value)
    .map(([name]) => name);
  if (missing.length > 0) {
    const why = post ? "the post does not say it" : "without proof_post it is needed";
    throw badRequest(`param missing: ${missing.join(", ")} (${why})`);
  }
  const prev = post?.prev === undefined ? request.previous || (signed.prev ?? null) : post.prev;
  if (prev !== null) readBytes(prev, "previous signature");
  return {
    uuid: uuid!,
    createdAt: createdAt!,
    prev,
    signature: post ? post.signature.raw : readBytes(request.signature, "signature"),
  };
}

/** Members of the text that a post says was signed. */
function statedPayload(text: string | undefined): { uuid?: string; created_at?: string; prev?: string } {
  try {
    const stated: unknown = JSON.parse(text ?? "");
    return Object.fromEntries(
      Object.entries(stated as object).filter(([, value]) => typeof value === "string" && value !== ""),
    );
  } catch {
    return {};
  }
}

function recover(link: Link, signature: string): string {
  try {
    return recoverPublicKey(signPayload(link), parseSignature(signature).raw).compressed;
  } catch (error) {
    throw badRequest(`restoring pubkey from sig: ${messageOf(error)}`, error);
  }
}

function compressed(stated: string): string | null {
  try {
    return parsePublicKey(stated).compressed;
  } catch {
    return null;
  }
}

function readUuidText(text: string): string {
  try {
    return parseUuid(text);
  } catch (error) {
    throw badRequest(`UUID parse error: ${messageOf(error)}`, error);
  }
}

function readTime(text: string): number {
  try {
    return readCreatedAt(text);
  } catch (error) {
    throw badRequest(`created_at parse error: ${text} not recognized, it must be Unix seconds`, error);
  }
}

/** 65 bytes in standard Base64, as `0x` hex. */
function readBytes(text: string, words: string): string {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    throw badRequest(`${words} parse error: not standard Base64`);
  }
  const bytes = decodeBase64(text);
  if (bytes.length !== 65) throw badRequest(`${words} length error: expect 65, got ${bytes.length}`);
  return hexlify(bytes);
}
