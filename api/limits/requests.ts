import type { RequestHandler } from "express";

import { clientOf } from "./clients.ts";
import type { Limits } from "./limits.ts";

/** What is answered also to those over their limit, so that a probe or a scrape cannot be crowded out. */
const UNLIMITED = new Set(["/healthz", "/readyz", "/metrics"]);

/** POST requests that only compute and read. */
const CHEAP = new Set(["/v1/proof/payload", "/v1/subkey/payload", "/v1/proof/restore_pubkey", "/graphql"]);

/** POST requests that their route counts, since it depends on who asks, or for how much. */
const COUNTED_LATER = new Set(["/v1/attestations", "/v1/identities"]);

/** Counts each request for the client that it comes from. */
export function limitRequests(limits: Limits): RequestHandler {
  return async (request, _response, next) => {
    // As routes are matched.
    const path = request.path.toLowerCase().replace(/(?<=.)\/$/, "");
    if (!UNLIMITED.has(path)) {
      const reads = ["GET", "HEAD", "OPTIONS"].includes(request.method) || CHEAP.has(path) || COUNTED_LATER.has(path);
      await limits.count(reads ? "read" : "write", clientOf(request.ip));
    }
    next();
  };
}
