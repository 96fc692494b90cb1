import { createHmac, randomBytes } from "node:crypto";

import { type Context, Hono, type MiddlewareHandler } from "hono";

/** Longest statement, in characters: Ponder takes no longer one, with what is put behind it. */
const MAX_STATEMENT = 4_900;
/** Longest query string, with the values. */
const MAX_QUERY = 16_384;
/** Live queries at once: each may be asked anew with every block. */
const MAX_LIVE = 100;

/** Of this process, and nobody else knows it. */
const secret = randomBytes(32);

let live = 0;

/**
 * SQL over HTTP as `@ponder/client` asks it, with Ponder's own middleware behind what that lacks:
 *
 * - It remembers which statements it allows by 40 bits of their SHA-256, of which anybody finds two alike in a second, an
 *   allowed one and any other. So each gets a comment that nobody can foretell.
 * - It counts a live query that it refuses as if it went on. So each is asked once before.
 */
export function sqlOverHttp(ponder: MiddlewareHandler): (context: Context) => Promise<Response> {
  const inner = new Hono().use("/sql/*", ponder);
  return async (context) => {
    const { path, method } = context.req;
    if (path !== "/sql/db" && path !== "/sql/live") return context.text(`${path} not found`, 404);
    if (method !== "GET") return context.text(`method ${method} is not allowed here, only GET`, 405);
    const asked = context.req.query("sql");
    if (asked === undefined) return context.text('Missing "sql" query parameter', 400);
    const query = readQuery(asked);
    if (typeof query === "string") return context.text(query, 400);
    const ask = (to: string) => inner.request(`${to}?${new URLSearchParams({ sql: salted(query) })}`);

    const answer = await ask("/sql/db");
    if (path === "/sql/db" || !answer.ok) return answer;
    if (live >= MAX_LIVE) return context.text(`there are ${MAX_LIVE} live queries already`, 503);
    live++;
    return followed(await ask("/sql/live"), () => live--);
  };
}

/** A query as superjson writes it. */
interface Query {
  json: { sql: string };
}

function readQuery(text: string): Query | string {
  if (text.length > MAX_QUERY) return `the query has more than ${MAX_QUERY} characters`;
  try {
    const query = JSON.parse(text) as Query;
    if (typeof query.json.sql !== "string") return "the query has no statement";
    const { length } = query.json.sql;
    return length > MAX_STATEMENT ? `the statement has ${length} characters, of ${MAX_STATEMENT} at most` : query;
  } catch {
    return "the query is not what @ponder/client sends";
  }
}

function salted(query: Query): string {
  const { sql } = query.json;
  const salt = createHmac("sha256", secret).update(sql).digest("hex");
  // On a line of its own: the last one may be a comment.
  return JSON.stringify({ ...query, json: { ...query.json, sql: `${sql}\n/* ${salt} */` } });
}

/** The same answer; `ended` is called once when it ends, whoever ends it. */
function followed(response: Response, ended: () => void): Response {
  const reader = response.body?.getReader();
  if (!reader) {
    ended();
    return response;
  }
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (!done) controller.enqueue(value);
      else {
        ended();
        controller.close();
      }
    },
    async cancel(reason) {
      ended();
      await reader.cancel(reason);
    },
  });
  return new Response(body, response);
}
