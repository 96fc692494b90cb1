import { isPublicKey } from "@syngraph/sdk/protocol";
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from "express";
import { z } from "zod";

import type { Context } from "../context.ts";
import { ApiError } from "../errors.ts";
import { clientOf } from "../limits/clients.ts";
import { type Profile, profileOf } from "../pages/claims.ts";
import { type PageHead, choiceHead, nobodyHead, profileHead } from "../pages/head.ts";
import { peopleCalled } from "../pages/people.ts";
import { Previews, previewSvg, versionOf } from "../pages/preview.ts";
import { fillPage, readPage } from "../pages/template.ts";
import { shown } from "../pages/text.ts";
import { LANGUAGES, type Language, WORDS } from "../pages/words.ts";
import type { VertexId } from "../graph/types.ts";
import { addressOf } from "./avatars.ts";
import { noteFailure, optionalText } from "./http.ts";
import { type Route, route } from "./route.ts";

/** Addresses under which the page shows itself; what is none of them is the API's. */
const OWN = /^\/(?:me(?:\/.*)?|graph\/[^/]+\/[^/]+|activity|operator|settings)?\/?$/i;
const AVATAR = /^\/avatar\/([^/]+)(?:\/chain)?\/?$/i;
const IDENTITY = /^\/(?:@|%40)([^/]+)\/?$/i;

/** To draw a picture that is not there yet counts as so many more requests. */
const DRAWING = 10;

/** For so many seconds a picture may be shown that is not so any more. */
const IMAGE_MAX_AGE = 300;

/** GET /avatar/{key}/preview.png: what others show beside a link to somebody's page. */
export function previewRoutes({ config, reads, graph, limits }: Context): Route[] {
  const previews = new Previews();
  return [
    route({
      method: "get",
      path: "/avatar/{key}/preview.png",
      tag: "Profiles",
      summary: "The picture of a link to somebody's page",
      params: z.object({ key: z.string().meta({ description: "A public key in any form, or its address." }) }),
      query: z.object({
        platform: optionalText.meta({ description: "With `identity`: by which of their names to call them." }),
        identity: optionalText,
      }),
      answers: {
        200: {
          description: "1200 by 630.",
          text: "image/png",
          headers: {
            ETag: "Changes when the picture does.",
            "Cache-Control": `It may be kept for ${IMAGE_MAX_AGE} s.`,
          },
        },
        304: { description: "It is as `If-None-Match` has it." },
      },
      errors: { 404: "No chain knows the avatar." },
      handle: async ({ params: { key }, query: asked, request, response }) => {
        const profile = await profileOf({ reads, graph }, addressOf(key));
        if (!profile) throw new ApiError(404, `no avatar ${key.slice(0, 140)} is known`);
        const svg = previewSvg(profile, asked, new URL(config.publicUrl).host);
        const version = versionOf(svg);
        response.set({ ETag: `"${version}"`, "Cache-Control": `public, max-age=${IMAGE_MAX_AGE}` });
        if (request.fresh) {
          response.status(304).end();
          return undefined;
        }
        if (!previews.has(version)) await limits.count("read", clientOf(request.ip), DRAWING);
        response.type("png").send(await previews.png(version, svg));
        return undefined;
      },
    }),
  ];
}

/** The page at each of its addresses, with a head of its own where it shows somebody. */
export function servePages(context: Context): RequestHandler {
  return async (request, response, next) => {
    const language = languageOf(request);
    const find = pageAt(context, request, language);
    if (!find) {
      next();
      return;
    }
    const page = await readPage(context.config.webDir).catch(() => undefined);
    if (page === undefined) throw new ApiError(404, `${request.path} not found: this node serves no pages`);
    const head = await find();
    asPage(response).send(head ? fillPage(page, head) : page);
  };
}

/**
 * People get the page also where there is nothing to show, nobody can tell just now, or they asked too often: it says so in
 * their language. What is no page of ours is left to what answers programs.
 */
export function answerPageError(context: Context): ErrorRequestHandler {
  return async (error, request, response, next) => {
    const language = languageOf(request);
    const page = pageAt(context, request, language) && (await readPage(context.config.webDir).catch(() => undefined));
    if (page === undefined || response.headersSent) {
      next(error);
      return;
    }
    const { status, message } = noteFailure(error, request, response);
    const { nobody, noAddress, notNow, tooMany, askAgain } = WORDS[language].page;
    const retryAfter = error instanceof ApiError ? error.retryAfter : null;
    const [title, description] =
      status === 429 && retryAfter !== null
        ? [tooMany, askAgain(retryAfter)]
        : [status === 404 ? nobody : status < 500 ? noAddress : notNow, shown(message, 200)];
    asPage(response.status(status)).send(fillPage(page, nobodyHead(title, description, language)));
  };
}

function asPage(response: Response): Response {
  return response.set("Cache-Control", "no-cache").vary("Accept-Language").type("html");
}

/** The one of ours that the reader's browser would rather have (RFC 9110, section 12.5.4); English for all others. */
function languageOf(request: Request): Language {
  return (request.acceptsLanguages(...LANGUAGES) || "en") as Language;
}

/**
 * How to tell what the page at an address says of itself, which is null where it says what it says everywhere. Undefined where
 * no page is asked for.
 */
function pageAt(context: Context, request: Request, language: Language): (() => Promise<PageHead | null>) | undefined {
  if (request.method !== "GET" && request.method !== "HEAD") return undefined;
  if (OWN.test(request.path)) return () => Promise.resolve(null);
  const key = AVATAR.exec(request.path)?.[1];
  if (key !== undefined) return () => avatarHead(context, key, language);
  const identity = IDENTITY.exec(request.path)?.[1];
  if (identity === undefined) return undefined;
  const { platform } = request.query;
  const named = String((Array.isArray(platform) ? platform[0] : platform) ?? "");
  return () => identityHead(context, identity, named, language);
}

async function avatarHead(context: Context, encoded: string, language: Language): Promise<PageHead> {
  const key = decoded(encoded, language);
  const profile = await profileOf(context, addressOf(key));
  if (!profile) throw new ApiError(404, WORDS[language].page.unknownAvatar(shown(key)));
  return headOf(context, profile, language);
}

/** Of one person with that name, or of several to choose from. */
async function identityHead(
  context: Context,
  encoded: string,
  platform: string,
  language: Language,
): Promise<PageHead> {
  const identity = decoded(encoded, language);
  // A key is nobody's name: whoever writes it so means the avatar.
  if (platform === "" && isPublicKey(identity)) return avatarHead(context, encoded, language);
  const people = await peopleCalled(context.reads, identity, platform);
  const [person] = people;
  const unproved = () => new ApiError(404, WORDS[language].page.unproved(shown(identity), shown(platform)));
  if (!person) throw unproved();
  const { publicUrl } = context.config;
  if (people.length > 1) return choiceHead(people, { publicUrl, identity, platform, language });
  const profile = await profileOf(context, addressOf(person.avatar));
  if (!profile) throw unproved();
  return headOf(context, profile, language, person);
}

function headOf({ config: { publicUrl } }: Context, profile: Profile, language: Language, asked?: VertexId): PageHead {
  const version = versionOf(previewSvg(profile, asked, new URL(publicUrl).host));
  return profileHead(profile, { publicUrl, version, language, ...(asked && { asked }) });
}

function decoded(part: string, language: Language): string {
  try {
    const text = decodeURIComponent(part);
    // PostgreSQL has no such character in its texts.
    if (!text.includes("\0")) return text;
  } catch {
    // As below.
  }
  throw new ApiError(400, WORDS[language].page.notText);
}

/** Names under /assets say what is in them (Vite); the others stay the same when that changes. */
const YEAR = 365 * 24 * 3600;
const HOUR = 3600;

/** The files of the page. */
export function pageFiles(webDir: string): RequestHandler {
  return express.static(webDir, {
    index: false,
    redirect: false,
    setHeaders: (response, path) => {
      const named = /[\\/]assets[\\/][^\\/]+$/.test(path);
      response.setHeader("Cache-Control", named ? `public, max-age=${YEAR}, immutable` : `public, max-age=${HOUR}`);
    },
  });
}
