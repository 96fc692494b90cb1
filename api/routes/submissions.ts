import { Router } from "express";
import { z } from "zod";

import { shortOfQuorum } from "../attest/standing.ts";
import type { Context } from "../context.ts";
import { ApiError } from "../errors.ts";
import { readPublicKey, readUuid } from "../proofs/input.ts";
import { methodNotAllowed, readQuery } from "./http.ts";

const query = z.object({ avatar: z.string().default("") });

/** GET /v1/submissions/{uuid}: where a submission stands; `avatar` is the public key of whose it is. */
export function submissionRoutes(context: Context): Router {
  const { outbox } = context;
  const router = Router();
  router
    .route("/v1/submissions/:uuid")
    .get(async (request, response) => {
      const uuid = readUuid(request.params.uuid);
      const { avatar } = readQuery(request, query);
      const item = await outbox.find(uuid, avatar === "" ? undefined : readPublicKey(avatar).address.toLowerCase());
      if (!item) throw new ApiError(404, `no submission ${uuid} is known`);
      response.json({
        uuid,
        state: item.state,
        link_id: item.link_id,
        chain_id: item.chain_id,
        tx_hash: item.tx_hash,
        block: item.block,
        reason: item.reason,
        ...(item.state === "included" ? await shortOfQuorum(context, item) : {}),
      });
    })
    .all(methodNotAllowed("GET"));
  return router;
}
