import { Router } from "express";
import { z } from "zod";

import type { Word } from "../attest/attester.ts";
import type { Context } from "../context.ts";
import { makeKit, makeOwnWord } from "../proofs/attestations.ts";
import { methodNotAllowed, readBody } from "./http.ts";

const text = z.string().default("");

const body = z.object({
  action: text,
  platform: text,
  identity: text,
  public_key: text,
  uuid: text,
  created_at: text,
  proof_location: text,
  /** The signature that the text quotes, where the asker knows better than the index. */
  prev: z.string().optional(),
  /** False: only this node's own word is wanted, on a link that is given whole. */
  peers: z.boolean().default(true),
  account_id: text,
  extra: z.object({ signature: text, wallet_signature: text }).prefault({}),
});

/** POST /v1/attestations: what attesters say of a link, to bring it on chain oneself; and, for peers, what this one says. */
export function attestationRoutes(context: Context): Router {
  const router = Router();
  router
    .route("/v1/attestations")
    .post(async (request, response) => {
      const fields = readBody(request, body, "parse request failed");
      const asked = {
        action: fields.action,
        platform: fields.platform,
        identity: fields.identity,
        publicKey: fields.public_key,
        uuid: fields.uuid,
        createdAt: fields.created_at,
        proofLocation: fields.proof_location,
        signature: fields.extra.signature,
        prev: fields.prev === "" ? undefined : fields.prev,
      };
      if (fields.peers) {
        const kit = await makeKit(context, { ...asked, walletSignature: fields.extra.wallet_signature });
        response.json({
          link_id: kit.linkId,
          account_id: kit.accountId,
          proof_location: kit.proofLocation,
          quorum: kit.quorum,
          attestations: kit.words.map(printed),
          proof: kit.submission.proof,
          method: kit.method,
          binding_key: kit.bindingKey,
          submission: kit.submission,
        });
        return;
      }
      const word = await makeOwnWord(context, { ...asked, accountId: fields.account_id });
      response.json({
        link_id: word.linkId,
        found: word.found,
        account_id: word.accountId,
        proof_location: word.location,
        reason: word.reason,
        ...printed(word),
      });
    })
    .all(methodNotAllowed("POST"));
  return router;
}

function printed({ attester, checkedAt, signature }: Word) {
  return { attester, checked_at: String(checkedAt), signature };
}
