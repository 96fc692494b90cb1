import { hash } from "node:crypto";

import { createClient, desc, eq } from "@ponder/client";
import { expect } from "chai";

import * as schema from "../../indexer/ponder.schema.ts";
import { rowsOf } from "../api/proofs.ts";
import { append, attested, somebody } from "../api/stranger.ts";
import type { Person, SignedLink } from "../helpers/contractLinks.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { until } from "../helpers/until.ts";

/** A text put into another one, and that again. */
function nested(depth: number, wrap: (inner: string) => string): string {
  return Array.from({ length: depth }).reduce<string>((inner) => wrap(inner), "1");
}

describe("SQL over HTTP", () => {
  let test: TestStack;
  let person: Person;
  let bound: SignedLink;
  before(async () => {
    test = await sharedStack();
    person = somebody();
    bound = attested(person, { platform: "github", identity: "typed-sql" });
    await append(test, [bound]);
  });

  const clientOf = () => createClient(`${test.stack.indexerUrl}/sql`, { schema });

  /** Asks as `@ponder/client` does, but anything. */
  async function ask(sql: string, path = "db") {
    const query = JSON.stringify({ json: { sql, params: [], typings: [] } });
    const url = `${test.stack.indexerUrl}/sql/${path}?${new URLSearchParams({ sql: query })}`;
    const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
    return { status: response.status, text: await response.text() };
  }

  /** Expects a refusal that tells nothing, in bounded time, after which others are answered. */
  async function expectRefused(sql: string, why: RegExp = /./): Promise<void> {
    const { status, text } = await ask(sql);
    expect(status, `${sql}: ${text.slice(0, 200)}`).to.be.oneOf([400, 500]);
    expect(text, sql).to.match(why);
    expect((await ask("SELECT 1 AS one")).text, `after ${sql}`).to.include('"one":1');
  }

  describe("with the schema that the indexer exports", () => {
    it("answers typed queries", async () => {
      const { db } = clientOf();
      const rows = await db
        .select({ platform: schema.binding.platform, status: schema.binding.status, name: schema.binding.identity })
        .from(schema.binding)
        .where(eq(schema.binding.avatar, person.wallet as `0x${string}`));
      // Types are the schema's: this assignment does not compile with others.
      const typed: { platform: string; status: (typeof schema.bindingStatus.enumValues)[number]; name: string }[] =
        rows;
      expect(typed).to.deep.equal([{ platform: "github", status: "confirmed", name: "typed-sql" }]);

      const whole = await db.query.link.findFirst({ where: eq(schema.link.id, bound.id as `0x${string}`) });
      const { blockNumber, createdAt, chainId } = whole!;
      expect({ blockNumber: typeof blockNumber, createdAt, chainId }).to.deep.equal({
        ...{ blockNumber: "bigint", createdAt: bound.link.createdAt, chainId: 31337 },
      });
    });

    it("tells of changes as they come", async () => {
      const newcomer = somebody();
      const address = newcomer.wallet as `0x${string}`;
      const told: { identity: string }[][] = [];
      const failed: Error[] = [];
      const { unsubscribe } = clientOf().live(
        (db) =>
          db
            .select({ identity: schema.link.identity })
            .from(schema.link)
            .where(eq(schema.link.avatar, address))
            .orderBy(desc(schema.link.sequence)),
        (rows) => told.push(rows),
        (error) => failed.push(error),
      );
      try {
        const first = attested(newcomer, { platform: "github", identity: "live-one" });
        const second = attested(newcomer, { platform: "github", identity: "live-two", after: first });
        for (const [links, names] of [
          [[first], ["live-one"]],
          [[second], ["live-two", "live-one"]],
        ] as const) {
          await append(test, links);
          await until(() =>
            Promise.resolve(JSON.stringify(told.at(-1)?.map(({ identity }) => identity)) === JSON.stringify(names)),
          );
        }
        expect(failed).to.deep.equal([]);
      } finally {
        unsubscribe();
      }
    });
  });

  describe("asked by an attacker", () => {
    it("lets none past the list of what is allowed by a statement with the same short hash", async () => {
      // Ponder remembers what it allowed by the first 40 bits of SHA-256: numbers like these anybody finds in seconds.
      const harmless = "SELECT 1 AS one /* 1092044 */";
      const harmful = "SELECT rolname FROM pg_roles /* 1989472 */";
      const [short, other] = [harmless, harmful].map((sql) => hash("sha256", sql, "hex").slice(0, 10));
      expect(short).to.equal(other);
      expect((await ask(harmless)).status).to.equal(200);
      await expectRefused(harmful, /not supported|Invalid query/);
    });

    it("asks the database as one who may read the index alone, so that nothing hangs on that list", async () => {
      const url = await readerUrl();
      for (const sql of [
        "SELECT * FROM api.submission",
        "SELECT * FROM api.session",
        "SELECT * FROM api.signing_key",
        "SELECT * FROM pg_authid",
        "SELECT * FROM pg_shadow",
        "SELECT query_to_xml('SELECT * FROM api.session', true, false, '')",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT * FROM pg_ls_dir('.')",
        "SELECT lo_import('/etc/passwd')",
        "COPY (SELECT 1) TO PROGRAM 'id'",
        "COPY (SELECT 1) TO '/tmp/syngraph-attack'",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION postgres",
        "SET session_replication_role = replica",
        "ALTER ROLE CURRENT_USER SUPERUSER",
        "CREATE ROLE another SUPERUSER",
        "CREATE SCHEMA mine",
        "CREATE TABLE public.mine (id int)",
        "CREATE EXTENSION dblink",
        `DELETE FROM ${await schemaShown()}.link`,
        `DROP TABLE ${await schemaShown()}.link`,
        `TRUNCATE ${await schemaShown()}._ponder_meta`,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'syngraph%'",
      ]) {
        const refused = await rowsOf(url, sql).then(
          (rows) => JSON.stringify(rows),
          (error: Error & { code?: string }) => error.code,
        );
        // insufficient_privilege; read_only where that comes first; undefined where there is no such thing for it.
        expect(refused, sql).to.be.oneOf(["42501", "25006", "42704", "42883", "0A000"]);
      }
      const readable = await rowsOf(
        url,
        `SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'v', 'm', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
           AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
           AND n.nspname !~ '^indexer_[0-9a-f]{12}$'`,
      );
      expect(readable).to.deep.equal([]);
    });

    it("refuses what waits, what is two statements and what writes files, and goes on", async () => {
      // Asked for the first time: of what it refused before, Ponder gives no reason any more.
      const anew = `x${hash("sha256", String(Math.random())).slice(0, 8)}`;
      await expectRefused(`SELECT pg_sleep(100) AS ${anew}`, /not supported/);
      await expectRefused(`SELECT 1 AS ${anew}; SELECT 2`, /Multiple statements/);
      await expectRefused(`COPY link TO PROGRAM '${anew}'`, /not supported/);
    });

    it("ends what takes long or grows large, and goes on", async function () {
      this.timeout(120_000);
      // Ponder lets nobody recurse, but what is joined with itself grows as fast.
      const ten = `WITH ten(i) AS (${Array.from({ length: 10 }, (_, index) => `SELECT ${index}`).join(" UNION ALL ")})`;
      const joined = Array.from({ length: 12 }, (_, index) => `ten t${index}`).join(", ");
      await expectRefused(`${ten} SELECT count(*) FROM ${joined}`, /timeout|temp_file_limit/);
      await expectRefused(`${ten} SELECT t0.i FROM ${joined}`, /timeout|bytes/);
      await expectRefused(`${ten} SELECT t0.i FROM ${joined} ORDER BY t1.i, t2.i`, /timeout|temp_file_limit/);
      // A text of 160 MB, which is no large expression.
      const long = `replace(replace('${"x".repeat(400)}', 'x', '${"y".repeat(632)}'), 'y', '${"z".repeat(632)}')`;
      await expectRefused(`SELECT ${long} AS x`, /bytes/);
    });

    it("has nothing planned that few characters let grow beyond all bounds", async () => {
      const longer = Array.from({ length: 32 }, () => "x").join(" || ");
      // The first made PostgreSQL take 11 GB: it looks at no limit while it plans.
      for (const sql of [
        `WITH a AS (SELECT 'xxxxxxxxxxxxxxxx'::text AS x), b AS (SELECT ${longer} AS x FROM a),
         c AS (SELECT ${longer} AS x FROM b), d AS (SELECT ${longer} AS x FROM c), e AS (SELECT ${longer} AS x FROM d)
         SELECT ${longer} AS x FROM e`,
        nested(12, (inner) => `SELECT x || x || x || x AS x FROM (${inner === "1" ? "SELECT 'x' AS x" : inner}) t`),
        `SELECT ${nested(40, (inner) => `(${inner} BETWEEN 0 AND 1)::int`)}`,
        `SELECT ${nested(40, (inner) => `((${inner}, 1) IN ((0, 1), (1, 1)))::int`)}`,
        nested(
          8,
          (inner) =>
            `SELECT "!"||"!"||"!"||"!"||"!"||"!" AS "!" FROM (${inner === "1" ? `SELECT 'x' AS "!"` : inner}) t`,
        ),
      ]) {
        await expectRefused(sql, /too deep/);
      }
    });

    it("takes no role that somebody else made for more", async () => {
      const { createReader, readerOf } = await import("../../indexer/src/api/readerRole.ts");
      const url = new URL(test.stack.databaseUrl);
      const { role } = readerOf(url.href);
      await rowsOf(url.href, `GRANT pg_read_all_data TO ${role}`);
      try {
        const refused = await createReader(url.href, await schemaShown()).catch((error: Error) => error.message);
        expect(refused).to.equal(`the role ${role} is there already, and may do more than read`);
      } finally {
        await rowsOf(url.href, `REVOKE pg_read_all_data FROM ${role}`);
      }
    });

    it("refuses what is no query", async () => {
      const { indexerUrl } = test.stack;
      const statusOf = async (path: string, init?: RequestInit) =>
        (await fetch(`${indexerUrl}/sql${path}`, init)).status;
      expect(await statusOf("/db")).to.equal(400);
      expect(await statusOf("/db?sql=%7B")).to.equal(400);
      expect(await statusOf("/db?sql=%7B%22json%22%3A%7B%22sql%22%3A1%7D%7D")).to.equal(400);
      expect(await statusOf("/other?sql=1")).to.equal(404);
      expect(await statusOf("/db", { method: "POST", body: "{}" })).to.equal(405);
      await expectRefused(`SELECT 1 AS ${"a".repeat(5_000)}`, /characters/);
    });

    it("counts no live query that it refused", async function () {
      this.timeout(120_000);
      // Ponder takes 1,000 at once, and would count each of these as one for ever.
      for (let round = 0; round < 21; round++) {
        const answers = await Promise.all(Array.from({ length: 50 }, () => ask("SELECT pg_sleep(100)", "live")));
        expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([500]));
      }
      const query = JSON.stringify({ json: { sql: "SELECT id FROM link LIMIT 1", params: [] } });
      const abort = new AbortController();
      const url = `${test.stack.indexerUrl}/sql/live?${new URLSearchParams({ sql: query })}`;
      const response = await fetch(url, { signal: abort.signal });
      expect(response.status).to.equal(200);
      expect(response.headers.get("content-type")).to.include("text/event-stream");
      abort.abort();
    });
  });

  /** The URL by which the indexer asks for strangers: its password is the database's, made another one. */
  async function readerUrl(): Promise<string> {
    const { readerOf } = await import("../../indexer/src/api/readerRole.ts");
    return readerOf(test.stack.databaseUrl).url;
  }

  async function schemaShown(): Promise<string> {
    const [row] = await rowsOf<{ name: string }>(
      test.stack.databaseUrl,
      "SELECT nspname AS name FROM pg_namespace WHERE nspname ~ '^indexer_[0-9a-f]{12}$'",
    );
    return row!.name;
  }
});
