import { randomUUID } from "node:crypto";

import type { Action, Link } from "@syngraph/sdk/protocol";

import { z } from "zod";

import type { Context } from "../context.ts";
import { timeText, uuidText } from "../shapes.ts";
import { readIdentity, readPayload, readPlatform, readPublicKey } from "./input.ts";
import { latestSignature } from "./latest.ts";
import { prevForms } from "./prev.ts";

/** What a user signs and publishes to make or delete a binding. */
export const payloadShape = z
  .object({
    post_content: z.object({ default: z.string() }).catchall(z.string()).meta({
      description: "What to publish, by language, with the signature in place of `%SIG_BASE64%`; empty for a wallet.",
    }),
    sign_payload: z.string().meta({ description: "To be signed with EIP-191 (personal_sign)." }),
    uuid: uuidText,
    created_at: timeText,
  })
  .meta({ id: "Payload" });
export type Payload = z.infer<typeof payloadShape>;

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
