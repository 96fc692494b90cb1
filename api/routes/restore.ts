import { z } from "zod";

import type { Context } from "../context.ts";
import { restorePublicKey } from "../proofs/restore.ts";
import { publicKeyText } from "../shapes.ts";
import { optionalText, requiredText } from "./http.ts";
import { type Route, route } from "./route.ts";

/** POST /v1/proof/restore_pubkey: whose signature a post carries. */
export function restoreRoutes(context: Context): Route[] {
  return [
    route({
      method: "post",
      path: "/v1/proof/restore_pubkey",
      tag: "ProofService",
      summary: "The public key that signed a post",
      description:
        "Of any platform with posts: by the post's text, with `uuid`, `created_at` and `previous` where it does not say them, " +
        "or by these and `signature` alone.\n\n" +
        "**The answer proves nothing by itself.** Every signature recovers to some key. That the key has the binding is " +
        "what `/v1/proof/exists` and the chain say.",
      body: z.object({
        action: requiredText.meta({ description: "`create` or `delete`." }),
        platform: requiredText,
        identity: requiredText,
        proof_post: optionalText.meta({ description: "The text that was published." }),
        uuid: optionalText,
        created_at: optionalText.meta({ description: "Unix seconds as text." }),
        signature: optionalText.meta({ description: "In Base64." }),
        previous: optionalText.meta({ description: "The signature that the text quotes, in Base64; empty for none." }),
      }),
      words: { unreadable: "Param type error", missing: "param missing" },
      example: {
        action: "create",
        platform: "dns",
        identity: "testcase.nextnext.id",
        proof_post:
          "ps:true;v:1;sig:3QgQUPrPiBloBev8uf1wyjpa4roK4xjN2OXeBpqQFYMOHFo+blMR0Ppyc/JVj0jtdLDGBTrOFdOJPMfvUXZkwAE=;" +
          "ca:1664267795;uuid:80c98711-f4f6-43c7-b05c-8d86372f6131;prev:null",
      },
      answers: { 200: { description: "Some key.", schema: z.object({ public_key: publicKeyText }) } },
      errors: { 502: "The platform had to be asked for the identity and could not be." },
      handle: async ({ body }) => ({
        public_key: await restorePublicKey(context, {
          action: body.action,
          platform: body.platform,
          identity: body.identity,
          proofPost: body.proof_post,
          uuid: body.uuid,
          createdAt: body.created_at,
          signature: body.signature,
          previous: body.previous,
        }),
      }),
    }),
  ];
}
