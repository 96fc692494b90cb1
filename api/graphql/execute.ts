import { type ExecutionResult, GraphQLError, type GraphQLFormattedError, execute } from "graphql";
import type { Logger } from "pino";

import { ApiError } from "../errors.ts";
import type { Graph } from "../graph/types.ts";
import type { Asked, Following } from "./asked.ts";
import { Budget, REQUEST_LIMITS, type RequestLimits } from "./budget.ts";
import { prepare } from "./document.ts";
import { edgeResolvers } from "./edges.ts";
import { Loaders } from "./loaders.ts";
import { nameResolvers } from "./names.ts";
import { queryResolvers } from "./query.ts";
import { recordResolvers } from "./records.ts";
import { resolveWith, schema } from "./schema.ts";

resolveWith({ ...queryResolvers, ...recordResolvers, ...edgeResolvers, ...nameResolvers });

/** A request of a GraphQL client. */
export interface GraphqlRequest {
  query: string;
  operationName?: string | null;
  variables?: Record<string, unknown> | null;
}

/** What an answer has. */
export interface GraphqlAnswer {
  /** How many vertices of the graph it took; where it was ended early, that is known once nothing runs for it any more. */
  vertices: number | Promise<number>;
  data?: Record<string, unknown> | null;
  errors?: (GraphQLFormattedError & Record<string, unknown>)[];
}

/** What requests are answered with. */
export interface Sources {
  graph: Graph;
  following: Following;
  log: Logger;
  limits?: RequestLimits;
}

/** Answers one request; never throws. What `gone` says ends it: nobody waits for the answer any more. */
export async function answer(request: GraphqlRequest, sources: Sources, gone?: AbortSignal): Promise<GraphqlAnswer> {
  const prepared = prepare(request.query);
  if ("errors" in prepared) return { vertices: 0, errors: prepared.errors.map((error) => ({ ...error.toJSON() })) };
  const { document, sizes } = prepared;
  const { graph, following, limits = REQUEST_LIMITS } = sources;
  const budget = new Budget(limits);
  const asked: Asked = { graph, following, budget, sizes, loaders: new Loaders(graph, budget) };
  const timeout = Promise.withResolvers<ExecutionResult>();
  let isEnded = false;
  const end = (why: string): void => {
    isEnded = true;
    budget.end(why);
    timeout.resolve({ errors: [new GraphQLError(why, { extensions: { code: "TOO_COMPLEX" } })] });
  };
  const timer = setTimeout(
    end,
    limits.milliseconds,
    `the query took more than ${limits.milliseconds / 1000} s: ask for fewer at once`,
  );
  gone?.addEventListener("abort", () => end("nobody waits for the answer"), { once: true });
  try {
    const running = Promise.resolve(
      execute({
        schema,
        document,
        contextValue: asked,
        variableValues: request.variables ?? null,
        operationName: request.operationName ?? null,
      }),
    );
    const { data, errors } = await Promise.race([running, timeout.promise]);
    const spent = () => budget.spent;
    return {
      vertices: isEnded ? running.then(spent, spent) : budget.spent,
      ...(errors && { errors: several(errors).map((error) => formatted(error, sources.log)) }),
      ...(data !== undefined && { data }),
    };
  } finally {
    clearTimeout(timer);
  }
}

/** Most errors that are told: a query that is too much fails in every field. */
const MAX_ERRORS = 20;

function several(errors: readonly GraphQLError[]): GraphQLError[] {
  const messages = new Set<string>();
  return errors
    .filter(({ message, extensions: { code } }) => {
      // The same for every field that it kept from being answered.
      if (code !== "TOO_COMPLEX") return true;
      const first = !messages.has(message);
      messages.add(message);
      return first;
    })
    .slice(0, MAX_ERRORS);
}

/** What a caller may be told: our own words, not those of a library about our inside. */
function formatted(error: GraphQLError, log: Logger): GraphQLFormattedError & Record<string, unknown> {
  const cause = error.originalError;
  if (!cause || cause instanceof GraphQLError) return { ...error.toJSON() };
  if (cause instanceof ApiError && cause.status < 500) return { ...error.toJSON() };
  log.error({ error: cause, path: error.path }, "a field could not be resolved");
  const { locations, path } = error.toJSON();
  return {
    message: "the graph cannot be asked just now: try again later",
    ...(locations && { locations }),
    ...(path && { path }),
    extensions: { code: "UNAVAILABLE" },
  };
}
