import { z } from "zod";

import { optionalText, requiredText } from "./http.ts";

/** What a request for a payload brings. */
export const payloadBody = z.object({
  action: requiredText.meta({ description: "`create` or `delete`." }),
  platform: requiredText.meta({ description: "As `/healthz` lists it." }),
  identity: requiredText.meta({
    description: "As the platform writes it. A leading @, capitals and pasted addresses are put right.",
  }),
  public_key: requiredText.meta({
    description: "The avatar's secp256k1 public key in hex, compressed or not, with or without `0x`.",
  }),
  extra: z
    .object({
      signature: optionalText.meta({ description: "The avatar's signature of the payload, in Base64." }),
      wallet_signature: optionalText.meta({ description: "The wallet's, as its platform writes it." }),
      target_signature: optionalText.meta({ description: "On `nextid`: the other avatar's, in hex or Base64." }),
    })
    .prefault({}),
});

/** What a proof brings. */
export const proofBody = z.object({
  ...payloadBody.shape,
  uuid: z.string().meta({ description: "The payload's." }),
  created_at: z.string().meta({ description: "The payload's: Unix seconds as text." }),
  proof_location: optionalText.meta({
    description:
      "Where the post is, for platforms that need it: an id or a URL. From peers, of a Solana wallet its signature.",
  }),
});

export const PAYLOAD_EXAMPLE = {
  action: "create",
  platform: "github",
  identity: "alice",
  public_key: "0x028c3cda474361179d653c41a62f6bbb07265d535121e19aedf660da2924d0b1e3",
};

export const PROOF_EXAMPLE = {
  ...PAYLOAD_EXAMPLE,
  uuid: "353449e6-3a6f-4ac8-ae65-ba14bf466baf",
  created_at: "1763740800",
  proof_location: "9d4e1a8e1a4f1c0e4f6b",
};
