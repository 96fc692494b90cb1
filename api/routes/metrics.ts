import type { Context } from "../context.ts";
import { type Route, route } from "./route.ts";

/** GET /metrics: Prometheus's text format. */
export function metricsRoutes({ metrics }: Context): Route[] {
  return [
    route({
      method: "get",
      path: "/metrics",
      tag: "Operation",
      summary: "Figures for Prometheus",
      answers: { 200: { description: "Its text format.", text: "text/plain" } },
      handle: async ({ response }) => {
        response.type(metrics.contentType).send(await metrics.text());
        return undefined;
      },
    }),
  ];
}
