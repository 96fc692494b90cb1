import { parsePublicKey } from "@syngraph/sdk/protocol";
import { z } from "zod";

import type { Context } from "../context.ts";
import { ApiError } from "../errors.ts";
import { avatarWithBindings } from "../proofs/read/avatars.ts";
import { proofShape, validityOf } from "../proofs/read/search.ts";
import { addressText, publicKeyText, timeText } from "../shapes.ts";
import { type Route, route } from "./route.ts";

const bindingShape = proofShape
  .pick({
    platform: true,
    identity: true,
    alt_id: true,
    status: true,
    proof_location: true,
    attesters: true,
    link_id: true,
    chain_id: true,
    last_checked_at: true,
    is_valid: true,
    invalid_reason: true,
  })
  .extend({ as_of: timeText.meta({ description: "When that was last seen to be so." }) })
  .meta({ id: "Binding" });

/** GET /v1/avatars/{public key or address}: an avatar with all its bindings, also claimed, suspended and deleted ones. */
export function avatarRoutes({ db }: Context): Route[] {
  return [
    route({
      method: "get",
      path: "/v1/avatars/{key}",
      tag: "Syngraph",
      summary: "An avatar with all its bindings",
      description: "Also those that are only claimed, suspended or deleted, the latest first.",
      params: z.object({ key: z.string().meta({ description: "A public key in any form, or its address." }) }),
      answers: {
        200: {
          description: "The avatar.",
          schema: z.object({
            avatar: publicKeyText,
            address: addressText,
            length: z.int().meta({ description: "Links of its longest chain." }),
            bindings: z.array(bindingShape),
          }),
        },
      },
      errors: { 404: "No chain knows it." },
      handle: async ({ params: { key } }) => {
        const found = await avatarWithBindings(db, addressOf(key));
        if (!found) throw new ApiError(404, `no avatar ${key} is known`);
        const { avatar, bindings } = found;
        return {
          avatar: avatar.public_key,
          address: avatar.address,
          length: avatar.length,
          bindings: bindings.map((binding) => ({
            platform: binding.platform,
            identity: binding.identity,
            alt_id: binding.alt_id,
            status: binding.status,
            proof_location: binding.proof_location,
            as_of: String(binding.as_of),
            last_checked_at: String(binding.last_checked_at),
            ...validityOf(binding),
            attesters: binding.attesters,
            link_id: binding.link_id,
            chain_id: binding.chain_id,
          })),
        };
      },
    }),
  ];
}

/** The address of an avatar that is named by it or by its key. @throws {ApiError} 400. */
export function addressOf(key: string): string {
  if (/^0x[0-9a-f]{40}$/i.test(key)) return key.toLowerCase();
  try {
    return parsePublicKey(key).address.toLowerCase();
  } catch (error) {
    throw new ApiError(400, `${key} is neither a public key nor an address`, { cause: error });
  }
}
