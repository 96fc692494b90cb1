import { createHmac, randomBytes } from "node:crypto";

import { type Context, Hono, type MiddlewareHandler } from "hono";

/** Longest statement, in characters: Ponder takes no longer one, with what is put behind it. */
const MAX_STATEMENT = 4_900;
/** Longest query string, with the values. */
const MAX_QUERY = 16_384;
/**
 * How large a statement may become while it is planned: PostgreSQL puts in for each name what the part of the statement
 * below it says, and for each BETWEEN its operand twice, so that few characters fill the machine; and it looks neither at
 * its clock nor at `work_mem` meanwhile.
 */
const MAX_PLANNED = 1_000_000;
/** What one `*` may stand for. */
const MAX_COLUMNS = 32;
/** Statements that are read or run, and that wait for that: Ponder takes 0.1 s and a parser of its own for each new one. */
const MAX_ASKED = 4;
const MAX_WAITING = 16;
/** Live queries at once: each may be asked anew with every block. */
const MAX_LIVE = 100;

/** Of this process, and nobody else knows it. */
const secret = randomBytes(32);

let live = 0;
let asked = 0;
const waiting: (() => void)[] = [];

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
    const text = context.req.query("sql");
    if (text === undefined) return context.text('Missing "sql" query parameter', 400);
    const query = readQuery(text);
    if (typeof query === "string") return context.text(query, 400);
    if (waiting.length >= MAX_WAITING) return context.text(`${MAX_WAITING} statements wait already`, 503);
    const ask = (to: string) =>
      inTurn(() => inner.request(`${to}?${new URLSearchParams({ sql: salted(query) })}`) as Promise<Response>);

    const answer = await ask("/sql/db");
    if (path === "/sql/db" || !answer.ok) return answer;
    if (live >= MAX_LIVE) return context.text(`there are ${MAX_LIVE} live queries already`, 503);
    live++;
    return followed(await ask("/sql/live"), () => live--);
  };
}

/** Runs some at once, and the others when one of these has ended. */
async function inTurn<T>(run: () => Promise<T>): Promise<T> {
  if (asked === MAX_ASKED) await new Promise<void>((resolve) => waiting.push(resolve));
  else asked++;
  try {
    return await run();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else asked--;
  }
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
    const { sql } = query.json;
    const { length } = sql;
    if (length > MAX_STATEMENT) return `the statement has ${length} characters, of ${MAX_STATEMENT} at most`;
    return plannedSize(sql) > MAX_PLANNED ? "the statement is too deep: it grows too large while it is planned" : query;
  } catch {
    return "the query is not what @ponder/client sends";
  }
}

/**
 * How large a statement may become while it is planned, roughly, and rather too large than too small: it is not parsed, so
 * that comments and texts count as well.
 */
function plannedSize(sql: string): number {
  const parts = sql.split(/\b(?:select|values)\b/i).map((part) => {
    const words = count(part, /[a-z_\u0080-\uffff][\w$\u0080-\uffff]*/gi) - count(part, NO_NAMES);
    // A name in quotes need have no letter.
    return Math.max(1, words, count(part, /"/g) / 2) + (MAX_COLUMNS - 1) * count(part, /\*(?!\/)/g);
  });
  const copies = 2 ** count(sql, /\bbetween\b/gi) * 2 ** count(sql, /\bsymmetric\b/gi);
  // Rows that are looked for in a list are copied for each of its members.
  const lists = count(sql, /[)/\n]\s*in\b/gi) > 1 ? Infinity : 1;
  return parts.reduce((product, size) => product * size, copies * lists);
}

function count(text: string, what: RegExp): number {
  return text.match(what)?.length ?? 0;
}

/** Reserved words (PostgreSQL's manual, appendix C), which name nothing. */
const NO_NAMES =
  /\b(?:as|from|where|union|all|and|or|order|limit|with|on|group|having|asc|desc|not|null|in|lateral)\b/gi;

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
