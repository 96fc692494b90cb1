import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import type { RequestHandler } from "express";
import type { Logger } from "pino";
import { pinoHttp } from "pino-http";

/** A request id that somebody in front of us gave: anything else might forge lines of the log. */
const GIVEN_ID = /^[A-Za-z0-9_.:-]{8,64}$/;

/**
 * Logs each request once, when it ends, and gives it an id that the answer carries as X-Request-Id. Of a request it keeps
 * the method and the path; queries, bodies and headers may hold secrets.
 */
export function requestLog(log: Logger): RequestHandler {
  return pinoHttp({
    logger: log,
    genReqId(request: IncomingMessage, response: ServerResponse) {
      const given = request.headers["x-request-id"];
      const id = typeof given === "string" && GIVEN_ID.test(given) ? given : randomUUID();
      response.setHeader("X-Request-Id", id);
      return id;
    },
    wrapSerializers: false,
    serializers: {
      req: ({ id, method, url }: IncomingMessage & { id: string }) => ({ id, method, path: url?.split("?")[0] }),
      res: ({ statusCode }: ServerResponse) => ({ status: statusCode }),
      err: (error: Error) => ({ type: error.name, message: error.message }),
    },
    customLogLevel: (request, response, error) => {
      if (error || response.statusCode >= 500) return "error";
      return QUIET.has(request.url ?? "") ? "trace" : "debug";
    },
    customSuccessMessage: () => "request",
    customErrorMessage: () => "request",
  });
}

/** What probes ask for every few seconds. */
const QUIET = new Set(["/healthz", "/readyz", "/metrics"]);
