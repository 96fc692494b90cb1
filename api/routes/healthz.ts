import { z } from "zod";

import type { Context } from "../context.ts";
import { PLATFORMS } from "../platforms/index.ts";
import { addressText } from "../shapes.ts";
import { platformStatus } from "./platforms.ts";
import { type Route, route } from "./route.ts";

const figures = {
  indexed_block: z.int().nullable(),
  chain_block: z.int().nullable(),
  relayer_balance: z.string().nullable().meta({ description: "In ether, as a decimal." }),
};

/** GET /healthz in Next.ID's shape, and GET /readyz: whether requests can be served now. */
export function healthRoutes({ config, engine, watch }: Context): Route[] {
  return [
    route({
      method: "get",
      path: "/healthz",
      tag: "Operation",
      summary: "What this server is, and which platforms it serves",
      answers: {
        200: {
          description: "It runs.",
          schema: z.object({
            hello: z.literal("proof service"),
            runtime: z.string(),
            platforms: z.array(z.string()),
            environment: z.string(),
            revision: z.string(),
            built_at: z.string(),
            platform_status: z
              .record(z.string(), platformStatus)
              .meta({ description: "Whether bindings can be made, by platform." }),
            chain: z.object({ chain_id: z.int(), proof_registry: addressText }),
          }),
        },
      },
      handle: () => ({
        hello: "proof service" as const,
        runtime: "standalone",
        platforms: PLATFORMS.map(({ id }) => id),
        environment: process.env.NODE_ENV ?? "unknown",
        revision: process.env.REVISION ?? "UNKNOWN",
        built_at: "0",
        platform_status: Object.fromEntries(PLATFORMS.map((platform) => [platform.id, engine.statusOf(platform)])),
        chain: { chain_id: config.chain.chainId, proof_registry: config.chain.proofRegistry },
      }),
    }),
    route({
      method: "get",
      path: "/readyz",
      tag: "Operation",
      summary: "Whether requests can be served now",
      answers: {
        200: { description: "They can.", schema: z.object({ ready: z.literal(true), ...figures }) },
        503: {
          description: "Chain, database or index do not answer or lag behind, or the relayer cannot pay much longer.",
          schema: z.object({ message: z.string(), ...figures }),
        },
      },
      handle: async ({ response }) => {
        const { ready, troubles, ...at } = await watch.readiness();
        if (ready) return { ready: true as const, ...at };
        response.status(503);
        return { message: troubles.join("; "), ...at };
      },
    }),
  ];
}
