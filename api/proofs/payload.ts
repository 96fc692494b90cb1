import { randomUUID } from "node:crypto";

import type { Action, Link } from "@syngraph/sdk/protocol";

import type { Context } from "../context.ts";
import type { PostContent } from "../platforms/types.ts";
import { readIdentity, readPayload, readPlatform, readPublicKey } from "./input.ts";
import { latestSignature } from "./latest.ts";
import { prevForms } from "./prev.ts";

/** What a user signs and publishes to make or delete a binding. */
export interface Payload {
  post_content: PostContent;
  sign_payload: string;
  uuid: string;
  /** Unix seconds. */
  created_at: string;
}

/** Makes a payload. Nothing is stored: it may be asked for any number of times. */
export async function makePayload(
  context: Context,
  request: { action: Action; platform: string; identity: string; publicKey: string },
): Promise<Payload> {
  const avatar = readPublicKey(request.publicKey);
  const platform = readPlatform(request.platform, "unknown platform");
  const [prev] = prevForms(await latestSignature(context.db, context.config.chain.chainId, avatar.address));
  const link: Link = {
    action: request.action,
    platform: platform.id,
    identity: await readIdentity(context.engine, platform, request.identity),
    avatar: avatar.compressed,
    prev,
    createdAt: Math.floor(Date.now() / 1000),
    uuid: randomUUID(),
  };
  const signPayload = readPayload(link, "");
  return {
    post_content: platform.postContent({ link, avatar, typedIdentity: request.identity, signPayload }),
    sign_payload: signPayload,
    uuid: link.uuid,
    created_at: String(link.createdAt),
  };
}
