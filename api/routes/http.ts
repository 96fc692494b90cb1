import type { NextFunction, Request, RequestHandler, Response } from "express";
import { z } from "zod";

import { ApiError, badRequest } from "../errors.ts";

/** Fields of a body or query by the names that the schema gives them. */
type Fields = Record<string, unknown>;

/**
 * Reads a JSON body whatever its Content-Type says; field names match without regard to case, as in Go, and null counts as
 * absent, also as text.
 *
 * @param words what stands before the reason in an error, as Next.ID has it.
 * @param missing what stands before the name of a field that is not there.
 * @throws {ApiError} 400.
 */
export function readBody<T extends z.ZodObject>(
  request: Request,
  schema: T,
  words: string,
  missing = words,
): z.infer<T> {
  let body: unknown;
  try {
    body = JSON.parse(typeof request.body === "string" ? request.body : "");
  } catch (error) {
    throw badRequest(`${words}: the body is not JSON`, error);
  }
  return parse(schema, withoutCase(body, schema), words, missing);
}

/** Reads what stands in the path. @throws {ApiError} 400. */
export function readParams<T extends z.ZodObject>(request: Request, schema: T): z.infer<T> {
  return parse(schema, request.params, "Param error", "Param missing");
}

/**
 * Reads the query. Of a repeated parameter the first counts; what is not set may come as the text `null`.
 *
 * @throws {ApiError} 400 `Param error: …` or `Param missing: …`.
 */
export function readQuery<T extends z.ZodObject>(request: Request, schema: T): z.infer<T> {
  const entries = Object.entries(request.query)
    .map(([name, value]) => [name, Array.isArray(value) ? value[0] : value] as const)
    .filter(([name, value]) => !isUnset(name, value));
  for (const [name, value] of entries) {
    // PostgreSQL has no such character in its texts.
    if (typeof value === "string" && value.includes("\0")) throw badRequest(`Param error: ${name} contains U+0000`);
  }
  return parse(schema, Object.fromEntries(entries), "Param error", "Param missing");
}

/** Some clients send the text `null` for what is not set; as these it may be somebody's own. */
function isUnset(name: string, value: unknown): boolean {
  return value === null || (value === "null" && name !== "identity" && name !== "name");
}

/** A text that may be left out. */
export const optionalText = z.string().default("");

const MISSING = "is missing";

/** A text that must be there and not empty. */
export const requiredText = z.string().min(1, MISSING);

/** A query's integer: empty counts as 0 as in Go, anything else that is none is refused. */
export const queryInteger = z
  .string()
  .regex(/^(?:-?\d{1,15})?$/, "must be an integer")
  .default("")
  .transform(Number);

/** A query's boolean as Go's strconv.ParseBool reads it; empty counts as false. */
export const queryBoolean = z
  .string()
  .regex(/^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False|)$/, "must be true or false")
  .default("")
  .transform((text) => /^(?:1|t)/i.test(text));

/** Refuses what a route has no handler for, and names the methods that it has. */
export function methodNotAllowed(allowed: string): RequestHandler {
  return (request, response) => {
    response.setHeader("Allow", allowed);
    throw new ApiError(405, `method ${request.method} is not allowed here, only ${allowed}`);
  };
}

/** Answers any throw with its status and `{"message"}`, what else an ApiError has to say, and `errors` for GraphQL's clients. */
export function answerError(error: unknown, request: Request, response: Response, next: NextFunction): void {
  if (response.headersSent) {
    next(error);
    return;
  }
  const { status, message } = noteFailure(error, request, response);
  const fields = error instanceof ApiError ? error.fields : {};
  const errors = response.locals.hasGraphqlErrors === true ? { errors: [{ message }] } : {};
  // Browsers keep 410 for ever where nobody says otherwise.
  response.setHeader("Cache-Control", "no-store");
  response.status(status).json({ message, ...fields, ...errors });
}

/** Notes what failed on our side, and says by which status and sentence a caller is told. */
export function noteFailure(error: unknown, request: Request, response: Response): { status: number; message: string } {
  const status = statusOf(error);
  if (status >= 500) request.app.locals.log.error({ error, path: request.path }, "request failed");
  if (error instanceof ApiError && error.retryAfter !== null) response.setHeader("Retry-After", error.retryAfter);
  return { status, message: sentenceOf(error, status) };
}

/** What a caller may be told: our own words, not those of a library about our inside. */
function sentenceOf(error: unknown, status: number): string {
  if (error instanceof ApiError || status < 500) return (error as Error).message;
  return status === 503 ? "the chain or its index cannot be asked just now: try again later" : "internal error";
}

/** Of our errors, and of those that Express and body parsers throw. */
function statusOf(error: unknown): number {
  if (error instanceof ApiError) return error.status;
  const status = (error as { status?: unknown } | null)?.status;
  if (typeof status === "number" && status >= 400 && status < 600) return status;
  const { code = "", message = "" } = (error ?? {}) as { code?: string; message?: string };
  return UNAVAILABLE.has(code) || NO_CONNECTION.test(message) ? 503 : 500;
}

/**
 * Codes of what comes back by itself. PostgreSQL (appendix A): the indexer's schema or views are not there yet, the server
 * shuts down, crashed or starts up, it has all the connections that it can, a connection was lost, a reader lost a deadlock against the indexer's own locks, which it takes to follow a reorg, a statement had its time. Node: nobody listens. ethers: the RPC does not answer.
 */
const UNAVAILABLE = new Set([
  ...[
    "3F000",
    "42P01",
    "57P01",
    "57P02",
    "57P03",
    "40P01",
    "57014",
    "53300",
    "08000",
    "08001",
    "08003",
    "08004",
    "08006",
  ],
  ...["ECONNREFUSED", "ECONNRESET", "EPIPE"],
  ...["NETWORK_ERROR", "SERVER_ERROR", "TIMEOUT"],
]);

/** What pg and pg-pool say, without a code, where no connection came free in time, or one was lost. */
const NO_CONNECTION =
  /^(?:timeout exceeded when trying to connect|Connection terminated(?: unexpectedly| due to connection timeout)?|Client (?:has encountered a connection error|was closed) and is not queryable)$/;

function parse<T extends z.ZodObject>(schema: T, value: unknown, words: string, missing: string): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const absent = issues.filter(({ path }) => path.length > 0 && isEmpty(value, path));
  if (absent.length === issues.length) {
    // Where a field has words of its own for that, as Next.ID has them.
    const own = absent.find(({ message }) => message !== MISSING && !message.startsWith("Invalid input"));
    if (own) throw badRequest(own.message, parsed.error);
    throw badRequest(`${missing}: ${absent.map(({ path }) => path.join(".")).join(", ")}`, parsed.error);
  }
  const sentences = issues.map(({ path, message }) => (path.length > 0 ? `${path.join(".")}: ${message}` : message));
  throw badRequest(`${words}: ${sentences.join("; ")}`, parsed.error);
}

/** Whether nothing, or an empty text, stands at a path. */
function isEmpty(value: unknown, path: readonly PropertyKey[]): boolean {
  const found = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
  return found === undefined || found === "";
}

function withoutCase(value: unknown, schema: z.ZodType): unknown {
  const inner = unwrap(schema);
  if (!(inner instanceof z.ZodObject) || typeof value !== "object" || value === null || Array.isArray(value))
    return value;
  const shape: Record<string, z.ZodType> = inner.shape;
  const names = new Map(Object.keys(shape).map((name) => [name.toLowerCase(), name]));
  const fields: Fields = {};
  for (const [key, field] of Object.entries(value)) {
    const name = names.get(key.toLowerCase());
    if (name !== undefined && !isUnset(name, field)) fields[name] = withoutCase(field, shape[name]!);
  }
  return fields;
}

function unwrap(schema: z.ZodType): z.ZodType {
  const wraps = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return wraps ? (schema.unwrap() as z.ZodType) : schema;
}
