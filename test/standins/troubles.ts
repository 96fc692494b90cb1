import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";

import type { Outcome } from "../platforms/fixtures/fixture.ts";

/** What a trouble may work with. */
export interface TroubledRequest {
  response: ServerResponse;
  /** What would have been answered. */
  genuine: string;
  /** The origin of a server that nobody may ask. */
  elsewhere: string;
}

/** A way in which an upstream, or something between, does not answer as documented. */
export interface HttpTrouble extends Outcome {
  act(request: TroubledRequest): void;
}

const NOT_WHOLE: Outcome = { severity: "soft", message: /no whole answer within/ };
const NOT_DOCUMENTED: Outcome = { severity: ["soft", "medium"] };
const TOO_LARGE: Outcome = { severity: "medium", message: /larger than \d+ bytes/ };

/** How long a limited rate lasts, in seconds. */
const PAUSE = 600;

/** Troubles that any HTTP upstream can have, with what the engine must make of them. */
export const HTTP_TROUBLES = {
  "never answers": { ...NOT_WHOLE, act: () => {} },
  "stops half way": {
    ...NOT_WHOLE,
    act: ({ response, genuine }) => response.writeHead(200).write(genuine.slice(0, genuine.length / 2) || "{"),
  },
  "hangs up": { severity: "soft", message: /could not be asked/, act: ({ response }) => response.destroy() },
  "hangs up half way": {
    severity: "soft",
    // The latter where the time is over before it was tried as often as may be.
    message: /could not be asked|no whole answer within/,
    act: ({ response, genuine }) => {
      response.writeHead(200, { "content-length": String(genuine.length + 100) });
      response.write(genuine, () => response.destroy());
    },
  },
  "has no such post": {
    severity: "medium",
    message: /nothing public/,
    act: ({ response }) => sendJson(response, 404, { message: "Not Found" }),
  },
  "took it down": {
    severity: "medium",
    message: /HTTP 451/,
    act: ({ response }) => sendJson(response, 451, { message: "Unavailable For Legal Reasons" }),
  },
  "limits the rate with 403": {
    severity: "soft",
    message: /HTTP 403\); it may be asked again in (59\d|600) s/,
    act: ({ response }) => {
      const reset = String(Math.floor(Date.now() / 1000) + PAUSE);
      const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
      sendJson(response, 403, { message: "API rate limit exceeded" }, headers);
    },
  },
  "limits the rate with 429": {
    severity: "soft",
    message: /HTTP 429\); it may be asked again in 30 s/,
    act: ({ response }) => sendJson(response, 429, { message: "Too Many Requests" }, { "retry-after": "30" }),
  },
  "refuses the credential": {
    severity: "soft",
    message: /HTTP 401/,
    act: ({ response }) => sendJson(response, 401, { message: "Unauthorized" }),
  },
  "refuses us": {
    severity: "soft",
    message: /HTTP 403/,
    act: ({ response }) => sendJson(response, 403, { message: "Forbidden" }),
  },
  fails: {
    severity: "soft",
    message: /HTTP 500/,
    act: ({ response }) => sendJson(response, 500, { message: "Server Error" }),
  },
  "is down for maintenance": {
    severity: "soft",
    message: /HTTP 503\); it may be asked again in 120 s/,
    act: ({ response }) => response.writeHead(503, { "retry-after": "120" }).end("<h1>Back soon</h1>"),
  },
  "sends HTML": {
    ...NOT_DOCUMENTED,
    act: ({ response }) =>
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Unicorn!</title>"),
  },
  "cuts its answer short": {
    ...NOT_DOCUMENTED,
    act: ({ response, genuine }) => response.writeHead(200).end(genuine.slice(0, middleOfTheSignature(genuine))),
  },
  "sends another document": {
    ...NOT_DOCUMENTED,
    act: ({ response }) => sendJson(response, 200, { login: "alice", id: 1 }),
  },
  "sends a list": { ...NOT_DOCUMENTED, act: ({ response }) => sendJson(response, 200, []) },
  "sends null": { ...NOT_DOCUMENTED, act: ({ response }) => response.writeHead(200).end("null") },
  "sends nothing": { ...NOT_DOCUMENTED, act: ({ response }) => response.writeHead(200).end() },
  "sends without end": {
    ...TOO_LARGE,
    act: ({ response }) => {
      const block = Buffer.alloc(64 * 1024, " ");
      const pour = () => {
        while (!response.destroyed && response.write(block));
      };
      response.on("drain", pour);
      pour();
    },
  },
  "sends a gzip bomb": {
    ...TOO_LARGE,
    act: ({ response }) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(20_000_000, " "))),
  },
  "redirects to a private address": {
    severity: "soft",
    message: /redirect/,
    act: ({ response, elsewhere }) => response.writeHead(302, { location: `${elsewhere}/private` }).end(),
  },
} satisfies Record<string, HttpTrouble>;

export type HttpTroubleName = keyof typeof HTTP_TROUBLES;

/** Within the longest run that looks like a signature's; the middle where there is none. */
function middleOfTheSignature(text: string): number {
  const runs = [...text.matchAll(/[A-Za-z0-9+/]{24,}/g)].sort((a, b) => b[0].length - a[0].length);
  const longest = runs[0];
  return longest ? longest.index + longest[0].length / 2 : text.length / 2;
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(JSON.stringify(body));
}
