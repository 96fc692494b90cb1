import { Router } from "express";

import type { Context } from "../context.ts";
import { indexedBlock } from "../db/progress.ts";
import { PLATFORMS } from "../platforms/index.ts";
import { methodNotAllowed } from "./http.ts";

/** How many blocks the index may lie behind the chain while it counts as ready. */
const MAX_LAG = 10;

/** GET /healthz in Next.ID's shape, and GET /readyz: whether requests can be served now. */
export function healthRoutes({ config, db, provider, engine }: Context): Router {
  const router = Router();
  router
    .route("/healthz")
    .get((_request, response) => {
      response.json({
        hello: "proof service",
        runtime: "standalone",
        platforms: PLATFORMS.map(({ id }) => id),
        environment: process.env.NODE_ENV ?? "unknown",
        revision: process.env.REVISION ?? "UNKNOWN",
        built_at: "0",
        platform_status: Object.fromEntries(PLATFORMS.map((platform) => [platform.id, engine.statusOf(platform)])),
        chain: { chain_id: config.chain.chainId, proof_registry: config.chain.proofRegistry },
      });
    })
    .all(methodNotAllowed("GET"));
  router
    .route("/readyz")
    .get(async (_request, response) => {
      const [indexed, head] = await Promise.all([indexedBlock(db, config.chain.chainId), provider.getBlockNumber()]);
      const blocks = { indexed_block: indexed, chain_block: head };
      if (indexed === null || head - indexed > MAX_LAG) {
        response.status(503).json({ message: `the index is at block ${indexed}, the chain at ${head}`, ...blocks });
        return;
      }
      response.json({ ready: true, ...blocks });
    })
    .all(methodNotAllowed("GET"));
  return router;
}
