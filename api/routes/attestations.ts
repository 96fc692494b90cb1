import { z } from "zod";

import type { Word } from "../attest/attester.ts";
import { countAsking } from "../attest/asker.ts";
import type { Context } from "../context.ts";
import { makeKit, makeOwnWord } from "../proofs/attestations.ts";
import { addressText, hashText, hexText, timeText } from "../shapes.ts";
import { optionalText } from "./http.ts";
import { clientOf } from "../limits/clients.ts";
import { PROOF_EXAMPLE, proofBody } from "./proofBody.ts";
import { type Route, route } from "./route.ts";

const body = z.object({
  ...proofBody.shape,
  prev: optionalText.meta({
    description:
      "The signature that the text quotes, in Base64. Empty: the avatar's last one as this node knows it; for peers none.",
  }),
  peers: z.boolean().default(true).meta({ description: "`false`: this node's own word alone." }),
  account_id: optionalText.meta({ description: "For peers: the account that the asker saw." }),
});

const word = z.object({
  attester: addressText,
  checked_at: timeText,
  signature: hexText.meta({ description: "EIP-712, 65 bytes." }),
});

const kitAnswer = z
  .object({
    link_id: hashText,
    account_id: z.string().meta({ description: "The platform's own id of the account; empty where nobody attests." }),
    proof_location: z.string(),
    quorum: z.int().nullable().meta({
      description: "How many attesters must stand for it: with fewer it becomes a claim. Null: the chain did not say.",
    }),
    attestations: z.array(word).meta({ description: "In the order that the contract wants." }),
    proof: hexText.meta({ description: "These packed, or the other side's own signature." }),
    method: z.enum(["append", "release", "confirm", "reinstate"]).meta({ description: "ProofRegistry's function." }),
    binding_key: hashText.meta({ description: "First argument of `confirm` and `reinstate`." }),
    submission: z
      .record(z.string(), z.string())
      .meta({ description: "Argument of `append` and `release`: the struct `Submission`." }),
    preparation: z
      .string()
      .regex(/^(?:0x[0-9a-f]*)?$/)
      .meta({
        description: "Init code to send first, where the wallet's contract is not deployed yet (ERC-6492); else empty.",
      }),
  })
  .meta({ id: "Attestations" });

const wordAnswer = z
  .object({
    link_id: hashText,
    found: z.boolean(),
    account_id: z.string().meta({ description: "Empty where nothing was found." }),
    proof_location: z.string().meta({ description: "Where this node looked." }),
    reason: z.string().meta({ description: "Why nothing was found; else empty." }),
    ...word.shape,
  })
  .meta({ id: "OwnWord" });

/** POST /v1/attestations: what attesters say of a link, to bring it on chain oneself; and, for peers, what this one says. */
export function attestationRoutes(context: Context): Route[] {
  return [
    route({
      method: "post",
      path: "/v1/attestations",
      tag: "Syngraph",
      summary: "Attestations of a link, to bring it on chain from one's own wallet",
      description:
        "Takes what `POST /v1/proof` takes, looks, asks the other attesters, and answers all that `ProofRegistry` wants. " +
        "Nothing is handed in and nothing sent.\n\n" +
        "With `peers: false`, this node's own word on a link that is given whole: so attesters ask each other. It looks " +
        "itself, and says that a proof is gone only of what it saw itself and missed more than once, hours apart.",
      body,
      words: { unreadable: "parse request failed" },
      example: PROOF_EXAMPLE,
      answers: {
        200: { description: "The attestations, or this node's own word.", schema: z.union([kitAnswer, wordAnswer]) },
      },
      errors: {
        409: "It is gone, and this node says so only when it has missed it for longer.",
        502: "The platform could not be asked.",
      },
      handle: async ({ request, body: { peers, prev, account_id: accountId, extra, ...fields } }) => {
        const { authorization } = request.headers;
        const asking = { authorization, body: request.body as string, client: clientOf(request.ip) };
        await countAsking(context.limits, context.attesters, asking);
        const asked = {
          action: fields.action,
          platform: fields.platform,
          identity: fields.identity,
          publicKey: fields.public_key,
          uuid: fields.uuid,
          createdAt: fields.created_at,
          proofLocation: fields.proof_location,
          signature: extra.signature,
          prev: prev === "" ? undefined : prev,
        };
        if (!peers) return printOwnWord(await makeOwnWord(context, { ...asked, accountId }));
        const { wallet_signature: walletSignature, target_signature: targetSignature } = extra;
        return printKit(await makeKit(context, { ...asked, walletSignature, targetSignature }));
      },
    }),
  ];
}

function printKit(kit: Awaited<ReturnType<typeof makeKit>>): z.output<typeof kitAnswer> {
  return {
    link_id: kit.linkId,
    account_id: kit.accountId,
    proof_location: kit.proofLocation,
    quorum: kit.quorum,
    attestations: kit.words.map(printWord),
    proof: kit.submission.proof,
    method: kit.method,
    binding_key: kit.bindingKey,
    submission: { ...kit.submission },
    preparation: kit.preparation,
  };
}

function printOwnWord(own: Awaited<ReturnType<typeof makeOwnWord>>): z.output<typeof wordAnswer> {
  const { linkId: link_id, found, accountId: account_id, location: proof_location, reason } = own;
  return { link_id, found, account_id, proof_location, reason, ...printWord(own) };
}

function printWord({ attester, checkedAt, signature }: Word): z.output<typeof word> {
  return { attester, checked_at: String(checkedAt), signature };
}
