import { Router } from "express";
import { z } from "zod";

import type { Context } from "../context.ts";
import { ApiError, badRequest, messageOf } from "../errors.ts";
import { platformOf } from "../platforms/index.ts";
import { bindingsOf } from "../proofs/read/bindings.ts";
import { storedForms, toProof } from "../proofs/read/search.ts";
import { methodNotAllowed, readQuery } from "./http.ts";
import { parsePublicKey } from "@syngraph/sdk/protocol";

const text = z.string().default("");
const query = z.object({ platform: text, identity: text, public_key: text });

/** GET /v1/proof/exists: whether an avatar has one identity, confirmed, or suspended and so not valid. */
export function proofExistsRoutes({ db, checks }: Context): Router {
  const router = Router();
  router
    .route("/v1/proof/exists")
    .get(async (request, response) => {
      const { platform, identity, public_key } = readQuery(request, query);
      for (const [name, value] of Object.entries({ platform, identity, public_key })) {
        if (value === "") throw badRequest(`Param missing: ${name}`);
      }
      const avatar = readKey(public_key);
      const forms = storedForms(identity, platformOf(platform));
      const found = (await bindingsOf(db, [avatar])).find(
        (binding) =>
          (binding.status === "confirmed" || binding.status === "suspended") &&
          binding.platform === platform &&
          forms.includes(binding.identity),
      );
      if (!found) throw new ApiError(404, `Record not found for ${platform}: ${identity}`);
      checks.noticed([found]);
      const { created_at, last_checked_at, is_valid, invalid_reason } = toProof(found);
      response.json({ created_at, last_checked_at, is_valid, invalid_reason });
    })
    .all(methodNotAllowed("GET"));
  return router;
}

function readKey(publicKey: string): string {
  try {
    return parsePublicKey(publicKey).address.toLowerCase();
  } catch (error) {
    throw badRequest(`Public key unmarshal error: ${messageOf(error)}`, error);
  }
}
