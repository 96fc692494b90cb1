import { z } from "zod";

import { shortOfQuorum, standingShape } from "../attest/standing.ts";
import type { Context } from "../context.ts";
import { badRequest } from "../errors.ts";
import { clientOf } from "../limits/clients.ts";
import { readAction, readPublicKey } from "../proofs/input.ts";
import { makePayload, payloadShape } from "../proofs/payload.ts";
import type { BindingStatus } from "../proofs/read/bindings.ts";
import { paginationShape } from "../proofs/read/pages.ts";
import { identityRecordShape, searchProofs } from "../proofs/read/search.ts";
import { submitProof } from "../proofs/submit.ts";
import { optionalText, queryBoolean, queryInteger, requiredText } from "./http.ts";
import { PAYLOAD_EXAMPLE, PROOF_EXAMPLE, payloadBody, proofBody } from "./proofBody.ts";
import { type Route, route } from "./route.ts";

const proofQuery = z.object({
  identity: requiredText.meta({ description: "One or, separated by commas, several; on `nextid` public keys." }),
  platform: optionalText.meta({ description: "This one only." }),
  page: queryInteger,
  exact: queryBoolean.meta({ description: "Else also what contains it, from three characters on." }),
  sort: optionalText.meta({
    description:
      "`id`, `created_at`, `last_checked_at`, `proof_chain_id`, `platform`, `identity`, `alt_id` or `activated_at`; anything else is `id`.",
  }),
  order: optionalText.meta({ description: "`asc` or `desc`; anything else is `desc`." }),
  status: z
    .enum(["", "confirmed", "suspended", "any"], "must be confirmed, suspended or any")
    .default("")
    .meta({ description: "Empty: what is confirmed or suspended." }),
});

/**
 * What each filter lists. Without one it is what both sides stood for once and did not take back: Next.ID, too, lists what
 * it no longer finds, as invalid.
 */
const STATUSES_LISTED: Record<z.infer<typeof proofQuery>["status"], readonly BindingStatus[]> = {
  "": ["confirmed", "suspended"],
  confirmed: ["confirmed"],
  suspended: ["suspended"],
  any: ["confirmed", "suspended", "claimed", "deleted"],
};

/** POST /v1/proof/payload, POST and GET /v1/proof. */
export function proofRoutes(context: Context): Route[] {
  return [
    route({
      method: "post",
      path: "/v1/proof/payload",
      tag: "ProofService",
      summary: "What to sign, and what to publish, to make or delete a binding",
      description: "Nothing is stored: it may be asked for any number of times.",
      body: payloadBody,
      words: { unreadable: "when parsing body", missing: "param invalid" },
      example: PAYLOAD_EXAMPLE,
      answers: { 200: { description: "The payload.", schema: payloadShape } },
      errors: { 502: "The platform had to be asked and could not be." },
      handle: ({ body }) =>
        makePayload(context, {
          action: readAction(body.action),
          platform: body.platform,
          identity: body.identity,
          publicKey: body.public_key,
        }),
    }),
    route({
      method: "post",
      path: "/v1/proof",
      tag: "ProofService",
      summary: "Submit a proof, or the deletion of one",
      description:
        "What is accepted is never lost. A deletion needs the avatar's signature or the other side's, and no post.",
      body: proofBody,
      words: { unreadable: "parse request failed" },
      example: PROOF_EXAMPLE,
      answers: {
        201: {
          description: "It is on chain, and readable here.",
          schema: z.object({}),
          headers: { Location: "Its status." },
        },
        202: {
          description: "It is stored and will be on chain, or is there as a claim; ask at `Location`.",
          schema: standingShape.partial(),
          headers: { Location: "Its status." },
        },
      },
      errors: { 502: "The platform could not be asked." },
      handle: async ({ body, request, response }) => {
        const sent = {
          action: body.action,
          platform: body.platform,
          identity: body.identity,
          publicKey: body.public_key,
          uuid: body.uuid,
          createdAt: body.created_at,
          proofLocation: body.proof_location,
          signature: body.extra.signature,
          walletSignature: body.extra.wallet_signature,
          targetSignature: body.extra.target_signature,
        };
        const item = await submitProof(context, sent, clientOf(request.ip));
        const outcome = await context.settlements.of(item.id, context.config.submitTimeout);
        if (outcome.state === "refused") throw badRequest(outcome.reason);
        // A claim is on chain, but no proof yet: it becomes one when more attesters have seen it.
        const standing = outcome.readable ? await shortOfQuorum(context, item) : null;
        response
          .status(outcome.readable && standing === null ? 201 : 202)
          .location(`/v1/submissions/${item.uuid}?avatar=${readPublicKey(body.public_key).compressed}`);
        return standing ?? {};
      },
    }),
    route({
      method: "get",
      path: "/v1/proof",
      tag: "ProofService",
      summary: "The avatars that have an identity, each with all its proofs",
      description: "The page counts matching proofs, so an avatar with several comes once for all of them on a page.",
      query: proofQuery,
      answers: {
        200: {
          description: "A page of them; empty where there is none.",
          schema: z.object({ pagination: paginationShape, ids: z.array(identityRecordShape) }),
        },
      },
      handle: ({ query }) => {
        const identities = query.identity.split(",").filter((identity) => identity !== "");
        if (identities.length === 0) throw badRequest("Param missing: identity");
        const search = {
          identities,
          platform: query.platform,
          page: Math.max(query.page, 1),
          exact: query.exact,
          sort: query.sort,
          order: query.order === "asc" ? ("asc" as const) : ("desc" as const),
          statuses: STATUSES_LISTED[query.status],
        };
        return searchProofs(context.reads, search, (bindings) => context.checks.noticed(bindings));
      },
    }),
  ];
}
