import { type Request, type RequestHandler, type Response, Router } from "express";
import { z } from "zod";

import { methodNotAllowed, readBody, readParams, readQuery } from "./http.ts";

/** What a call may answer with beside errors. */
export interface Answer {
  description: string;
  /** Of the JSON body; absent where there is no body, or where it is `text`. */
  schema?: z.ZodType;
  /** Media types of that JSON, where it is not `application/json` alone. */
  types?: readonly string[];
  /** Media type of a body that is not JSON. */
  text?: string;
  /** Headers by name, each with what it says. */
  headers?: Readonly<Record<string, string>>;
}

/** Answers by status. */
type Answers = Readonly<Record<number, Answer>>;

/** What a handler has to give back: the body of one of its answers. */
type BodyOf<A extends Answers> = {
  [S in keyof A]: A[S] extends { schema: infer T extends z.ZodType } ? z.output<T> : undefined;
}[keyof A];

/** What a request brought, checked. */
export interface Input<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodObject> {
  params: z.output<P>;
  query: z.output<Q>;
  body: z.output<B>;
  request: Request;
  /** For another status than 200, and for headers. */
  response: Response;
}

type Nothing = z.ZodObject<Record<never, never>>;

/** A call of the API, said once: what is said here validates requests, makes the OpenAPI document, and is held to in tests. */
export interface RouteDefinition<
  P extends z.ZodObject,
  Q extends z.ZodObject,
  B extends z.ZodObject,
  A extends Answers,
> {
  method: "get" | "post" | "delete";
  /** With parameters as OpenAPI writes them: `/v1/avatars/{key}`. */
  path: `/${string}`;
  /** The group under which it is listed. */
  tag: string;
  summary: string;
  /** CommonMark. */
  description?: string;
  params?: P;
  query?: Q;
  body?: B;
  /** What stands before the reason where the body cannot be read, and before the name of what is missing. */
  words?: { unreadable: string; missing?: string };
  /** A good body. */
  example?: z.input<B>;
  answers: A;
  /** When it answers with which error, beside those that every call may answer with. */
  errors?: Readonly<Record<number, string>>;
  handle: (input: Input<P, Q, B>) => BodyOf<A> | Promise<BodyOf<A>>;
}

/** A call as it is served and documented. */
export interface Route extends Omit<RouteDefinition<z.ZodObject, z.ZodObject, z.ZodObject, Answers>, "handle"> {
  handler: RequestHandler;
}

/** Makes a call of what is said about it. What `handle` gives back is sent as JSON, unless it has answered itself. */
export function route<
  const A extends Answers,
  P extends z.ZodObject = Nothing,
  Q extends z.ZodObject = Nothing,
  B extends z.ZodObject = Nothing,
>({ handle, ...definition }: RouteDefinition<P, Q, B, A>): Route {
  const { params, query, body, words } = definition;
  const none = z.object({});
  return {
    ...(definition as unknown as Route),
    handler: async (request, response) => {
      const answer = await handle({
        params: readParams(request, params ?? none) as z.output<P>,
        query: readQuery(request, query ?? none) as z.output<Q>,
        body: (body ? readBody(request, body, words?.unreadable ?? "body", words?.missing) : {}) as z.output<B>,
        request,
        response,
      });
      if (!response.headersSent) response.json(answer);
    },
  };
}

/** Serves calls, and refuses other methods at their paths. */
export function serve(routes: readonly Route[]): Router {
  const router = Router();
  for (const [place, calls] of Map.groupBy(routes, ({ path }) => path)) {
    const served = router.route(place.replace(/\{(\w+)\}/g, ":$1"));
    for (const { method, handler } of calls) served[method](handler);
    const methods = calls.map(({ method }) => method.toUpperCase()).toSorted();
    served.all(methodNotAllowed(methods.join(", ")));
  }
  return router;
}
