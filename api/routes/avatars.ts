import { parsePublicKey } from "@syngraph/sdk/protocol";
import { Router } from "express";

import type { Context } from "../context.ts";
import { ApiError } from "../errors.ts";
import { avatarWithBindings } from "../proofs/read/avatars.ts";
import { validityOf } from "../proofs/read/search.ts";
import { methodNotAllowed } from "./http.ts";

/** GET /v1/avatars/{public key or address}: an avatar with all its bindings, also claimed, suspended and deleted ones. */
export function avatarRoutes({ db }: Context): Router {
  const router = Router();
  router
    .route("/v1/avatars/:key")
    .get(async (request, response) => {
      const { key } = request.params;
      const found = await avatarWithBindings(db, addressOf(key));
      if (!found) throw new ApiError(404, `no avatar ${key} is known`);
      const { avatar, bindings } = found;
      response.json({
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
      });
    })
    .all(methodNotAllowed("GET"));
  return router;
}

function addressOf(key: string): string {
  if (/^0x[0-9a-f]{40}$/i.test(key)) return key.toLowerCase();
  try {
    return parsePublicKey(key).address.toLowerCase();
  } catch (error) {
    throw new ApiError(400, `${key} is neither a public key nor an address`, { cause: error });
  }
}
