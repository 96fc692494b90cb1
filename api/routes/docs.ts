import { readFileSync } from "node:fs";
import { join } from "node:path";

import express, { type RequestHandler } from "express";
import { getAbsoluteFSPath } from "swagger-ui-dist";
import { z } from "zod";

import { VERSION } from "../version.ts";
import { openApiDocument } from "./openapi.ts";
import { type Route, route } from "./route.ts";

const FOLDER = join(import.meta.dirname, "../docs");

/** Of what Swagger UI comes with, what the page needs. */
const SWAGGER_FILES = new Set(["/swagger-ui.css", "/swagger-ui-bundle.js", "/favicon-32x32.png"]);

/** GET /openapi.json: the document of all calls, these too; and GET /docs, where it can be read and tried. */
export function docsRoutes(others: readonly Route[]): Route[] {
  const page = readFileSync(join(FOLDER, "index.html"), "utf8");
  const routes: Route[] = [
    ...others,
    route({
      method: "get",
      path: "/openapi.json",
      tag: "Operation",
      summary: "This document",
      answers: {
        200: { description: "An OpenAPI 3.1 document.", schema: z.looseObject({ openapi: z.string() }) },
      },
      handle: () => ({ ...document }),
    }),
    route({
      method: "get",
      path: "/docs",
      tag: "Operation",
      summary: "This document as a page",
      answers: { 200: { description: "The page.", text: "text/html" } },
      handle: ({ response }) => {
        // Swagger UI's style sheet has its icons in itself.
        const policy = response.getHeader("Content-Security-Policy") as string;
        response.setHeader("Content-Security-Policy", `${policy};img-src 'self' data:`);
        response.type("html").send(page);
        return undefined;
      },
    }),
  ];
  const document = openApiDocument(routes, VERSION);
  return routes.slice(others.length);
}

/** The page's own files. */
export function docsFiles(): RequestHandler {
  const files = express.Router();
  const options = { index: false, redirect: false } as const;
  const swagger = express.static(getAbsoluteFSPath(), options);
  files.use(express.static(FOLDER, options));
  files.use((request, response, next) => {
    if (SWAGGER_FILES.has(request.path)) swagger(request, response, next);
    else next();
  });
  return files;
}
