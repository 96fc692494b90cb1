import type { Context } from "../context.ts";
import { shared } from "../observe/shared.ts";
import { statusOf, statusShape } from "../observe/status.ts";
import { type Route, route } from "./route.ts";

/** For how long one look at all parts answers everybody, in milliseconds. */
const KEEP = 1_000;

/** GET /v1/status: how this node and what it rests on stand. */
export function statusRoutes(context: Context): Route[] {
  const status = shared(() => statusOf(context), KEEP);
  return [
    route({
      method: "get",
      path: "/v1/status",
      tag: "Operation",
      summary: "How this node stands, and what it rests on",
      description:
        "For people; probes ask `GET /readyz`. Also where parts are down it is answered with 200, and says so.",
      answers: {
        200: {
          description: "How it was within the last second.",
          schema: statusShape,
          headers: { "Cache-Control": "Shared caches may keep it for a second." },
        },
      },
      handle: ({ response }) => {
        response.setHeader("Cache-Control", "public, max-age=1");
        return status();
      },
    }),
  ];
}
