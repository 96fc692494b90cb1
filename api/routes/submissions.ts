import { z } from "zod";

import { shortOfQuorum, standingShape } from "../attest/standing.ts";
import type { Context } from "../context.ts";
import { ApiError } from "../errors.ts";
import { readPublicKey, readUuid } from "../proofs/input.ts";
import { hashText, timeText, uuidText } from "../shapes.ts";
import { optionalText } from "./http.ts";
import { type Route, route } from "./route.ts";

/** GET /v1/submissions/{uuid}: where a submission stands; `avatar` is the public key of whose it is. */
export function submissionRoutes(context: Context): Route[] {
  return [
    route({
      method: "get",
      path: "/v1/submissions/{uuid}",
      tag: "Syngraph",
      summary: "Where a submission stands",
      params: z.object({ uuid: z.string() }),
      query: z.object({
        avatar: optionalText.meta({
          description: "The public key of whose it is: posts show their uuids, so another may have used the same one.",
        }),
      }),
      answers: {
        200: {
          description: "The submission.",
          schema: z.object({
            uuid: uuidText,
            state: z.enum(["accepted", "sent", "included", "refused"]).meta({
              description: "`accepted`: not sent yet. `included`: on chain. `refused`: it never will be.",
            }),
            method: z.string().meta({ description: "The contract's function that it is for." }),
            link_id: hashText,
            chain_id: z.int(),
            tx_hash: hashText.nullable(),
            block: z.int().nullable(),
            reason: z.string().meta({ description: "Why it was refused; else empty." }),
            accepted_at: timeText,
            changed_at: timeText,
            ...standingShape.partial().shape,
          }),
        },
      },
      errors: { 404: "Nothing was submitted under this uuid." },
      handle: async ({ params, query: { avatar } }) => {
        const uuid = readUuid(params.uuid);
        const item = await context.outbox.find(
          uuid,
          avatar === "" ? undefined : readPublicKey(avatar).address.toLowerCase(),
        );
        if (!item) throw new ApiError(404, `no submission ${uuid} is known`);
        return {
          uuid,
          state: item.state,
          method: item.method,
          link_id: item.link_id,
          chain_id: item.chain_id,
          tx_hash: item.tx_hash,
          block: item.block,
          reason: item.reason,
          accepted_at: unixSeconds(item.created_at),
          changed_at: unixSeconds(item.updated_at),
          ...(item.state === "included" && (await shortOfQuorum(context, item))),
        };
      },
    }),
  ];
}

/** A time as the API prints it. */
function unixSeconds(time: Date): string {
  return String(Math.floor(time.getTime() / 1000));
}
