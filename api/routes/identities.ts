import { createHash } from "node:crypto";

import type { Response } from "express";
import { z } from "zod";

import type { Context } from "../context.ts";
import { ApiError, badRequest } from "../errors.ts";
import { platformIdOf, storedBeginnings, vertexOf, vertexOfId } from "../graph/identityOf.ts";
import type { VertexId } from "../graph/types.ts";
import { cardShape, cardsOf } from "../identities/card.ts";
import { printVertex, vertexShape } from "../identities/edges.ts";
import { clientOf } from "../limits/clients.ts";
import { type Clock, readScope, scopeQuery } from "../identities/scope.ts";
import { optionalText, queryInteger, requiredText } from "./http.ts";
import { type Route, route } from "./route.ts";

/** Identities of one person that are shown where no `cap` is given, and at most. */
export const DEFAULT_CAP = 500;
export const MAX_CAP = 5_000;
/** Of each of a batch. */
const MAX_BATCH = 100;
const BATCH_CAP = 100;

const DEFAULT_FOUND = 20;
const MAX_FOUND = 100;

/** Who is behind an identity, or behind each of a hundred, and which identities begin with a text. */
export function identityRoutes(context: Context): Route[] {
  const { graph } = context;
  return [
    route({
      method: "get",
      path: "/v1/identities/{platform}/{identity}",
      tag: "Identity graph",
      summary: "Who is behind an identity",
      description:
        "All that is connected with it by connections at or above a level. Of an identity that nothing is known of, the lists are empty.",
      params: z.object({
        platform: z.string(),
        identity: z.string().meta({ description: "As users write it, or its profile's address, percent-encoded." }),
      }),
      query: z.object({ ...scopeQuery, cap: capQuery(DEFAULT_CAP, MAX_CAP) }),
      answers: { 200: { description: "Who that is.", schema: cardShape, headers: { ETag: ETAG } }, 304: UNCHANGED },
      handle: async ({ params: { platform, identity }, query: { cap, ...scope }, response }) => {
        const asked = await readScope(scope, clockOf(context));
        const [card] = await cardsOf(graph, [vertexOf(platform, identity)], asked, cap);
        return tagged(response, card!);
      },
    }),
    route({
      method: "post",
      path: "/v1/identities",
      tag: "Identity graph",
      summary: "Who is behind each of many identities",
      description: `At most ${MAX_BATCH}, in their order. Each is asked for as \`platform,identity\`, and counts as a request.`,
      body: z.object({
        ids: z.array(z.string()).min(1).max(MAX_BATCH),
        level: z.int().min(1).max(5).optional(),
        as_of: z.union([z.int().min(0), z.string()]).optional(),
        cap: z.int().min(1).max(BATCH_CAP).optional(),
      }),
      example: { ids: ["github,alice", "dns,alice.example"], level: 3 },
      words: { unreadable: "parse request failed" },
      answers: {
        200: { description: "One for each.", schema: z.object({ identities: z.array(cardShape) }) },
      },
      handle: async ({ body: { ids, level, as_of, cap = BATCH_CAP }, request }) => {
        const scope = z.object(scopeQuery).safeParse({ level: level && String(level), as_of: as_of && String(as_of) });
        if (!scope.success) throw badRequest(`Param error: as_of: ${scope.error.issues[0]!.message}`);
        const roots = ids.map(readRoot);
        // Each is as much work as a request for it alone, of which one is counted already.
        for (const _ of roots.slice(1)) await context.limits.count("read", clientOf(request.ip));
        return { identities: await cardsOf(graph, roots, await readScope(scope.data, clockOf(context)), cap) };
      },
    }),
    route({
      method: "get",
      path: "/v1/search",
      tag: "Identity graph",
      summary: "Identities that begin with a text",
      description: "In order of their names.",
      query: z.object({
        prefix: requiredText.meta({ description: "The beginning of an identity." }),
        platform: optionalText.meta({ description: "Only of this one." }),
        limit: queryInteger.meta({ description: `At most ${MAX_FOUND}; ${DEFAULT_FOUND} where it is 0 or less.` }),
      }),
      answers: {
        200: { description: "What begins so.", schema: z.object({ identities: z.array(vertexShape) }) },
      },
      handle: async ({ query: { prefix, platform, limit: wanted } }) => {
        const limit = wanted <= 0 ? DEFAULT_FOUND : Math.min(wanted, MAX_FOUND);
        const platforms = platform === "" ? undefined : [platformIdOf(platform)];
        const options = { limit, ...(platforms && { platforms }) };
        const beginnings = storedBeginnings(prefix);
        const found = await Promise.all(beginnings.map((beginning) => graph.beginningWith(beginning, options)));
        return { identities: found.flat().toSorted(byName).slice(0, limit).map(printVertex) };
      },
    }),
  ];
}

/** The chain that this node writes to. */
export function clockOf({ config, provider }: Context): Clock {
  return { chainId: config.chain.chainId, provider };
}

/** A query's number of identities to stop at. */
export function capQuery(standard: number, most: number) {
  return queryInteger
    .transform((cap) => (cap <= 0 ? standard : Math.min(cap, most)))
    .meta({ description: `How many identities to stop at: at most ${most}; ${standard} where it is 0 or less.` });
}

export const ETAG = "Changes when more does than the time of asking.";

export const UNCHANGED = { description: "It is as `If-None-Match` has it." };

/**
 * Has caches ask again each time, since what is revoked is to be gone at once, and answers them shortly while all is as it was:
 * that a contract still keeps what it kept is no change.
 */
export function tagged<T extends { as_of: number }>(response: Response, body: T): T {
  const text = JSON.stringify(body, (name, value: unknown) =>
    name === "as_of" || (name === "last_seen" && Number(value) >= body.as_of) ? undefined : value,
  );
  response.setHeader("ETag", `W/"${createHash("sha256").update(text).digest("base64url")}"`);
  response.setHeader("Cache-Control", "no-cache");
  return body;
}

function readRoot(id: string, index: number): VertexId {
  try {
    return vertexOfId(id);
  } catch (error) {
    throw error instanceof ApiError ? badRequest(`ids.${index}: ${error.message}`, error) : error;
  }
}

function byName(a: VertexId, b: VertexId): number {
  if (a.identity !== b.identity) return a.identity < b.identity ? -1 : 1;
  return a.platform < b.platform ? -1 : 1;
}
