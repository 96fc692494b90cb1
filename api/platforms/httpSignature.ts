import { type KeyObject, sign } from "node:crypto";

/** As whom a node signs its requests. */
export interface RequestSigner {
  /** Where the public key is published: the actor's address, with a fragment. */
  keyId: string;
  /** RSA, the one kind that all software of the fediverse verifies. */
  privateKey: KeyObject;
}

/**
 * The headers that sign a GET request, for servers that answer to nobody unknown. The fediverse verifies an early draft of
 * HTTP signatures (draft-cavage-http-signatures-12), as https://swicg.github.io/activitypub-http-signature/ describes it.
 */
export function signatureHeaders(url: URL, { keyId, privateKey }: RequestSigner): { Date: string; Signature: string } {
  const date = new Date().toUTCString();
  const text = [`(request-target): get ${url.pathname}${url.search}`, `host: ${url.host}`, `date: ${date}`].join("\n");
  const signature = sign("sha256", Buffer.from(text), privateKey).toString("base64");
  const parameters = { keyId, algorithm: "rsa-sha256", headers: "(request-target) host date", signature };
  const written = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
  return { Date: date, Signature: written.join(",") };
}
