import { parsePublicKey } from "@syngraph/sdk/protocol";
import { Router } from "express";
import { z } from "zod";

import type { Context } from "../context.ts";
import { badRequest } from "../errors.ts";
import { changesAfter, proofChain } from "../proofs/read/chain.ts";
import { methodNotAllowed, queryInteger, readQuery } from "./http.ts";

const text = z.string().default("");
const chainQuery = z.object({ avatar: text, public_key: text, page: queryInteger });
const changesQuery = z.object({ last_id: queryInteger, count: queryInteger });

/** Links that GET /v1/proofchain/changes answers with where no count is given, and at most. */
const DEFAULT_COUNT = 10;
const MAX_COUNT = 100;

/** GET /v1/proofchain and GET /v1/proofchain/changes. */
export function proofChainRoutes({ db }: Context): Router {
  const router = Router();
  router
    .route("/v1/proofchain")
    .get(async (request, response) => {
      const query = readQuery(request, chainQuery);
      // `public_key` is what all SDKs send, `avatar` what the reference reads.
      const key = query.avatar || query.public_key;
      if (key === "") throw badRequest("Param missing: avatar");
      response.json(await proofChain(db, addressOf(key), Math.max(query.page, 1)));
    })
    .all(methodNotAllowed("GET"));

  router
    .route("/v1/proofchain/changes")
    .get(async (request, response) => {
      const { last_id, count } = readQuery(request, changesQuery);
      const limit = count <= 0 ? DEFAULT_COUNT : Math.min(count, MAX_COUNT);
      response.json({ links: await changesAfter(db, last_id, limit) });
    })
    .all(methodNotAllowed("GET"));
  return router;
}

/** The address of a key in any form; of what is no key, a name that no avatar has, since Next.ID answers an empty list. */
function addressOf(key: string): string {
  try {
    return parsePublicKey(key).address.toLowerCase();
  } catch {
    return "";
  }
}
