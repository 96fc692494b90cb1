import { Router } from "express";
import { z } from "zod";

import { shortOfQuorum } from "../attest/standing.ts";
import type { Context } from "../context.ts";
import { badRequest } from "../errors.ts";
import { readAction, readPublicKey } from "../proofs/input.ts";
import { makePayload } from "../proofs/payload.ts";
import type { BindingStatus } from "../proofs/read/bindings.ts";
import { searchProofs } from "../proofs/read/search.ts";
import { submitProof } from "../proofs/submit.ts";
import { settled } from "../relay/settled.ts";
import { methodNotAllowed, queryBoolean, queryInteger, readBody, readQuery } from "./http.ts";

const text = z.string().default("");
const extra = z.object({ signature: text, wallet_signature: text }).prefault({});

const payloadBody = z.object({ action: text, platform: text, identity: text, public_key: text, extra });

const proofBody = payloadBody.extend({ uuid: text, created_at: text, proof_location: text });

const proofQuery = z.object({
  identity: z.string().optional(),
  platform: text,
  page: queryInteger,
  exact: queryBoolean,
  sort: text,
  order: text,
  status: z.enum(["", "confirmed", "suspended", "any"], "must be confirmed, suspended or any").default(""),
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
export function proofRoutes(context: Context): Router {
  const router = Router();
  router
    .route("/v1/proof/payload")
    .post(async (request, response) => {
      const body = readBody(request, payloadBody, "when parsing body");
      for (const field of ["action", "platform", "identity", "public_key"] as const) {
        if (body[field] === "") throw badRequest(`param invalid: ${field} is missing`);
      }
      const action = readAction(body.action);
      response.json(
        await makePayload(context, {
          action,
          platform: body.platform,
          identity: body.identity,
          publicKey: body.public_key,
        }),
      );
    })
    .all(methodNotAllowed("POST"));

  router
    .route("/v1/proof")
    .post(async (request, response) => {
      const body = readBody(request, proofBody, "parse request failed");
      const item = await submitProof(context, {
        action: body.action,
        platform: body.platform,
        identity: body.identity,
        publicKey: body.public_key,
        uuid: body.uuid,
        createdAt: body.created_at,
        proofLocation: body.proof_location,
        signature: body.extra.signature,
        walletSignature: body.extra.wallet_signature,
      });
      const outcome = await settled(context.db, item.id, context.config.submitTimeout);
      if (outcome.state === "refused") throw badRequest(outcome.reason);
      // A claim is on chain, but no proof yet: it becomes one when more attesters have seen it.
      const standing = outcome.readable ? await shortOfQuorum(context, item) : null;
      response
        .status(outcome.readable && standing === null ? 201 : 202)
        .location(`/v1/submissions/${item.uuid}?avatar=${readPublicKey(body.public_key).compressed}`)
        .json(standing ?? {});
    })
    .get(async (request, response) => {
      const query = readQuery(request, proofQuery);
      const identities = (query.identity ?? "").split(",").filter((identity) => identity !== "");
      if (identities.length === 0) throw badRequest("Param missing: identity");
      response.json(
        await searchProofs(context.db, {
          identities,
          platform: query.platform,
          page: Math.max(query.page, 1),
          exact: query.exact,
          sort: query.sort,
          order: query.order === "asc" ? "asc" : "desc",
          statuses: STATUSES_LISTED[query.status],
        }),
      );
    })
    .all(methodNotAllowed("GET, POST"));
  return router;
}
