import express, { type Express, type RequestHandler } from "express";
import helmet from "helmet";

import type { Context } from "./context.ts";
import { ApiError } from "./errors.ts";
import { attestationRoutes } from "./routes/attestations.ts";
import { avatarRoutes } from "./routes/avatars.ts";
import { badgeRoutes } from "./routes/badges.ts";
import { eventRoutes } from "./routes/events.ts";
import { didRoutes } from "./routes/dids.ts";
import { limitRequests } from "./limits/requests.ts";
import { requestLog } from "./observe/requestLog.ts";
import { graphiqlFiles, graphqlPaths, graphqlRoutes } from "./routes/graphql.ts";
import { healthRoutes } from "./routes/healthz.ts";
import { answerError } from "./routes/http.ts";
import { identityRoutes } from "./routes/identities.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { docsFiles, docsRoutes } from "./routes/docs.ts";
import { instanceActorRoutes } from "./routes/instanceActor.ts";
import { answerPageError, pageFiles, previewRoutes, servePages } from "./routes/pages.ts";
import { pathRoutes } from "./routes/path.ts";
import { platformRoutes } from "./routes/platforms.ts";
import { proofExistsRoutes } from "./routes/proof-exists.ts";
import { proofRoutes } from "./routes/proof.ts";
import { proofChainRoutes } from "./routes/proofchain.ts";
import { restoreRoutes } from "./routes/restore.ts";
import { serve } from "./routes/route.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { statusRoutes } from "./routes/status.ts";
import { subkeyRoutes } from "./routes/subkeys.ts";
import { submissionRoutes } from "./routes/submissions.ts";
import { walletRoutes } from "./routes/wallets.ts";

/** Largest request body, in bytes. */
const BODY_LIMIT = 64 * 1024;

/** The HTTP application: routes, the page, and an error body for everything else. */
export function createApp(context: Context): Express {
  const app = express();
  app.locals.log = context.log;
  app.disable("x-powered-by");
  app.set("query parser", "simple");
  app.set("trust proxy", context.config.trustProxy);
  app.use(requestLog(context.log));
  app.use(context.metrics.observe);
  app.use(securityHeaders());
  app.use(cors);
  app.use(graphqlPaths);
  app.use(limitRequests(context.limits));
  // Clients send JSON under many names, some of which name a character set that is none.
  app.use(express.raw({ type: () => true, limit: BODY_LIMIT }));
  app.use(decodeBody);
  const routes = [
    ...healthRoutes(context),
    ...metricsRoutes(context),
    ...platformRoutes(context),
    ...statusRoutes(context),
    ...proofExistsRoutes(context),
    ...proofRoutes(context),
    ...restoreRoutes(context),
    ...proofChainRoutes(context),
    ...avatarRoutes(context),
    ...eventRoutes(context),
    ...submissionRoutes(context),
    ...sessionRoutes(context),
    ...attestationRoutes(context),
    ...subkeyRoutes(context),
    ...instanceActorRoutes(context.config),
    ...[...identityRoutes(context), ...walletRoutes(context), ...pathRoutes(context), ...didRoutes(context)],
    ...graphqlRoutes(context),
    ...[...badgeRoutes(context), ...previewRoutes(context)],
  ];
  app.use(serve(routes));
  app.use(serve(docsRoutes(routes)));
  app.use("/docs", docsFiles());
  app.use("/graphiql", graphiqlFiles());
  app.use(servePages(context));
  app.use(pageFiles(context.config.webDir));
  app.use((request) => {
    throw new ApiError(404, `${request.path} not found`);
  });
  app.use(answerPageError(context));
  app.use(answerError);
  return app;
}

function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        "default-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "require-trusted-types-for": ["'script'"],
      },
    },
    // The API is for pages of any origin.
    crossOriginResourcePolicy: { policy: "cross-origin" },
    // Loopback and a proxy's inside speak plain HTTP; who ends TLS sets this.
    strictTransportSecurity: false,
  });
}

/** Any origin may ask, as with Next.ID's server; there are no cookies to protect. */
const cors: RequestHandler = (request, response, next) => {
  // What a cache keeps of an answer to nobody's page is no answer to a page.
  response.vary("Origin");
  if (request.headers.origin !== undefined) response.setHeader("Access-Control-Allow-Origin", "*");
  if (request.method !== "OPTIONS") {
    response.setHeader("Access-Control-Expose-Headers", "Location, Retry-After, X-Request-Id");
    next();
    return;
  }
  response.setHeader("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS");
  response.setHeader("Access-Control-Allow-Headers", "Origin, Content-Length, Content-Type, Authorization");
  response.setHeader("Access-Control-Max-Age", "43200");
  response.status(204).end();
};

const decodeBody: RequestHandler = (request, _response, next) => {
  if (Buffer.isBuffer(request.body)) request.body = request.body.toString("utf8");
  next();
};
