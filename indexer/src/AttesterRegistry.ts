import { isPlatformName } from "@syngraph/sdk/protocol";
import { ponder } from "ponder:registry";
import schema from "ponder:schema";

import { lower } from "./hex.ts";

ponder.on("AttesterRegistry:AttesterAdded", async ({ event, context }) => {
  const { attester, endpoint, metadata } = event.args;
  const key = { chainId: context.chain.id, address: lower(attester) };
  await context.db.insert(schema.attester).values({ ...key, active: true, endpoint, metadata });
});

ponder.on("AttesterRegistry:AttesterRemoved", async ({ event, context }) => {
  const key = { chainId: context.chain.id, address: lower(event.args.attester) };
  await context.db.update(schema.attester, key).set({ active: false, endpoint: "", metadata: "" });
});

ponder.on("AttesterRegistry:AttesterProfileSet", async ({ event, context }) => {
  const { attester, endpoint, metadata } = event.args;
  const key = { chainId: context.chain.id, address: lower(attester) };
  await context.db.update(schema.attester, key).set({ endpoint, metadata });
});

ponder.on("AttesterRegistry:QuorumSet", async ({ event, context }) => {
  const { platform } = event.args;
  // The contract takes any text, and Postgres none with U+0000: of what no link can name, nothing is to be known.
  if (platform !== "" && !isPlatformName(platform)) return;
  const quorum = Number(event.args.quorum);
  await context.db
    .insert(schema.quorum)
    .values({ chainId: context.chain.id, platform, quorum })
    .onConflictDoUpdate({ quorum });
});
