import { z } from "zod";
import { type ZodOpenApiPathsObject, type ZodOpenApiResponsesObject, createDocument } from "zod-openapi";

import type { Answer, Route } from "./route.ts";

const error = z
  .object({
    message: z.string().meta({ description: "Why, in a sentence." }),
    prev: z
      .string()
      .nullable()
      .optional()
      .meta({ description: "Where another link was added meanwhile: the signature that is the avatar's latest now." }),
    errors: z
      .array(z.looseObject({ message: z.string() }))
      .optional()
      .meta({ description: "Of `/graphql`: the same, where GraphQL's clients look for it." }),
  })
  .meta({
    id: "Error",
    description: "What every status from 400 on comes with.",
    example: { message: "Param missing: identity" },
  });

const DESCRIPTION = `Next.ID's ProofService, and what Syngraph adds to it.

Bodies are read as JSON whatever their Content-Type says. Field names match without regard to case, unknown fields are
passed over, and \`null\`, also as text, counts as absent, except as an identity or a name. Of a repeated query parameter
the first counts; an empty number is 0. Paths may end with a slash. Any origin may ask.`;

/** Statuses with which any call may answer. */
const COMMON_ERRORS: Readonly<Record<number, string>> = {
  413: "The body is too large.",
  429: "Too many requests; `Retry-After` says for how long.",
  503: "The chain or its index cannot be asked just now: try again later.",
};

/** The OpenAPI 3.1 document of some calls. */
export function openApiDocument(routes: readonly Route[], version: string): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) };
  return createDocument({
    openapi: "3.1.1",
    info: { title: "Syngraph", version, description: DESCRIPTION, license: { name: "MIT", identifier: "MIT" } },
    servers: [{ url: "/" }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
  });
}

function operationOf({ tag, summary, description, params, query, body, example, answers, errors }: Route) {
  const reads = params ?? query ?? body;
  return {
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    requestParams: { ...(params && { path: params }), ...(query && { query }) },
    ...(body && {
      requestBody: {
        required: true,
        content: { "application/json": { schema: body, ...(example === undefined ? {} : { example }) } },
      },
    }),
    responses: {
      ...errorsOf(COMMON_ERRORS),
      ...(reads && { 400: errorOf("The request is wrong; the message says where.") }),
      ...errorsOf(errors ?? {}),
      // What a call says of itself comes before what all calls have in common.
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, responseOf(answer)])),
      default: errorOf("Anything else."),
    } as ZodOpenApiResponsesObject,
  };
}

function responseOf({ description, schema, types = ["application/json"], text, headers = {} }: Answer) {
  const content = schema
    ? Object.fromEntries(types.map((type) => [type, { schema }]))
    : text && { [text]: { schema: { type: "string" as const } } };
  const described = Object.entries(headers).map(([name, about]) => [
    name,
    { description: about, schema: { type: "string" } },
  ]);
  return {
    description,
    ...(content && { content }),
    ...(described.length > 0 && { headers: Object.fromEntries(described) }),
  };
}

function errorsOf(errors: Readonly<Record<number, string>>) {
  return Object.fromEntries(Object.entries(errors).map(([status, about]) => [status, errorOf(about)]));
}

function errorOf(description: string) {
  return { description, content: { "application/json": { schema: error } } };
}
