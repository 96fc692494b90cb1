import { SUBKEY_ALGORITHMS } from "@syngraph/sdk/protocol";
import type { Response } from "express";
import { z } from "zod";

import type { Context } from "../context.ts";
import { badRequest } from "../errors.ts";
import { hashText } from "../shapes.ts";
import { findSubkeys, subkeyShape } from "../subkeys/read.ts";
import { clientOf } from "../limits/clients.ts";
import type { Relayed } from "../subkeys/relay.ts";
import { readAvatar, readSubkey } from "../subkeys/request.ts";
import { authorizeSubkey, makeSubkeyPayload, revokeSubkey } from "../subkeys/subkeys.ts";
import { optionalText } from "./http.ts";
import { type Route, route } from "./route.ts";

const TAG = "Subkeys";

const fields = {
  avatar: z.string().meta({ description: "The avatar's public key in any form." }),
  algorithm: z.string().meta({ description: "`es256` or `secp256k1`." }),
  public_key: z.string().meta({
    description:
      "The subkey's in hex, with or without `0x`: of es256 X and Y, 64 bytes; of secp256k1 33 or 65. It is signed as it stands.",
  }),
  rp_id: z
    .string("rp_id is empty")
    .min(1, "rp_id is empty")
    .meta({ description: "The relying party's domain name (WebAuthn): whom the subkey is for." }),
};

const expiresAt = z.int().min(0).max(9_999_999_999).optional().meta({
  description: "Unix seconds, 0 for never. With it typed data is signed, which also has name and nonce in it.",
});

const proofs = {
  possession: optionalText.meta({
    description: "The subkey's own signature over the payload's `digest`, in hex with `0x` or Base64.",
  }),
  assertion: z
    .object({ authenticator_data: z.string(), client_data_json: z.string(), signature: z.string() })
    .optional()
    .meta({ description: "The same of a passkey, whose challenge was the digest; Base64url or hex with `0x`." }),
};

const EXAMPLE = {
  avatar: "0x028c3cda474361179d653c41a62f6bbb07265d535121e19aedf660da2924d0b1e3",
  algorithm: "es256",
  public_key:
    "4d3b5bd8cb2975457e3c40315d9d9e9e379d634cd415f8e71a27e8b8f9ad3ac0407b4353cac11b47103a6d1bc893703377f281e1d73567614eb723b7f5b58b2d",
  rp_id: "example.com",
};

const relayedAnswer = {
  202: {
    description: "It will be on chain; ask at `Location`.",
    schema: z.object({ sign_payload: z.string().optional() }),
    headers: { Location: "Its status." },
  },
};

/** GET and POST /v1/subkey, POST /v1/subkey/payload and /v1/subkey/revoke. */
export function subkeyRoutes(context: Context): Route[] {
  return [
    route({
      method: "post",
      path: "/v1/subkey/payload",
      tag: TAG,
      summary: "What to sign to authorise or revoke a subkey",
      description:
        "As Next.ID has it, the avatar signs a text. With `expires_at` it signs typed data (EIP-712) that cannot be replayed, " +
        "and so does the subkey. A revocation is signed by either.",
      body: z.object({
        ...fields,
        action: z.enum(["authorize", "revoke"]).default("authorize"),
        name: optionalText,
        expires_at: expiresAt,
      }),
      words: { unreadable: "when parsing body", missing: "param missing" },
      example: EXAMPLE,
      answers: {
        200: {
          description: "The payload.",
          schema: z.object({
            sign_payload: z.string().meta({
              description:
                "What the avatar signs: Next.ID's text with EIP-191; or the typed data as JSON, with EIP-712.",
            }),
            typed_data: z
              .record(z.string(), z.unknown())
              .meta({ description: "For eth_signTypedData_v4: what the subkey signs in any case." }),
            digest: hashText.meta({
              description: "Its hash: a passkey's challenge, and the 32 bytes that WebCrypto signs.",
            }),
            subkey_id: hashText,
            nonce: z.int(),
          }),
        },
      },
      handle: ({ body }) => makeSubkeyPayload(context, body),
    }),
    route({
      method: "post",
      path: "/v1/subkey",
      tag: TAG,
      summary: "Authorise a subkey",
      description:
        "With the subkey's own signature it goes on chain. Without, as Next.ID's clients send it, this node alone keeps it, as " +
        "long as nothing about the subkey is on chain.",
      body: z.object({
        ...fields,
        name: optionalText.meta({ description: "What the avatar calls it. Next.ID's text has it not in it." }),
        signature: z.string().meta({ description: "The avatar's over `sign_payload`, in Base64." }),
        expires_at: expiresAt,
        ...proofs,
      }),
      words: { unreadable: "when parsing body", missing: "param missing" },
      example: {
        ...EXAMPLE,
        name: "Alice's phone",
        signature: "p4kb/P2uuKCU40zZTs+jk6/ARAO5ZcXErvJU/8oXNVt3+b6SUzpauBW6wNT2N8fwQeXYGgFHCTEGon4qZbK3IQE=",
      },
      answers: {
        200: { description: "It may act for the avatar.", schema: z.object({ sign_payload: z.string() }) },
        ...relayedAnswer,
      },
      handle: async ({ body, request, response }) => {
        const { sign_payload, relayed } = await authorizeSubkey(context, body, clientOf(request.ip));
        if (relayed !== null) answerRelayed(response, relayed);
        return { sign_payload };
      },
    }),
    route({
      method: "post",
      path: "/v1/subkey/revoke",
      tag: TAG,
      summary: "Revoke a subkey",
      description:
        "By the avatar's signature or the subkey's own. What was signed before, handed in or not, counts no more.",
      body: z.object({
        ...fields,
        signature: optionalText.meta({ description: "The avatar's over the typed data, in Base64 or hex." }),
        ...proofs,
      }),
      words: { unreadable: "when parsing body", missing: "param missing" },
      example: {
        ...EXAMPLE,
        signature: "p4kb/P2uuKCU40zZTs+jk6/ARAO5ZcXErvJU/8oXNVt3+b6SUzpauBW6wNT2N8fwQeXYGgFHCTEGon4qZbK3IQE=",
      },
      answers: { 200: { description: "It is revoked.", schema: z.object({}) }, ...relayedAnswer },
      handle: async ({ body, request, response }) => {
        answerRelayed(response, await revokeSubkey(context, body, clientOf(request.ip)));
        return {};
      },
    }),
    route({
      method: "get",
      path: "/v1/subkey",
      tag: TAG,
      summary: "Subkeys of an avatar, or avatars of a subkey",
      query: z.object({
        avatar: optionalText.meta({ description: "A public key in any form." }),
        algorithm: optionalText.meta({ description: "With `public_key`." }),
        public_key: optionalText,
        status: z
          .enum(["", "any"], "must be any")
          .default("")
          .meta({ description: "`any`: also revoked and expired ones." }),
      }),
      answers: {
        200: {
          description: "Those that are valid now, the oldest first.",
          schema: z.object({ subkeys: z.array(subkeyShape) }),
        },
      },
      handle: async ({ query: { avatar, algorithm, public_key, status } }) => {
        if (avatar === "" && public_key === "") throw badRequest("Avatar or public_key should be given");
        // Next.ID's own spelling.
        if (public_key !== "" && algorithm === "") throw badRequest("One of avatar or algorighm should be given.");
        const subkey =
          public_key === ""
            ? null
            : readSubkey({ algorithm, public_key, rp_id: "example.com" }, "Error when parsing subkey");
        const found = await findSubkeys(context.db, context.config.chain.chainId, {
          avatar: avatar === "" ? null : readAvatar(avatar, "Error when parsing avatar").address.toLowerCase(),
          algorithm: subkey?.algorithm ?? SUBKEY_ALGORITHMS.find((name) => name === algorithm) ?? null,
          publicKey: subkey?.publicKey ?? null,
          ended: status === "any",
        });
        return { subkeys: found };
      },
    }),
  ];
}

function answerRelayed(response: Response, { uuid, readable }: Relayed): void {
  if (!readable) response.status(202);
  if (uuid !== "") response.location(`/v1/submissions/${uuid}`);
}
