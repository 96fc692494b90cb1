import { Hono } from "hono";
import { client, graphql } from "ponder";
import { db } from "ponder:api";
import schema from "ponder:schema";

/** Ponder's own ways in: GraphQL at `/graphql`, SQL over HTTP (read-only, for `@ponder/client`) at `/sql`. */
const app = new Hono();
app.use("/graphql", graphql({ db, schema }));
app.use("/sql/*", client({ db, schema }));

export default app;
