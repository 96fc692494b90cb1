import { parsePublicKey } from "@syngraph/sdk/protocol";

import type { Context } from "../context.ts";
import { ApiError, badRequest, messageOf } from "../errors.ts";
import { platformOf } from "../platforms/index.ts";
import { bindingsOf } from "../proofs/read/bindings.ts";
import { proofShape, storedForms, toProof } from "../proofs/read/search.ts";
import { requiredText } from "./http.ts";
import { type Route, route } from "./route.ts";
import { z } from "zod";

/** GET /v1/proof/exists: whether an avatar has one identity, confirmed, or suspended and so not valid. */
export function proofExistsRoutes({ reads, checks }: Context): Route[] {
  return [
    route({
      method: "get",
      path: "/v1/proof/exists",
      tag: "ProofService",
      summary: "Whether an avatar has an identity",
      description:
        "What is only claimed, or was deleted, does not exist here; what is suspended does, and is not valid.",
      query: z.object({ platform: requiredText, identity: requiredText, public_key: requiredText }),
      answers: {
        200: {
          description: "It has, or had.",
          schema: proofShape.pick({ created_at: true, last_checked_at: true, is_valid: true, invalid_reason: true }),
        },
      },
      errors: { 404: "There is no such proof." },
      handle: async ({ query: { platform, identity, public_key } }) => {
        const avatar = readKey(public_key);
        const forms = storedForms(identity, platformOf(platform));
        const found = (await bindingsOf(reads, avatar)).find(
          (binding) =>
            (binding.status === "confirmed" || binding.status === "suspended") &&
            binding.platform === platform &&
            forms.includes(binding.identity),
        );
        if (!found) throw new ApiError(404, `Record not found for ${platform}: ${identity}`);
        checks.noticed([found]);
        const { created_at, last_checked_at, is_valid, invalid_reason } = toProof(found);
        return { created_at, last_checked_at, is_valid, invalid_reason };
      },
    }),
  ];
}

function readKey(publicKey: string): string {
  try {
    return parsePublicKey(publicKey).address.toLowerCase();
  } catch (error) {
    throw badRequest(`Public key unmarshal error: ${messageOf(error)}`, error);
  }
}
