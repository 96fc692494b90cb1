import { createPublicKey } from "node:crypto";

import { Router } from "express";

import type { Config } from "../config.ts";
import { methodNotAllowed } from "./http.ts";

/** The account's name, at the host of PUBLIC_URL. */
const NAME = "syngraph";

/**
 * The actor as whom this node signs its requests to servers of the fediverse that want to know who asks: GET /actor, and
 * WebFinger (RFC 7033), by which some of them verify it. It receives nothing, and says so. Without ACTIVITYPUB_KEY there is
 * none.
 */
export function instanceActorRoutes({ instanceActor }: Pick<Config, "instanceActor">): Router {
  const router = Router();
  if (!instanceActor) return router;
  const { id, keyId, privateKey } = instanceActor;
  const account = `acct:${NAME}@${new URL(id).host}`;
  const actor = {
    "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
    id,
    type: "Application",
    preferredUsername: NAME,
    inbox: `${id}/inbox`,
    outbox: `${id}/outbox`,
    url: new URL("/", id).href,
    manuallyApprovesFollowers: true,
    publicKey: {
      id: keyId,
      owner: id,
      publicKeyPem: createPublicKey(privateKey).export({ type: "spki", format: "pem" }),
    },
  };
  const descriptor = {
    subject: account,
    aliases: [id],
    links: [{ rel: "self", type: "application/activity+json", href: id }],
  };
  router
    .route("/actor")
    .get((_request, response) => {
      response.type("application/activity+json").send(JSON.stringify(actor));
    })
    .all(methodNotAllowed("GET"));
  router
    .route("/.well-known/webfinger")
    .get((request, response) => {
      const { resource } = request.query;
      if (resource === account || resource === id) {
        response.type("application/jrd+json").send(JSON.stringify(descriptor));
      } else {
        const known = typeof resource === "string";
        response.status(known ? 404 : 400).json({ message: known ? "no such account" : "resource is missing" });
      }
    })
    .all(methodNotAllowed("GET"));
  return router;
}
