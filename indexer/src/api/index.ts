import { Hono } from "hono";
import { client, graphql } from "ponder";
import { db } from "ponder:api";
import schema from "ponder:schema";

import { confineReader } from "./reader.ts";
import { sqlOverHttp } from "./sql.ts";

/** Ponder's own ways in: GraphQL at `/graphql`, SQL over HTTP (read-only, for `@ponder/client`) at `/sql`. */
const app = new Hono();
try {
  // Both ask as the reader; SQL, which is anything that a stranger likes to write, only so.
  await confineReader(process.env.DATABASE_URL!);
  app.all("/sql/*", sqlOverHttp(client({ db, schema })));
} catch (error) {
  console.error(`SQL over HTTP is off: ${(error as Error).message}`);
  app.all("/sql/*", (context) => context.text("SQL over HTTP is off: the indexer could make no role to read as", 503));
}
app.use("/graphql", graphql({ db, schema }));

export default app;
