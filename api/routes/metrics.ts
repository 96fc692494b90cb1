import { Router } from "express";

import type { Context } from "../context.ts";
import { methodNotAllowed } from "./http.ts";

/** GET /metrics: Prometheus's text format. */
export function metricsRoutes({ metrics }: Context): Router {
  const router = Router();
  router
    .route("/metrics")
    .get(async (_request, response) => {
      response.type(metrics.contentType).send(await metrics.text());
    })
    .all(methodNotAllowed("GET"));
  return router;
}
