import { createPublicKey } from "node:crypto";

import { z } from "zod";

import type { Config } from "../config.ts";
import { ApiError } from "../errors.ts";
import { requiredText } from "./http.ts";
import { type Route, route } from "./route.ts";

/** The account's name, at the host of PUBLIC_URL. */
const NAME = "syngraph";

/**
 * The actor as whom this node signs its requests to servers of the fediverse that want to know who asks, and WebFinger
 * (RFC 7033), by which some of them verify it. It receives nothing. Without ACTIVITYPUB_KEY there is none.
 */
export function instanceActorRoutes({ instanceActor }: Pick<Config, "instanceActor">): Route[] {
  if (!instanceActor) return [];
  const { id, keyId, privateKey } = instanceActor;
  const account = `acct:${NAME}@${new URL(id).host}`;
  const publicKeyPem = createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString();
  const descriptor = {
    subject: account,
    aliases: [id],
    links: [{ rel: "self", type: "application/activity+json", href: id }],
  };
  return [
    route({
      method: "get",
      path: "/actor",
      tag: "Operation",
      summary: "As whom this node asks servers of the fediverse",
      answers: {
        200: {
          description: "An ActivityPub actor with the public key of this node's signed requests.",
          schema: z.looseObject({
            id: z.string(),
            publicKey: z.object({ id: z.string(), owner: z.string(), publicKeyPem: z.string() }),
          }),
        },
      },
      handle: ({ response }) => {
        response.type("application/activity+json");
        return {
          "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
          id,
          type: "Application",
          preferredUsername: NAME,
          inbox: `${id}/inbox`,
          outbox: `${id}/outbox`,
          url: new URL("/", id).href,
          manuallyApprovesFollowers: true,
          publicKey: { id: keyId, owner: id, publicKeyPem },
        };
      },
    }),
    route({
      method: "get",
      path: "/.well-known/webfinger",
      tag: "Operation",
      summary: "Where that actor is (RFC 7033)",
      query: z.object({ resource: requiredText }),
      answers: {
        200: {
          description: "A JSON Resource Descriptor.",
          schema: z.object({
            subject: z.string(),
            aliases: z.array(z.string()),
            links: z.array(z.object({ rel: z.string(), type: z.string(), href: z.string() })),
          }),
        },
      },
      errors: { 404: "There is no other account." },
      handle: ({ query: { resource }, response }) => {
        if (resource !== account && resource !== id) throw new ApiError(404, `no account ${resource.slice(0, 100)}`);
        response.type("application/jrd+json");
        return descriptor;
      },
    }),
  ];
}
