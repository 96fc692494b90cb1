/** `npm run bench:graph [people]`: how soon the graph answers where it is large, and where somebody made it larger. */

import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";

import { Client, type Pool } from "pg";

import { createPool } from "../api/db/pool.ts";
import { createGraph } from "../api/graph/graph.ts";
import type { VertexId } from "../api/graph/types.ts";
import { freePort } from "../scripts/lib/stack/ports.ts";
import { Stack } from "../scripts/lib/stack/stack.ts";
import { NO_LIMITS } from "../test/helpers/noLimits.ts";
import { quantile } from "./binds/load.ts";
import { type Loaded, loadPeople } from "./graph/people.ts";
import { table, writeSection } from "./results.ts";

/** Of these come a million identities, and a little less than as many edges of their own. */
const PEOPLE = Number(process.argv[2] ?? 136_000);
const CROWD = 4_000;
const SPAM = Math.min(200_000, PEOPLE * 8);
const SAMPLE = 1_000;

/** What is next to an identity and to its avatar, by a bare statement: what a component of two steps cannot do without. */
const FLOOR = `
  SELECT o.platform, o.identity, a.public_key FROM indexer.binding b
  JOIN indexer.binding o ON o.avatar = b.avatar AND o.status = 'confirmed'
  JOIN indexer.avatar a ON a.chain_id = b.chain_id AND a.address = b.avatar
  WHERE b.status = 'confirmed' AND b.platform = $1 AND b.identity = $2 LIMIT 500`;

const PREFIX_FLOOR = `
  SELECT b.platform, b.identity FROM indexer.binding b
  WHERE b.status = 'confirmed' AND b.platform = 'twitter' AND b.identity ~>=~ $1 ORDER BY b.identity USING ~<~ LIMIT 20`;

const [load] = loadavg();
const progress = (line: string) => console.error(`${(performance.now() / 1000).toFixed(0)} s  ${line}`);
const dataDir = await mkdtemp(join(tmpdir(), "syngraph-bench-"));
const stack = await Stack.start({
  dataDir,
  ports: { api: await freePort(), indexer: await freePort(), rpc: await freePort() },
  env: { LOG_LEVEL: "warn", ...NO_LIMITS },
});
const db = createPool(stack.databaseUrl);
try {
  progress("loads");
  // It reads in all the tables while they have no indexes.
  await stack.api?.stop();
  const loaded = await fill();
  await stack.startApi();
  progress(`asks: ${loaded.identities} identities, ${loaded.edges} edges, ${SPAM} more of somebody's`);
  const asked = loaded.asked.slice(0, SAMPLE);
  const bound = asked.filter(({ platform }) => platform !== "ens" && platform !== "nextid");

  const component = await inDatabase(asked, 500, 500);
  const neighbours = await inDatabase(asked, 5, 501);
  const crowd = await inDatabase(
    Array.from({ length: 10 }, () => loaded.crowd),
    500,
    500,
  );
  const victim = await inDatabase(
    Array.from({ length: 10 }, () => loaded.victim),
    500,
    500,
  );
  const everything = await inDatabase(
    Array.from({ length: 10 }, () => loaded.victim),
    500,
    500,
    1,
  );
  const floor = await timesOf(bound, ({ platform, identity }) => bare(db, "floor", FLOOR, [platform, identity]));

  const graph = createGraph(db);
  const prefixes = loaded.prefixes.slice(0, SAMPLE);
  const prefix = await timesOf(prefixes, (text) => graph.beginningWith(text, { limit: 20 }));
  const prefixFloor = await timesOf(prefixes, (text) => bare(db, "prefix-floor", PREFIX_FLOOR, [text]));
  const batch = await timesOf(batches(asked), (roots) => graph.components(roots));

  progress("asks over HTTP");
  const rest = await timesOf(asked, ({ platform, identity }) =>
    answered(`${stack.apiUrl}/v1/identities/${platform}/${encodeURIComponent(identity)}`),
  );
  const graphql = await timesOf(asked, (root) =>
    answered(`${stack.apiUrl}/graphql`, {
      query: `query ($platform: String, $identity: String) { identity(platform: $platform, identity: $identity) {
        identityGraph { graphId vertices { platform identity } edges { edgeType dataSource source target } } } }`,
      variables: root,
    }),
  );
  const handler = createServer((request, response) => {
    const [platform, identity] = new URL(request.url!, "http://localhost").pathname.slice(1).split("/", 2);
    void bare(db, "floor", FLOOR, [platform, decodeURIComponent(identity!)]).then(
      (rows) => response.setHeader("content-type", "application/json").end(JSON.stringify(rows)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  handler.listen(0, "127.0.0.1");
  await once(handler, "listening");
  const { port } = handler.address() as AddressInfo;
  const handlerFloor = await timesOf(bound, ({ platform, identity }) =>
    answered(`http://127.0.0.1:${port}/${platform}/${encodeURIComponent(identity)}`),
  );
  handler.close();
  handler.closeAllConnections();

  await writeSection(
    "Graph",
    `
${thousands(loaded.identities)} identities of ${thousands(PEOPLE)} people and ${thousands(loaded.edges)} edges, and ${thousands(SPAM)} names that say they stand for somebody who never asked for it;
\`npm run bench:graph\` loads them into the tables of a running stack, and asks one thing after the other, each of which was asked before, on ${cpus().length} cores. The machine's load
average was ${load!.toFixed(1)} when it began: where that is not near 0, the times are others' as well. In the database it is the function that
is timed, there; else the client waits. Milliseconds.

${table([
  ["", "median", "95 of 100", "bar"],
  row("component, cap 500, in the database", component, "≤ 2"),
  row("neighbours to depth 5, in the database", neighbours, "≤ 10"),
  row("floor: what is next to an identity and its avatar, one SELECT", floor),
  row("component of 4,000, of which 500 are told, in the database", crowd, "≤ 100"),
  row(`component of who has ${thousands(SPAM)} names they never asked for, in the database`, victim),
  row("… with all weak edges, of which 500 are told", everything),
  row("20 components at once, from a client", batch),
  row("prefix, 20 of all platforms, from a client", prefix, "≤ 5"),
  row("floor: 20 of one platform, one SELECT", prefixFloor),
  row("GET /v1/identities/{platform}/{identity}", rest, "≤ 10"),
  row("POST /graphql, identityGraph", graphql, "≤ 10"),
  row("floor: the SELECT behind a bare handler", handlerFloor),
])}
`,
  );
} finally {
  await db.end();
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
}

/** Loads people as an indexer leaves them behind history: rows first, then indexes. */
async function fill(): Promise<Loaded> {
  const client = new Client({ connectionString: stack.databaseUrl });
  await client.connect();
  try {
    const { rows: behind } = await client.query<{ schema: string }>(
      `SELECT table_schema AS schema FROM information_schema.view_table_usage
       WHERE view_schema = 'indexer' AND view_name = 'binding'`,
    );
    const { schema } = behind[0]!;
    const { rows: indexes } = await client.query<{ drop: string; make: string }>(
      `SELECT CASE WHEN c.oid IS NULL THEN format('DROP INDEX %s', i.indexrelid::regclass)
           ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', i.indrelid::regclass, c.conname) END AS drop,
         CASE WHEN c.oid IS NULL THEN pg_get_indexdef(i.indexrelid)
           ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', i.indrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) END AS make
       FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
       LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid
       WHERE t.relnamespace = $1::regnamespace AND t.relname IN ('avatar', 'link', 'binding', 'edge', 'name')`,
      [schema],
    );
    for (const { drop } of indexes) await client.query(drop);
    await client.query("ALTER SYSTEM SET max_wal_size = '8GB'");
    await client.query("SELECT pg_reload_conf()");
    await client.query("SET synchronous_commit = off");
    // Ponder's triggers write down what a reorg would have to take back: nothing of this came from a chain.
    await client.query("SET session_replication_role = replica");
    const loaded = await loadPeople(client, schema, { people: PEOPLE, crowd: CROWD, spam: SPAM });
    progress("makes indexes");
    await client.query("SET maintenance_work_mem = '512MB'");
    for (const { make } of indexes) await client.query(make);
    progress("vacuums");
    await client.query(`VACUUM ANALYZE`);
    return loaded;
  } finally {
    await client.end();
  }
}

/** How long the walk itself takes from each root, one after the other in one session. */
async function inDatabase(roots: readonly VertexId[], depth: number, cap: number, level = 3): Promise<number[]> {
  const client = await db.connect();
  try {
    await client.query(`
      CREATE OR REPLACE FUNCTION pg_temp.timed(platforms text[], identities text[], level integer, depth integer, cap integer)
      RETURNS TABLE (milliseconds float8, vertices integer) LANGUAGE plpgsql AS $$
      DECLARE
        started timestamptz;
        walked json;
      BEGIN
        FOR n IN 1..cardinality(platforms) LOOP
          started := clock_timestamp();
          walked := api.graph_walk(platforms[n], identities[n], false, extract(epoch FROM now())::integer, level, depth, cap, 0);
          milliseconds := extract(epoch FROM clock_timestamp() - started) * 1000;
          vertices := json_array_length(walked -> 'vertices');
          RETURN NEXT;
        END LOOP;
      END $$`);
    const ask = async (of: readonly VertexId[]) =>
      client.query<{ milliseconds: number; vertices: number }>("SELECT * FROM pg_temp.timed($1, $2, $3, $4, $5)", [
        of.map(({ platform }) => platform),
        of.map(({ identity }) => identity),
        ...[level, depth, cap],
      ]);
    // A connection's first questions are planned; and what is asked for again is in memory, as it is where many ask.
    await ask(roots);
    const { rows } = await ask(roots);
    if (rows.every(({ vertices }) => vertices < 2)) throw new Error("the graph has no edges");
    return rows.map(({ milliseconds }) => milliseconds);
  } finally {
    client.release();
  }
}

async function timesOf<T>(questions: readonly T[], ask: (question: T) => Promise<unknown>): Promise<number[]> {
  for (const question of questions) await ask(question);
  const times: number[] = [];
  for (const question of questions) {
    const started = performance.now();
    await ask(question);
    times.push(performance.now() - started);
  }
  return times;
}

async function bare(pool: Pool, name: string, text: string, values: unknown[]): Promise<unknown[]> {
  return (await pool.query({ name, text, values })).rows;
}

/** @throws unless it is answered well. */
async function answered(url: string, body?: object): Promise<void> {
  const response = await fetch(
    url,
    body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) },
  );
  const text = await response.text();
  if (!response.ok || text.includes('"errors"'))
    throw new Error(`${url} answered ${response.status}: ${text.slice(0, 500)}`);
}

function batches(roots: readonly VertexId[]): VertexId[][] {
  return Array.from({ length: Math.floor(roots.length / 20) }, (_, index) => roots.slice(index * 20, index * 20 + 20));
}

function thousands(count: number): string {
  return count.toLocaleString("en-US");
}

function row(what: string, times: readonly number[], bar = ""): string[] {
  return [what, quantile(times, 0.5).toFixed(2), quantile(times, 0.95).toFixed(2), bar];
}
