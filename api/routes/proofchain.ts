import { parsePublicKey } from "@syngraph/sdk/protocol";
import { z } from "zod";

import type { Context } from "../context.ts";
import { badRequest } from "../errors.ts";
import { chainItemShape, changesAfter, journalItemShape, proofChain } from "../proofs/read/chain.ts";
import { avatarChainShape, toAvatarChain } from "../proofs/read/chains.ts";
import { forkShape, forksOf } from "../proofs/read/forks.ts";
import { paginationShape } from "../proofs/read/pages.ts";
import { optionalText, queryInteger } from "./http.ts";
import { type Route, route } from "./route.ts";

/** Links that GET /v1/proofchain/changes answers with where no count is given, and at most. */
const DEFAULT_COUNT = 10;
const MAX_COUNT = 100;

/** GET /v1/proofchain and GET /v1/proofchain/changes. */
export function proofChainRoutes({ reads, db, journal }: Context): Route[] {
  return [
    route({
      method: "get",
      path: "/v1/proofchain",
      tag: "ProofService",
      summary: "An avatar's proof chain, in order",
      description:
        "Of the chain on which it is longest. Of an unknown avatar, and of what is no key, the list is empty.",
      query: z.object({
        avatar: optionalText.meta({ description: "A public key in any form." }),
        public_key: optionalText.meta({
          description: "The same by its older name; `avatar` counts where both are there.",
        }),
        page: queryInteger,
      }),
      answers: {
        200: {
          description: "A page of it.",
          schema: z.object({
            pagination: paginationShape,
            proof_chain: z.array(chainItemShape),
            chains: z.array(avatarChainShape).meta({ description: "Where the avatar stands, the longest first." }),
            forks: z.array(forkShape).meta({ description: "Where its chains diverge." }),
          }),
        },
      },
      handle: async ({ query }) => {
        const key = query.avatar || query.public_key;
        if (key === "") throw badRequest("Param missing: avatar");
        const avatar = addressOf(key);
        const { chains, ...found } = await proofChain(reads, avatar, Math.max(query.page, 1));
        return { ...found, chains: chains.map(toAvatarChain), forks: await forksOf(reads, avatar, chains) };
      },
    }),
    route({
      method: "get",
      path: "/v1/proofchain/changes",
      tag: "ProofService",
      summary: "Links of all avatars after a cursor",
      description:
        "Ask again with the last `id`. Each link that stays on chain is told of; one that a reorg moved, perhaps again. " +
        "`GET /v1/events` tells of the same links by the same numbers, and of bindings and reorgs.",
      query: z.object({
        last_id: queryInteger,
        count: queryInteger.meta({ description: `At most ${MAX_COUNT}; ${DEFAULT_COUNT} where it is 0 or less.` }),
      }),
      answers: { 200: { description: "By `id`, ascending.", schema: z.object({ links: z.array(journalItemShape) }) } },
      handle: async ({ query: { last_id, count } }) => {
        const limit = count <= 0 ? DEFAULT_COUNT : Math.min(count, MAX_COUNT);
        return { links: await changesAfter(db, journal, last_id, limit) };
      },
    }),
  ];
}

/** The address of a key in any form; of what is no key, a name that no avatar has, since Next.ID answers an empty list. */
function addressOf(key: string): string {
  try {
    return parsePublicKey(key).address.toLowerCase();
  } catch {
    return "";
  }
}
