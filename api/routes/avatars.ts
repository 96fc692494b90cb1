import { parsePublicKey } from "@syngraph/sdk/protocol";
import { z } from "zod";

import type { Context } from "../context.ts";
import { ApiError } from "../errors.ts";
import { avatarOf } from "../proofs/read/avatars.ts";
import { avatarChainShape, toAvatarChain } from "../proofs/read/chains.ts";
import { forkShape } from "../proofs/read/forks.ts";
import { proofShape, toProof } from "../proofs/read/search.ts";
import { urisOf } from "../proofs/read/uris.ts";
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
    chains: true,
    disputed_by: true,
    last_checked_at: true,
    is_valid: true,
    invalid_reason: true,
  })
  .extend({
    as_of: timeText.meta({ description: "When that was last seen to be so." }),
    uri: z.string().nullable().meta({ description: "The account's profile, or a URI of its kind." }),
    proof_uri: z.string().nullable().meta({ description: "Where people see the post." }),
  })
  .meta({ id: "Binding" });

/** GET /v1/avatars/{public key or address}: an avatar with all its bindings, also claimed, suspended and deleted ones. */
export function avatarRoutes({ reads }: Context): Route[] {
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
            chains: z.array(avatarChainShape).meta({ description: "Where it stands, the longest first." }),
            forks: z.array(forkShape).meta({ description: "Where these diverge." }),
            bindings: z.array(bindingShape),
          }),
        },
      },
      errors: { 404: "No chain knows it." },
      handle: async ({ params: { key } }) => {
        const avatar = await avatarOf(reads, addressOf(key));
        if (!avatar) throw new ApiError(404, `no avatar ${key} is known`);
        return {
          avatar: avatar.public_key,
          address: avatar.address,
          length: avatar.chains[0]!.length,
          chains: avatar.chains.map(toAvatarChain),
          forks: avatar.forks,
          bindings: avatar.bindings.map((binding) => {
            const { created_at: _, ...proof } = toProof(binding);
            return { ...proof, as_of: String(binding.as_of), ...urisOf(binding) };
          }),
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
