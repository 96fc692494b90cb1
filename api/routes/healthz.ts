import { Router } from "express";

import type { Context } from "../context.ts";
import { PLATFORMS } from "../platforms/index.ts";
import { methodNotAllowed } from "./http.ts";

/** GET /healthz in Next.ID's shape, and GET /readyz: whether requests can be served now. */
export function healthRoutes({ config, engine, watch }: Context): Router {
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
      const { ready, troubles, ...figures } = await watch.readiness();
      if (ready) response.json({ ready, ...figures });
      else response.status(503).json({ message: troubles.join("; "), ...figures });
    })
    .all(methodNotAllowed("GET"));
  return router;
}
