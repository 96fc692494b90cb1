import { parsePublicKey } from "@syngraph/sdk/protocol";
import { z } from "zod";

import type { Context } from "../context.ts";
import { badgeOf, badgeShape, badgeSvg } from "../pages/badge.ts";
import { LANGUAGES } from "../pages/words.ts";
import { badRequest } from "../errors.ts";
import { optionalText } from "./http.ts";
import { type Route, route } from "./route.ts";

const params = z.object({
  platform: z.string(),
  identity: z.string().meta({ description: "As users write it, percent-encoded." }),
});

const query = z.object({
  avatar: optionalText.meta({ description: "A public key in any form: only where it is this avatar's." }),
  lang: z
    .enum(["", ...LANGUAGES], "must be en or zh")
    .default("")
    .transform((lang) => lang || "en")
    .meta({ description: "`en` or `zh`." }),
});

/** For so many seconds a badge may be shown that is not so any more. */
const MAX_AGE = 60;

const HEADERS = { ETag: "Changes when the badge does.", "Cache-Control": `A badge may be kept for ${MAX_AGE} s.` };
const UNCHANGED = { description: "It is as `If-None-Match` has it." };

/** GET /badge/…: what a page of any origin shows of a proof. */
export function badgeRoutes({ config, reads, graph }: Context): Route[] {
  const asked = (place: z.output<typeof params>, { avatar, lang }: z.output<typeof query>) =>
    badgeOf(
      { reads, graph },
      { ...place, avatar: avatar === "" ? undefined : keyOf(avatar), language: lang },
      config.publicUrl,
    );
  return [
    route({
      method: "get",
      path: "/badge/{platform}/{identity}.svg",
      tag: "Profiles",
      summary: "A badge that says whether an identity is verified, and what that rests on",
      params,
      query,
      answers: { 200: { description: "A picture.", text: "image/svg+xml", headers: HEADERS }, 304: UNCHANGED },
      handle: async ({ params: place, query: how, response }) => {
        const svg = badgeSvg(await asked(place, how));
        response.set("Cache-Control", `public, max-age=${MAX_AGE}`).type("image/svg+xml").send(svg);
        return undefined;
      },
    }),
    route({
      method: "get",
      path: "/badge/{platform}/{identity}.json",
      tag: "Profiles",
      summary: "The same as data, also for shields.io",
      params,
      query,
      answers: { 200: { description: "What it says.", schema: badgeShape, headers: HEADERS }, 304: UNCHANGED },
      handle: async ({ params: place, query: how, response }) => {
        const badge = await asked(place, how);
        response.set("Cache-Control", `public, max-age=${MAX_AGE}`);
        return badge;
      },
    }),
  ];
}

function keyOf(typed: string): string {
  try {
    return parsePublicKey(typed).compressed;
  } catch (error) {
    throw badRequest(`Param error: avatar: ${JSON.stringify(typed.slice(0, 140))} is no public key`, error);
  }
}
