import {
  type Action,
  type Link,
  ProtocolError,
  type PublicKey,
  assertAppendable,
  parsePublicKey,
  parseSignature,
  parseUuid,
  signPayload,
} from "@syngraph/sdk/protocol";
import type { Signature } from "@syngraph/sdk/protocol";

import { badRequest, messageOf } from "../errors.ts";
import { platformOf } from "../platforms/index.ts";
import type { Engine } from "../platforms/engine.ts";
import type { Platform } from "../platforms/types.ts";
import { toApiError } from "./checkErrors.ts";

/** How far a payload's created_at may lie behind and ahead of this server's clock, in seconds: posts take time. */
const OLDEST = 30 * 24 * 3600;
const NEWEST = 10 * 60;

/** @throws {ApiError} 400 unless create or delete. */
export function readAction(text: string): Action {
  if (text !== "create" && text !== "delete") throw badRequest(`unknown action: ${text}`);
  return text;
}

/** @throws {ApiError} 400. */
export function readPublicKey(text: string): PublicKey {
  try {
    return parsePublicKey(text);
  } catch (error) {
    throw badRequest(`public key not recognized: ${messageOf(error)}`, error);
  }
}

/** @throws {ApiError} 400 with the given words where no such platform is known. */
export function readPlatform(id: string, words: string): Platform {
  const platform = platformOf(id);
  if (!platform) throw badRequest(words);
  return platform;
}

/** The identity in the platform's normal form. @throws {ApiError} 400, or 502 where only the platform can say and does not. */
export async function readIdentity(engine: Engine, platform: Platform, typed: string): Promise<string> {
  try {
    return await engine.resolveIdentity(platform, typed);
  } catch (error) {
    throw toApiError(error);
  }
}

/** Unix seconds from the decimal string of a payload. @throws {ApiError} 400. */
export function readCreatedAt(text: string): number {
  const seconds = Number(text);
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`error when parsing created_at: ${text} not recognized`);
  if (seconds > 1e11) {
    throw badRequest(
      `error when parsing created_at: ${text} is in milliseconds; it must be in seconds, as in the payload`,
    );
  }
  return seconds;
}

/** Refuses what was signed too long ago, or in the future; Unix seconds. @throws {ApiError} 400. */
export function requireFresh(createdAt: number, now = Date.now() / 1000): void {
  if (createdAt < now - OLDEST)
    throw badRequest(`created_at ${createdAt} is more than 30 days ago: ask for a new payload`);
  if (createdAt > now + NEWEST) throw badRequest(`created_at ${createdAt} lies in the future`);
}

/** @throws {ApiError} 400. */
export function readUuid(text: string): string {
  try {
    return parseUuid(text);
  } catch (error) {
    throw badRequest(`error when parsing uuid: ${text} not recognized`, error);
  }
}

/** @throws {ApiError} 400 that begins with `words`. */
export function readSignature(text: string, words: string): Signature {
  try {
    return parseSignature(text);
  } catch (error) {
    throw badRequest(`${words}: ${messageOf(error)}`, error);
  }
}

/** The text to sign of a link that the contract will be able to rebuild. @throws {ApiError} 400. */
export function readPayload(link: Link, proofLocation: string): string {
  try {
    assertAppendable(link, proofLocation);
  } catch (error) {
    if (error instanceof ProtocolError) throw badRequest(error.message, error);
    throw error;
  }
  return signPayload(link);
}
