import type { DidUrl } from "./did.ts";
import type { DidDocument, Service, VerificationMethod } from "./document.ts";
import { DidError } from "./errors.ts";

/** Parameters of DID URLs that resolving has looked at already. */
const OF_RESOLUTION = new Set(["versionTime"]);

/** What a DID URL names in its DID's document (DID Resolution, section "DID URL Dereferencing"). @throws {DidError} */
export function dereference(
  { did, path, query, fragment }: DidUrl,
  document: DidDocument,
): DidDocument | VerificationMethod | Service {
  const unknown = [...query.keys()].filter(
    (name) => !OF_RESOLUTION.has(name) && name !== "service" && name !== "serviceType",
  );
  if (path !== "" || unknown.length > 0) {
    throw new DidError("NOT_FOUND", `${did} has nothing at ${path || `?${unknown.join("&")}`.slice(0, 100)}`);
  }
  const selected = withServices(document, query);
  if (fragment === null) return selected;
  const id = `${did}#${fragment}`;
  const found = [...selected.verificationMethod, ...(selected.service ?? [])].find((part) => part.id === id);
  if (!found) throw new DidError("NOT_FOUND", `the document of ${did} has no part #${fragment.slice(0, 100)}`);
  return found;
}

function withServices(document: DidDocument, query: URLSearchParams): DidDocument {
  const [name, type] = [query.get("service"), query.get("serviceType")];
  if (name === null && type === null) return document;
  const service = (document.service ?? []).filter(
    ({ id, type: own }) => (name === null || id === `${document.id}#${name}`) && (type === null || own === type),
  );
  return { ...document, service };
}
