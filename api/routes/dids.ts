import type { Request, Response } from "express";
import { z } from "zod";

import type { Context } from "../context.ts";
import { ApiError } from "../errors.ts";
import { dereference } from "../dids/dereference.ts";
import { type DidUrl, parseDid, parseDidUrl } from "../dids/did.ts";
import type { Representation } from "../dids/document.ts";
import { DidError } from "../dids/errors.ts";
import { DidResolver } from "../dids/resolver.ts";
import { optionalText } from "./http.ts";
import { type Answer, type Route, route } from "./route.ts";

/** A form of answer: all that came of it, or the document alone. */
interface Form {
  whole: boolean;
  representation: Representation;
  /** For what it is: a DID, a DID URL with more behind it, or both. */
  of?: "did" | "url";
}

const [V1_1, V1_0] = ["application/did", "application/did+ld+json"] as const;

/** The first is the one that who takes anything gets. */
const FORMS: Readonly<Record<string, Form>> = {
  "application/did-resolution": { whole: true, representation: V1_1, of: "did" },
  "application/did-url-dereferencing": { whole: true, representation: V1_1, of: "url" },
  // In front of those with a profile: who accepts it plainly is content with any.
  "application/ld+json": { whole: false, representation: V1_0 },
  'application/ld+json;profile="https://w3id.org/did-resolution"': { whole: true, representation: V1_0, of: "did" },
  'application/ld+json;profile="https://w3id.org/did-url-dereferencing"': {
    ...{ whole: true, representation: V1_0, of: "url" },
  },
  "application/json": { whole: true, representation: V1_1 },
  [V1_1]: { whole: false, representation: V1_1 },
  [V1_0]: { whole: false, representation: V1_0 },
  "application/did+json": { whole: false, representation: V1_0 },
};

const problemShape = z.object({ type: z.string(), status: z.int(), title: z.string(), detail: z.string() });

const errorShape = z
  .looseObject({ message: z.string(), didResolutionMetadata: z.object({ error: problemShape }).optional() })
  .meta({ id: "DidError", description: "With RFC 9457's `error` in its metadata, as DID Resolution has it." });

const documentShape = z.looseObject({ id: z.string() }).meta({ id: "DidDocument" });
const metadataShape = z.looseObject({ contentType: z.string() });
const resolutionShape = z
  .object({
    didDocument: documentShape,
    didResolutionMetadata: metadataShape,
    didDocumentMetadata: z.looseObject({ versionId: z.string() }),
  })
  .meta({ id: "DidResolution" });
const dereferencingShape = z
  .object({
    content: z.looseObject({ id: z.string() }),
    dereferencingMetadata: metadataShape,
    contentMetadata: z.looseObject({}),
  })
  .meta({ id: "DidUrlDereferencing" });

const ERROR_TYPES = ["application/did-resolution", "application/did-url-dereferencing", "application/json"];

function failure(description: string): Answer {
  return { description, schema: errorShape, types: ERROR_TYPES };
}

/** GET /1.0/identifiers/{did}: avatars and wallets as DIDs, in the universal resolver's shape. */
export function didRoutes({ graph, db, config }: Pick<Context, "graph" | "db" | "config">): Route[] {
  const resolver = new DidResolver({ graph, db, publicUrl: config.publicUrl });
  return [
    route({
      method: "get",
      path: "/1.0/identifiers/{did}",
      tag: "DIDs",
      summary: "Resolves a DID, or dereferences a DID URL",
      description:
        "did:key of avatars, and did:pkh of wallets (eip155, solana). As W3C's DID Resolution has it; who accepts anything gets a whole resolution result.",
      params: z.object({ did: z.string().meta({ description: "A DID or DID URL, percent-encoded." }) }),
      query: z.object({
        versionTime: optionalText.meta({ description: "As the document was then: a time of XML Schema, in UTC." }),
        versionId: optionalText.meta({ description: "Not supported: documents are not kept." }),
      }),
      answers: {
        200: {
          description: "The document, or what came of resolving it.",
          schema: z.union([resolutionShape, dereferencingShape, documentShape]),
          types: Object.keys(FORMS),
        },
        304: { description: "It is as `If-None-Match` has it." },
        400: failure("The DID, the DID URL or the options are wrong."),
        404: failure("The DID URL names nothing."),
        406: failure("None of the accepted media types can be had."),
        501: failure("The DID method, the kind of key or an option is not supported."),
      },
      handle: async ({ params: { did: text }, query, request, response }) => {
        response.vary("Accept");
        response.setHeader("Cache-Control", "no-cache");
        try {
          const url = parseDidUrl(text);
          const isUrl = url.path !== "" || url.fragment !== null || url.query.size > 0;
          const [type, form] = formOf(request, isUrl);
          const at = readTime(query, url);
          const { document, metadata } = await resolver.resolve(parseDid(url.did), at, form.representation);
          const content = dereference(url, document);
          response.type(type);
          if (!form.whole) return content;
          const told = { contentType: form.representation };
          if (!isUrl) return { didDocument: document, didResolutionMetadata: told, didDocumentMetadata: metadata };
          const contentMetadata = content.id === document.id ? metadata : {};
          return { content, dereferencingMetadata: told, contentMetadata };
        } catch (error) {
          throw error instanceof DidError ? refused(response, error, text) : error;
        }
      },
    }),
  ];
}

function formOf(request: Request, isUrl: boolean): [type: string, form: Form] {
  const fitting = Object.entries(FORMS).filter(([, { of }]) => of === undefined || of === (isUrl ? "url" : "did"));
  const chosen = request.accepts(fitting.map(([type]) => type));
  const found = fitting.find(([type]) => type === chosen);
  if (found) return found;
  const words = `none of the accepted media types can be had, only ${fitting.map(([type]) => type).join(", ")}`;
  throw new DidError("REPRESENTATION_NOT_SUPPORTED", words);
}

/** Options of the request, and the same as parameters of the DID URL. */
function readTime(options: { versionTime: string; versionId: string }, { query }: DidUrl): number | undefined {
  if (options.versionId !== "" || query.has("versionId")) {
    throw new DidError("FEATURE_NOT_SUPPORTED", "versions are not kept by their ids: ask by versionTime");
  }
  const text = options.versionTime || query.get("versionTime");
  if (!text) return undefined;
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) / 1000 : NaN;
  if (!(time >= 0)) throw new DidError("INVALID_OPTIONS", `versionTime is no time as 2026-11-21T12:00:00Z`);
  if (time > Date.now() / 1000) throw new DidError("INVALID_OPTIONS", `versionTime ${text} lies in the future`);
  return time;
}

/** An error as both its own result and as all errors of this API. */
function refused(response: Response, error: DidError, text: string): ApiError {
  const isUrl = /[/?#]/.test(text);
  response.type(isUrl ? "application/did-url-dereferencing" : "application/did-resolution");
  const metadata = { error: error.problem };
  const fields = isUrl
    ? { content: null, dereferencingMetadata: metadata, contentMetadata: {} }
    : { didDocument: null, didResolutionMetadata: metadata, didDocumentMetadata: {} };
  return new ApiError(error.status, error.message, { fields, cause: error });
}
