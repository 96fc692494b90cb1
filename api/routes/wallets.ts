import { z } from "zod";

import type { Context } from "../context.ts";
import { ApiError, badRequest } from "../errors.ts";
import { vertexOf } from "../graph/identityOf.ts";
import type { VertexId } from "../graph/types.ts";
import { cardShape, cardsOf } from "../identities/card.ts";
import { readScope, scopeQuery } from "../identities/scope.ts";
import { DEFAULT_CAP, ETAG, MAX_CAP, UNCHANGED, capQuery, clockOf, tagged } from "./identities.ts";
import { type Route, route } from "./route.ts";

/** Platforms on which an address is a wallet. */
const WALLETS = ["ethereum", "solana"];

const handlesShape = cardShape
  .omit({ identities: true })
  .extend({
    handles: cardShape.shape.identities.meta({ description: "Accounts and names, from the nearest to the farthest." }),
  })
  .meta({ id: "WalletHandles" });

/** GET /v1/wallets/{address}/handles: the accounts and names of whom a wallet belongs to. */
export function walletRoutes(context: Context): Route[] {
  return [
    route({
      method: "get",
      path: "/v1/wallets/{address}/handles",
      tag: "Identity graph",
      summary: "The accounts and names of a wallet's holder",
      description: "With the connections that lead to them. Of an unknown wallet the lists are empty.",
      params: z.object({ address: z.string().meta({ description: "Of Ethereum or Solana." }) }),
      query: z.object({ ...scopeQuery, cap: capQuery(DEFAULT_CAP, MAX_CAP) }),
      answers: {
        200: { description: "What they are called.", schema: handlesShape, headers: { ETag: ETAG } },
        304: UNCHANGED,
      },
      handle: async ({ params: { address }, query: { cap, ...scope }, response }) => {
        const asked = await readScope(scope, clockOf(context));
        const [card] = await cardsOf(context.graph, [walletOf(address)], asked, cap);
        const { identities, ...rest } = card!;
        return tagged(response, { ...rest, handles: identities.filter(({ platform }) => !WALLETS.includes(platform)) });
      },
    }),
  ];
}

function walletOf(address: string): VertexId {
  const reasons: string[] = [];
  for (const platform of WALLETS) {
    try {
      return vertexOf(platform, address);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      reasons.push(error.message);
    }
  }
  throw badRequest(`${reasons[0]}, nor ${reasons[1]!.replace(/^.* is not /s, "")}`);
}
