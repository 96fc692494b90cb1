import { z } from "zod";

import type { Context } from "../context.ts";
import { PLATFORMS } from "../platforms/index.ts";
import type { Platform } from "../platforms/types.ts";
import { type Route, route } from "./route.ts";

/** Whether bindings can be made. */
export const platformStatus = z.enum(["live", "needs credential", "service closed"]);

const rule = z.string().meta({ description: "What is expected, to finish the sentence “… is not …”." });

const expressions = z.array(z.string()).meta({
  description:
    "Regular expressions (ECMA-262, without flags), one of which matches what is typed, without blanks around it. They " +
    "find slips while somebody types; what counts is what the calls say that take it.",
});

const platformShape = z
  .object({
    id: z.string().meta({ description: "As it stands in signed texts." }),
    name: z.string(),
    status: platformStatus.meta({ description: "Whether this node can make bindings." }),
    side: z.enum(["wallet", "avatar", "post"]).meta({
      description: "What confirms a binding: a wallet's or another avatar's signature, or something published.",
    }),
    identity_rule: rule,
    identity_shapes: expressions,
    location: z
      .object({ rule, shapes: expressions })
      .nullable()
      .meta({ description: "Where the proof is, as to be given in `proof_location`; null where none is to be given." }),
    compose: z
      .string()
      .nullable()
      .meta({
        description:
          "Where a browser publishes it, with slots `{post}`, `{identity}` and `{host}` (of user@host) to fill in " +
          "percent-encoded. Without `{post}`, the text has to be pasted there.",
      }),
    profile: z.string().nullable().meta({ description: "The account's page, with the slot `{identity}`." }),
  })
  .meta({ id: "Platform" });

/** GET /v1/platforms: all that a form needs to know to have somebody bind something. */
export function platformRoutes({ engine }: Pick<Context, "engine">): Route[] {
  return [
    route({
      method: "get",
      path: "/v1/platforms",
      tag: "Syngraph",
      summary: "The platforms, what identities look like there, and where to publish",
      answers: {
        200: { description: "All of them.", schema: z.object({ platforms: z.array(platformShape) }) },
      },
      handle: ({ response }) => {
        response.setHeader("Cache-Control", "public, max-age=60");
        return { platforms: PLATFORMS.map((platform) => ({ ...print(platform), status: engine.statusOf(platform) })) };
      },
    }),
  ];
}

function print(platform: Platform): Omit<z.output<typeof platformShape>, "status"> {
  const { id, name, identity, resolution, location, compose, uri } = platform;
  return {
    ...{ id, name, side: sideOf(platform) },
    identity_rule: identity.rule,
    identity_shapes: sourcesOf([...identity.shapes, ...(resolution?.shapes ?? [])]),
    location: location ? { rule: location.rule, shapes: sourcesOf(location.shapes) } : null,
    compose: compose ?? null,
    // Of an account's number only those know who looked; other schemes than https open nothing.
    profile: typeof uri === "string" && uri.startsWith("https:") && !uri.includes("{account}") ? uri : null,
  };
}

function sideOf({ needsPost, counterField }: Platform): "wallet" | "avatar" | "post" {
  if (needsPost) return "post";
  return counterField === "target_signature" ? "avatar" : "wallet";
}

function sourcesOf(shapes: readonly RegExp[]): string[] {
  return shapes.map(({ source }) => source);
}
