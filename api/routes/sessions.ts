import type { Request, Response } from "express";
import { z } from "zod";

import type { Context } from "../context.ts";
import { ApiError } from "../errors.ts";
import { paginationShape } from "../proofs/read/pages.ts";
import { submissionsOf } from "../sessions/history.ts";
import { TOKEN_LIFETIME, issueIdToken } from "../sessions/idToken.ts";
import { MAX_MESSAGE } from "../sessions/message.ts";
import type { Session } from "../sessions/sessions.ts";
import { signIn } from "../sessions/signIn.ts";
import { addressText, hashText, publicKeyText, timeText, uuidText } from "../shapes.ts";
import { optionalText, queryInteger, requiredText } from "./http.ts";
import { type Route, route } from "./route.ts";

const signedMessage = {
  message: requiredText.meta({ description: `Of EIP-4361, at most ${MAX_MESSAGE} characters.` }),
  signature: requiredText.meta({ description: "In 0x hex: by EIP-191, or what a contract wallet takes (ERC-1271)." }),
};

const words = { unreadable: "parse request failed", missing: "param missing" };

const sessionShape = z
  .object({
    avatar: publicKeyText,
    address: addressText.meta({ description: "Of the avatar's key." }),
    signer: addressText.meta({ description: "Who signed in: that address, or a wallet bound to the avatar." }),
    created_at: timeText,
    expires_at: timeText,
  })
  .meta({ id: "Session" });

const submissionShape = z.object({
  uuid: uuidText,
  method: z
    .enum(["append", "release", "confirm", "suspend", "reinstate", "call"])
    .meta({ description: "ProofRegistry's function; `call` for what is about a subkey." }),
  platform: z.string().nullable().meta({ description: "Null where it is about a subkey." }),
  identity: z.string().nullable(),
  state: z.enum(["accepted", "sent", "included", "refused"]),
  reason: z.string(),
  link_id: hashText,
  chain_id: z.int(),
  tx_hash: hashText.nullable(),
  block: z.int().nullable(),
  created_at: timeText,
});

const UNAUTHORIZED = "Nobody is signed in with this token, or the signature, nonce, domain or time is wrong.";

/** Signing in with EIP-4361, what is the user's own then, and ID tokens for applications of others. */
export function sessionRoutes(context: Context): Route[] {
  const { config, db, nonces, sessions, signingKeys } = context;
  return [
    route({
      method: "post",
      path: "/v1/sessions/nonce",
      tag: "Sessions",
      summary: "A nonce for a message to sign in with",
      description: "Good for ten minutes and once, for a session or an ID token.",
      answers: {
        200: {
          description: "The nonce.",
          schema: z.object({
            nonce: z.string(),
            expires_at: timeText,
            chain_id: z.int().meta({ description: "To stand in the message: on this chain wallets are looked up." }),
          }),
        },
      },
      handle: async ({ response }) => {
        const { nonce, expiresAt } = await nonces.issue();
        neverStored(response);
        return { nonce, expires_at: String(expiresAt), chain_id: config.chain.chainId };
      },
    }),
    route({
      method: "post",
      path: "/v1/sessions",
      tag: "Sessions",
      summary: "Sign in",
      description:
        "With a message for a domain of this node, signed by the avatar's key or a wallet that is bound to it. The token goes into `Authorization: Bearer …`.",
      body: z.object({
        ...signedMessage,
        avatar: optionalText.meta({ description: "A public key, where the wallet is bound to several avatars." }),
      }),
      words,
      answers: {
        201: { description: "Signed in for a day.", schema: sessionShape.extend({ token: z.string() }) },
      },
      errors: { 401: UNAUTHORIZED, 403: "The signer stands for no avatar, or not for this one." },
      handle: async ({ body: { avatar, ...signed }, response }) => {
        const { avatar: signedIn, signer } = await signIn(context, signed, {
          domains: config.sessionDomains,
          avatar: () => avatar || undefined,
        });
        const { token, session } = await sessions.begin(signedIn, signer);
        neverStored(response).status(201);
        return { token, ...shown(session) };
      },
    }),
    route({
      method: "get",
      path: "/v1/sessions/current",
      tag: "Sessions",
      summary: "Who is signed in",
      answers: { 200: { description: "The session.", schema: sessionShape } },
      errors: { 401: UNAUTHORIZED },
      handle: async ({ request, response }) => shown((await authenticate(context, request, response)).session),
    }),
    route({
      method: "delete",
      path: "/v1/sessions/current",
      tag: "Sessions",
      summary: "Sign out",
      answers: { 200: { description: "The token is good for nothing any more.", schema: z.object({}) } },
      errors: { 401: UNAUTHORIZED },
      handle: async ({ request, response }) => {
        const { token } = await authenticate(context, request, response);
        await sessions.end(token);
        return {};
      },
    }),
    route({
      method: "get",
      path: "/v1/sessions/current/submissions",
      tag: "Sessions",
      summary: "What the avatar that is signed in handed in",
      query: z.object({ page: queryInteger }),
      answers: {
        200: {
          description: "A page, the latest first.",
          schema: z.object({ pagination: paginationShape, submissions: z.array(submissionShape) }),
        },
      },
      errors: { 401: UNAUTHORIZED },
      handle: async ({ query, request, response }) => {
        const { session } = await authenticate(context, request, response);
        const { pagination, submissions } = await submissionsOf(db, session.avatar, Math.max(query.page, 1));
        return {
          pagination,
          submissions: submissions.map((item) => ({ ...item, created_at: String(item.created_at) })),
        };
      },
    }),
    route({
      method: "post",
      path: "/v1/sign-in",
      tag: "Sessions",
      summary: "An ID token for an application",
      description:
        "For a message that the user signed for the application's own domain. It tells the avatar, and the live bindings of those platforms that the message names as resources `urn:syngraph:binding:<platform>`; `urn:syngraph:avatar:<public key>` chooses where a wallet is bound to several avatars. Its audience is the message's domain, or its origin where `audience` says so.",
      body: z.object({ ...signedMessage, audience: optionalText }),
      words,
      answers: {
        200: {
          description: "A JWT; its key is in `/.well-known/jwks.json`.",
          schema: z.object({ id_token: z.string(), expires_in: z.int().meta({ description: "In seconds." }) }),
        },
      },
      errors: { 401: UNAUTHORIZED, 403: "The signer stands for no avatar, or not for this one." },
      handle: async ({ body, response }) => {
        const id_token = await issueIdToken(context, body);
        neverStored(response);
        return { id_token, expires_in: TOKEN_LIFETIME };
      },
    }),
    route({
      method: "get",
      path: "/.well-known/jwks.json",
      tag: "Sessions",
      summary: "The keys of ID tokens",
      answers: {
        200: {
          description: "A JWK set (RFC 7517).",
          schema: z.object({ keys: z.array(z.looseObject({ kid: z.string(), alg: z.string(), kty: z.string() })) }),
        },
      },
      handle: async ({ response }) => {
        response.setHeader("Cache-Control", "public, max-age=300");
        const { keys } = await signingKeys.published();
        return { keys: keys.map(({ kid, alg, kty, ...rest }) => ({ ...rest, kid: kid!, alg: alg!, kty: kty! })) };
      },
    }),
  ];
}

/** @throws {ApiError} 401 where nobody is signed in with the token of a request. */
async function authenticate(
  { sessions }: Context,
  request: Request,
  response: Response,
): Promise<{ token: string; session: Session }> {
  const [, token] = /^Bearer +([A-Za-z0-9_-]{1,200})$/i.exec(request.headers.authorization ?? "") ?? [];
  const session = token === undefined ? undefined : await sessions.find(token);
  if (token !== undefined && session) {
    neverStored(response);
    return { token, session };
  }
  // RFC 6750, section 3.
  response.setHeader("WWW-Authenticate", token === undefined ? "Bearer" : 'Bearer error="invalid_token"');
  throw new ApiError(401, "sign in first: no session has this token, or it is over");
}

function shown({ avatar, public_key, signer, created_at, expires_at }: Session) {
  return {
    ...{ avatar: public_key, address: avatar, signer },
    ...{ created_at: String(created_at), expires_at: String(expires_at) },
  };
}

/** Keeps caches from keeping what is one user's. */
function neverStored(response: Response): Response {
  return response.setHeader("Cache-Control", "no-store");
}
