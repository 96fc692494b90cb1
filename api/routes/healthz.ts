import { z } from "zod";

import type { Context } from "../context.ts";
import { indexedBlock } from "../db/progress.ts";
import { PLATFORMS } from "../platforms/index.ts";
import { addressText } from "../shapes.ts";
import { type Route, route } from "./route.ts";

/** How many blocks the index may lie behind the chain while it counts as ready. */
const MAX_LAG = 10;

const blocks = { indexed_block: z.int().nullable(), chain_block: z.int() };

/** GET /healthz in Next.ID's shape, and GET /readyz: whether requests can be served now. */
export function healthRoutes({ config, db, provider, engine }: Context): Route[] {
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
              .record(z.string(), z.enum(["live", "needs credential", "service closed"]))
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
        200: { description: "They can.", schema: z.object({ ready: z.literal(true), ...blocks }) },
        503: {
          description: "The index lies behind the chain, or one of them cannot be asked.",
          schema: z.object({ message: z.string(), ...z.object(blocks).partial().shape }),
        },
      },
      handle: async ({ response }) => {
        const [indexed, head] = await Promise.all([indexedBlock(db, config.chain.chainId), provider.getBlockNumber()]);
        const at = { indexed_block: indexed, chain_block: head };
        if (indexed !== null && head - indexed <= MAX_LAG) return { ready: true as const, ...at };
        response.status(503);
        return { message: `the index is at block ${indexed}, the chain at ${head}`, ...at };
      },
    }),
  ];
}
