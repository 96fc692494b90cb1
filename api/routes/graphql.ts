import { readFileSync } from "node:fs";
import { join } from "node:path";

import express, { type Request, type RequestHandler, type Response } from "express";
import { z } from "zod";

import type { Context } from "../context.ts";
import { badRequest } from "../errors.ts";
import { type GraphqlRequest, answer } from "../graphql/execute.ts";
import { follow } from "../graphql/following.ts";
import { clientOf } from "../limits/clients.ts";
import { optionalText, requiredText } from "./http.ts";
import { type Route, route } from "./route.ts";

const FOLDER = join(import.meta.dirname, "../graphiql");

/** Of GraphiQL's package, by the names of its files here: what it exports as texts. */
const FILES: Readonly<Record<string, { text: keyof Graphiql; type: string }>> = {
  "/graphiql.js": { text: "js", type: "text/javascript" },
  "/graphiql.css": { text: "css", type: "text/css" },
  "/editorWorkerService.js": { text: "editorWorkerService", type: "text/javascript" },
  "/jsonWorker.js": { text: "jsonWorker", type: "text/javascript" },
  "/graphqlWorker.js": { text: "graphqlWorker", type: "text/javascript" },
};
type Graphiql = Record<"js" | "css" | "editorWorkerService" | "jsonWorker" | "graphqlWorker", string>;

/** So many vertices of the graph count as one more request that reads. */
const VERTICES_PER_READ = 250;

const answerShape = z
  .object({
    data: z.looseObject({}).nullable().optional(),
    errors: z.array(z.looseObject({ message: z.string() })).optional(),
  })
  .meta({ id: "GraphqlAnswer", description: "As https://spec.graphql.org/October2021/#sec-Response-Format has it." });

const ANSWERS = {
  200: { description: "The answer, also where it is errors.", schema: answerShape },
} as const;

/**
 * RelationService's clients send to the host itself: `POST /` and `GET /?query=` are questions to the graph, and so is all at
 * `/graphql`, whose errors have `errors` beside the message, since GraphQL's clients look for these alone.
 */
export const graphqlPaths: RequestHandler = (request, response, next) => {
  if (request.path === "/") {
    const { search, searchParams } = new URL(request.url, "http://localhost");
    const asks = request.method === "POST" || (request.method === "GET" && searchParams.has("query"));
    if (asks) request.url = `/graphql${search}`;
  }
  if (/^\/graphql\/?$/i.test(request.path)) response.locals.hasGraphqlErrors = true;
  next();
};

/** POST and GET /graphql: RelationService's calls; and GET /graphiql, where they can be tried. */
export function graphqlRoutes({ config, db, graph, limits, log, watch }: Context): Route[] {
  const page = readFileSync(join(FOLDER, "index.html"), "utf8");
  const sources = { graph, log, following: follow(db, config.chain.chainId, watch) };

  async function ask(asked: GraphqlRequest, request: Request, response: Response) {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const client = clientOf(request.ip);
    const { vertices, ...answered } = await answer(asked, sources, gone.signal);
    // Who leaves pays as well, once it is known how much.
    if (typeof vertices === "number") await pay(client, vertices);
    else void vertices.then((spent) => pay(client, spent));
    return answered;
  }

  /** What is answered is paid for later: the next request is the one to be refused. */
  async function pay(client: string, vertices: number): Promise<void> {
    const reads = Math.floor(vertices / VERTICES_PER_READ);
    if (reads > 0) await limits.count("read", client, reads).catch(() => {});
  }

  return [
    route({
      method: "post",
      path: "/graphql",
      tag: "Graph",
      summary: "A GraphQL query, as clients of RelationService and graph.web3.bio send it",
      description:
        "Also `POST /`. The schema is told by introspection, and can be read and tried at `/graphiql`. One operation at a " +
        "time; errors of a query come with status 200.",
      body: z.object({
        query: requiredText,
        operationName: optionalText,
        variables: z.record(z.string(), z.unknown()).optional(),
        extensions: z.unknown().optional(),
      }),
      words: { unreadable: "graphql", missing: "graphql: missing" },
      example: {
        query:
          "query ($platform: String, $identity: String) { identity(platform: $platform, identity: $identity) { id } }",
        variables: { platform: "github", identity: "alice" },
      },
      answers: ANSWERS,
      errors: { 400: "The body is no JSON object with a query." },
      handle: ({ body: { query, operationName, variables }, request, response }) =>
        ask({ query, operationName: operationName || null, variables: variables ?? null }, request, response),
    }),
    route({
      method: "get",
      path: "/graphql",
      tag: "Graph",
      summary: "The same in an address",
      description: "Also `GET /?query=`. Where a browser asks without a query, it is led to `/graphiql`.",
      query: z.object({ query: optionalText, operationName: optionalText, variables: optionalText }),
      answers: { ...ANSWERS, 303: { description: "To `/graphiql`." } },
      errors: { 400: "There is no query, or its variables are no JSON object." },
      handle: ({ query: { query, operationName, variables }, request, response }) => {
        if (query !== "")
          return ask(
            { query, operationName: operationName || null, variables: readVariables(variables) },
            request,
            response,
          );
        if (request.accepts(["json", "html"]) !== "html") throw badRequest("Param missing: query");
        response.status(303).location("/graphiql").end();
        return undefined;
      },
    }),
    route({
      method: "get",
      path: "/graphiql",
      tag: "Graph",
      summary: "A page to write queries on",
      answers: { 200: { description: "GraphiQL.", text: "text/html" } },
      handle: ({ response }) => {
        // The editor makes its styles as it goes, has its icons and letters in its style sheet, and workers beside it.
        const policy = response.getHeader("Content-Security-Policy") as string;
        const own = "style-src 'self' 'unsafe-inline';img-src 'self' data:;font-src 'self' data:;worker-src 'self'";
        response.setHeader("Content-Security-Policy", `${policy};${own}`);
        response.type("html").send(page);
        return undefined;
      },
    }),
  ];
}

/** The page's own files. */
export function graphiqlFiles(): RequestHandler {
  const files = express.Router();
  files.use(express.static(FOLDER, { index: false, redirect: false }));
  files.use(async (request, response, next) => {
    const file = Object.hasOwn(FILES, request.path) ? FILES[request.path] : undefined;
    if (!file || !["GET", "HEAD"].includes(request.method)) {
      next();
      return;
    }
    // They are large, and seldom asked for. The package's types name only its way of having it all in one page.
    const graphiql = (await import("@graphql-yoga/render-graphiql/graphiql" as string)) as Graphiql;
    response.setHeader("Cache-Control", "public, max-age=3600");
    response.type(file.type).send(graphiql[file.text]);
  });
  return files;
}

function readVariables(text: string): Record<string, unknown> | null {
  if (text === "") return null;
  let variables: unknown;
  try {
    variables = JSON.parse(text);
  } catch (error) {
    throw badRequest("Param error: variables is not JSON", error);
  }
  if (typeof variables === "object" && !Array.isArray(variables)) return variables as Record<string, unknown> | null;
  throw badRequest("Param error: variables is no JSON object");
}
