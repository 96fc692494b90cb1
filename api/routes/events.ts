import { z } from "zod";

import type { Context } from "../context.ts";
import { badRequest } from "../errors.ts";
import { clientOf } from "../limits/clients.ts";
import { EVENT_TYPES, type EventFilter } from "../live/events.ts";
import type { Cursor } from "../live/feed.ts";
import { EventStream } from "../live/stream.ts";
import { platformOf } from "../platforms/index.ts";
import { storedForms } from "../proofs/read/search.ts";
import { addressOf } from "./avatars.ts";
import { optionalText, queryInteger } from "./http.ts";
import { type Route, route } from "./route.ts";

/** The id of an event. What else there may be in a header ends here. */
const CURSOR = /^\d{1,15}$/;

/** Events that are told of first where so many are asked for. */
const MAX_LAST = 500;

const query = z.object({
  cursor: optionalText.meta({
    description: "The last `id` that one has; the header `Last-Event-ID` counts before it.",
  }),
  from: z
    .enum(["now", "start", ""])
    .default("now")
    .meta({ description: "Where there is no cursor: what comes, or all that is kept (as `cursor=0`)." }),
  last: queryInteger.meta({
    description: `Where there is no cursor: so many of the latest events first, at most ${MAX_LAST}; it counts before \`from\`.`,
  }),
  types: optionalText.meta({ description: `Comma list of ${EVENT_TYPES.join(", ")}; all by default.` }),
  avatar: optionalText.meta({ description: "A public key in any form, or its address." }),
  platform: optionalText,
  identity: optionalText.meta({ description: "Whole; needs `platform`, and `platform` needs it." }),
});

/** GET /v1/events: links, bindings and reorgs as they come. */
export function eventRoutes({ feed, connections }: Context): Route[] {
  return [
    route({
      method: "get",
      path: "/v1/events",
      tag: "Syngraph",
      summary: "Links, changes of bindings, and reorgs, as they come",
      description:
        "Server-sent events, each with an `id`, which is a cursor, and JSON with `type`, `id`, `chain_id`, `avatar`, " +
        "`platform` and `identity`. Each is told once, in one order for everybody; `GET /v1/proofchain/changes` has the " +
        "same numbers.\n\n" +
        "- `link`: one came on chain.\n" +
        "- `binding`: it stands otherwise (`status`), because of a link, of attesters or of what this node saw (`cause`); " +
        "`is_valid` says whether it counts.\n" +
        "- `reorg`: the events in `removed` are taken back, those in `moved` are in other blocks; `status` is where the " +
        "binding stands now. What comes back has a new number.",
      query,
      answers: { 200: { description: "Events, without end.", text: "text/event-stream" } },
      errors: {
        410: "The cursor is older than what is kept, or of another journal.",
        429: "Too many requests, or too many streams of one address.",
        503: "This node has all the streams that it can, or the index cannot be asked just now: try again later.",
      },
      handle: async ({ query: asked, request, response }) => {
        const cursor = cursorOf(request.get("last-event-id") || asked.cursor, asked);
        const filter = filterOf(asked);
        const close = connections.open(clientOf(request.ip));
        response.once("close", close);
        try {
          const after = await feed.place(cursor);
          // Who has gone meanwhile, maybe before anybody listened for it.
          if (response.closed) {
            close();
            return undefined;
          }
          const stream = new EventStream(response);
          if (request.method === "HEAD") stream.end();
          else {
            response.once("close", () => feed.left(stream));
            void feed.follow(after, filter, stream);
          }
        } catch (error) {
          close();
          throw error;
        }
        return undefined;
      },
    }),
  ];
}

function cursorOf(text: string, { from, last }: Pick<z.output<typeof query>, "from" | "last">): Cursor {
  if (text === "" && last > 0) return { last: Math.min(last, MAX_LAST) };
  if (text === "") return from === "start" ? "start" : "now";
  if (!CURSOR.test(text)) {
    throw badRequest(
      `Param error: cursor: must be the id of an event, up to 15 digits, not ${JSON.stringify(text.slice(0, 40))}`,
    );
  }
  return Number(text) === 0 ? "start" : { after: Number(text) };
}

function filterOf({ types, avatar, platform, identity }: z.output<typeof query>): EventFilter {
  const names = types === "" ? [...EVENT_TYPES] : types.split(",").map((name) => name.trim());
  const known = names.filter((name) => EVENT_TYPES.some((type) => type === name));
  if (known.length < names.length) {
    throw badRequest(`Param error: types: must be a comma list of ${EVENT_TYPES.join(", ")}`);
  }
  if ((platform === "") !== (identity === "")) {
    throw badRequest(`Param missing: ${platform === "" ? "platform" : "identity"}`);
  }
  return {
    types: new Set(known as (typeof EVENT_TYPES)[number][]),
    ...(avatar !== "" && { avatar: addressOf(avatar) }),
    ...(identity !== "" && { platform, identities: storedForms(identity, platformOf(platform)) }),
  };
}
