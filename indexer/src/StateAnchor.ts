import { ponder } from "ponder:registry";
import schema from "ponder:schema";

import { lower } from "./hex.ts";
import { position } from "./position.ts";

ponder.on("StateAnchor:StateAnchored", async ({ event, context }) => {
  const { operator, topic, epoch, root, uri } = event.args;
  await context.db
    .insert(schema.anchor)
    .values({ chainId: context.chain.id, operator: lower(operator), topic, epoch, root, uri, ...position(event) });
});
