import { z } from "zod";

import type { Context } from "../context.ts";
import { ApiError, badRequest } from "../errors.ts";
import { idOfVertex, vertexOfId } from "../graph/identityOf.ts";
import type { Edge, VertexId } from "../graph/types.ts";
import {
  edgeShape,
  levelNumber,
  printEdge,
  printVertex,
  timeNumber,
  vertexShape,
  weakest,
} from "../identities/edges.ts";
import { readScope, scopeQuery } from "../identities/scope.ts";
import { requiredText } from "./http.ts";
import { ETAG, UNCHANGED, clockOf, tagged } from "./identities.ts";
import { type Route, route } from "./route.ts";

const stepShape = z
  .object({ from: vertexShape, to: vertexShape, edge: edgeShape })
  .meta({ id: "PathStep", description: "One connection, in the direction in which it is walked." });

/** GET /v1/path: whether two identities belong together, and why. */
export function pathRoutes(context: Context): Route[] {
  return [
    route({
      method: "get",
      path: "/v1/path",
      tag: "Identity graph",
      summary: "Whether two identities are one person's, and why",
      description:
        "The shortest way from one to the other; of several, the one whose weakest connection is the strongest.",
      query: z.object({
        from: requiredText.meta({ description: "An identity, as `platform,identity`." }),
        to: requiredText.meta({ description: "The other." }),
        ...scopeQuery,
      }),
      answers: {
        200: {
          description: "The way, or that there is none.",
          schema: z.object({
            from: vertexShape,
            to: vertexShape,
            as_of: timeNumber,
            linked: z.boolean(),
            level: levelNumber.nullable().meta({ description: "Of the weakest step; null where there is no step." }),
            steps: z.array(stepShape),
          }),
          headers: { ETag: ETAG },
        },
        304: UNCHANGED,
      },
      handle: async ({ query: { from, to, ...scope }, response }) => {
        const asked = await readScope(scope, clockOf(context));
        const ends = [readEnd("from", from), readEnd("to", to)] as const;
        const same = idOfVertex(ends[0]) === idOfVertex(ends[1]);
        const { level, at, time } = asked;
        const found = same ? [] : await context.graph.path(...ends, { level, ...(at !== undefined && { at }) });
        const way = found ?? [];
        return tagged(response, {
          ...{ from: printVertex(ends[0]), to: printVertex(ends[1]), as_of: time },
          ...{ linked: found !== null, level: way.length === 0 ? null : weakest(way) },
          steps: stepsOf(ends[0], way),
        });
      },
    }),
  ];
}

function readEnd(name: string, id: string): VertexId {
  try {
    return vertexOfId(id);
  } catch (error) {
    throw error instanceof ApiError ? badRequest(`Param error: ${name}: ${error.message}`, error) : error;
  }
}

/** Edges have directions of their own. */
function stepsOf(start: VertexId, way: readonly Edge[]): z.infer<typeof stepShape>[] {
  let at = start;
  return way.map((edge) => {
    const forward = idOfVertex(edge.from) === idOfVertex(at);
    const [from, to] = forward ? [edge.from, edge.to] : [edge.to, edge.from];
    at = to;
    return { from: printVertex(from), to: printVertex(to), edge: printEdge(edge) };
  });
}
