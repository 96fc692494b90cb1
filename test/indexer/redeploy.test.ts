import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { expect } from "chai";
import { Client } from "pg";

import { startIndexer } from "../../scripts/lib/stack/indexer.ts";
import { dropOldSchemas, showSchema } from "../../scripts/lib/stack/indexerSchema.ts";
import type { Part } from "../../scripts/lib/stack/part.ts";
import { freePort } from "../../scripts/lib/stack/ports.ts";
import { append, attested, somebody } from "../api/stranger.ts";
import { get } from "../helpers/api.ts";
import { rowsOf } from "../api/proofs.ts";
import type { Person, SignedLink } from "../helpers/contractLinks.ts";
import { type TestStack, startTestStack } from "../helpers/stack.ts";
import { until } from "../helpers/until.ts";

/** So many minutes ago. */
function minutes(count: number): number {
  return Date.now() - count * 60_000;
}

describe("a new version of the indexer", () => {
  let test: TestStack;
  const person = somebody();
  const links: SignedLink[] = [];
  const started: Part[] = [];
  before(async function () {
    this.timeout(180_000);
    test = await startTestStack();
    for (let index = 0; index < 20; index++) links.push(link(index));
    await append(test, links);
  });
  after(async () => {
    for (const part of started) await part.stop();
    await test.stop();
  });

  function link(index: number): SignedLink {
    const after = links.at(-1);
    return attested(person, { platform: "github", identity: `redeployed-${index}`, ...(after && { after }) });
  }

  /** Starts an indexer as of another version: its sources have another digest. */
  async function deploy(schema: string): Promise<Part> {
    const { databaseUrl, deploymentsDir, rpcUrl } = test.stack;
    const port = await freePort();
    const part = await startIndexer({
      ...{ dataDir: join(deploymentsDir, ".."), databaseUrl, deploymentsDir, schema, port },
      env: { RPC_URL_31337: rpcUrl },
    });
    started.push(part);
    await part.waitUntil(async () => (await fetch(`http://127.0.0.1:${port}/ready`)).ok);
    await showSchema(databaseUrl, schema);
    return part;
  }

  /** The schema that the views show. */
  async function shown(): Promise<string> {
    const [view] = await rowsOf<{ definition: string }>(
      test.stack.databaseUrl,
      "SELECT definition FROM pg_views WHERE schemaname = 'indexer' AND viewname = 'link'",
    );
    return /FROM (indexer_[0-9a-f]+)\.link/.exec(view!.definition)![1]!;
  }

  async function schemas(): Promise<string[]> {
    const sql = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'indexer\\_%' ORDER BY nspname";
    return (await rowsOf<{ nspname: string }>(test.stack.databaseUrl, sql)).map(({ nspname }) => nspname);
  }

  /** Reads again and again, in one session with a prepared statement, and over HTTP; @returns how often, and what was seen. */
  async function watch(stop: AbortSignal, of: Person) {
    const seen = { rows: new Set<number>(), http: new Set<string>(), reads: 0 };
    const client = new Client({ connectionString: test.stack.databaseUrl });
    await client.connect();
    const sql = async () => {
      while (!stop.aborted) {
        const { rows } = await client.query<{ count: number }>({
          name: "watch",
          text: `SELECT count(*)::integer AS count FROM indexer.link l
            JOIN indexer.binding b ON b.link = l.id AND b.chain_id = l.chain_id WHERE l.avatar = $1`,
          values: [of.wallet],
        });
        seen.rows.add(rows[0]!.count);
        seen.reads++;
        // The indexers need some of the machine too.
        await sleep(2);
      }
      await client.end();
    };
    const http = async (path: string, count: (body: never) => number) => {
      while (!stop.aborted) {
        const { status, body } = await get(test.stack, path);
        seen.http.add(`${status} ${count(body as never)}`);
        seen.reads++;
        await sleep(10);
      }
    };
    await Promise.all([
      sql(),
      http(
        `/v1/proof?platform=nextid&identity=${of.key.compressed}`,
        ({ ids }: { ids?: { proofs: object[] }[] }) => ids?.[0]?.proofs.length ?? 0,
      ),
      http(
        `/v1/proofchain?avatar=${of.key.compressed}`,
        ({ proof_chain }: { proof_chain?: object[] }) => proof_chain?.length ?? 0,
      ),
    ]);
    return seen;
  }

  it("takes over without a reader noticing, and what is older than the last is dropped", async function () {
    this.timeout(180_000);
    const { stack } = test;
    const [original] = await schemas();
    expect(await shown()).to.equal(original);
    const second = "indexer_aaaaaaaaaaaa";

    const stop = new AbortController();
    const watching = watch(stop.signal, person);
    try {
      await deploy(second);
      expect(await shown()).to.equal(second);
      // Both go on: nothing that still runs is dropped.
      expect(await dropOldSchemas(stack.databaseUrl)).to.deep.equal([]);
      await stack.indexer.stop();
    } finally {
      stop.abort();
    }
    const { rows, http, reads } = await watching;
    expect([...rows]).to.deep.equal([links.length]);
    expect([...http]).to.deep.equal([`200 ${links.length}`]);
    expect(reads).to.be.greaterThan(50);

    // It follows the chain now.
    links.push(link(links.length));
    await append(test, [links.at(-1)!]);

    // The last of the others is kept, for who goes back to it: it finds what it had, and catches up.
    expect(await dropOldSchemas(stack.databaseUrl)).to.deep.equal([]);
    expect(await schemas()).to.have.members([original, second]);
    await stack.startIndexer();
    expect(await shown()).to.equal(original);
    const { body } = await get(stack, `/v1/proofchain?avatar=${person.key.compressed}`);
    expect(body.proof_chain).to.have.length(links.length);
  });

  it("is what `npm run indexer` runs beside the old one, and says by its exit code whether it was told to end", async function () {
    this.timeout(180_000);
    const { databaseUrl, deploymentsDir, rpcUrl } = test.stack;
    const before = await shown();
    const run = async () => {
      const child = spawn(process.execPath, [join(import.meta.dirname, "../../scripts/indexer.ts")], {
        env: {
          ...process.env,
          ...{ DATABASE_URL: databaseUrl, DEPLOYMENTS_DIR: deploymentsDir, INDEXER_PORT: String(await freePort()) },
          // That there is an RPC of a chain without contracts changes nothing but the schema's name.
          ...{ RPC_URL_31337: rpcUrl, RPC_URL_424242: rpcUrl },
        },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const ended = once(child, "close") as Promise<[number | null]>;
      let said = "";
      for (const output of [child.stdout, child.stderr]) output.on("data", (chunk: Buffer) => (said += String(chunk)));
      return { child, ended, said: () => said };
    };
    const { child, ended, said } = await run();
    await until(async () => said().includes("ready: ") || child.exitCode !== null);
    const [, schema] = /ready: the schema indexer shows (indexer_[0-9a-f]{12})/.exec(said()) ?? [];
    expect(schema, said()).to.not.equal(before);
    expect(await shown()).to.equal(schema);
    const { body } = await get(test.stack, `/v1/proofchain?avatar=${person.key.compressed}`);
    expect(body.proof_chain).to.have.length(links.length);
    // Whoever watches over it shall see that it failed.
    await rowsOf(
      databaseUrl,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'syngraph-indexer-watch' ORDER BY backend_start DESC LIMIT 1`,
    );
    expect((await ended)[0], said()).to.equal(1);

    const again = await run();
    await until(async () => again.said().includes(`filling ${schema}`) || again.child.exitCode !== null);
    again.child.kill("SIGTERM");
    expect((await again.ended)[0], again.said()).to.equal(0);
    await showSchema(databaseUrl, before);
  });

  it("leaves one idle schema when it drops, and all that live", async () => {
    const { databaseUrl } = test.stack;
    const left = async (schema: string, locked: boolean, heartbeat: number) => {
      const app = JSON.stringify({ is_locked: locked ? 1 : 0, heartbeat_at: heartbeat, table_names: [] });
      await rowsOf(databaseUrl, `CREATE SCHEMA ${schema}`);
      await rowsOf(databaseUrl, `CREATE TABLE ${schema}._ponder_meta AS SELECT 'app' AS key, '${app}'::jsonb AS value`);
    };
    const before = await schemas();
    await left("indexer_c00000000001", false, minutes(30));
    await left("indexer_c00000000002", false, minutes(40));
    // Killed: it never said that it ended.
    await left("indexer_c00000000003", true, minutes(50));
    // Filling.
    await left("indexer_c00000000004", true, minutes(0));
    // Of somebody else.
    await left("another_c00000000005", false, minutes(60));
    const dropped = await dropOldSchemas(databaseUrl);
    expect(dropped).to.include.members(["indexer_c00000000002", "indexer_c00000000003"]);
    expect(await schemas()).to.include("indexer_c00000000004");
    expect(await schemas()).to.include(await shown());
    const idle = [...before, "indexer_c00000000001"].filter((schema) => !dropped.includes(schema));
    expect((await schemas()).filter((schema) => schema !== "indexer_c00000000004")).to.have.members(idle);
    const others = "SELECT FROM pg_namespace WHERE nspname = 'another_c00000000005'";
    expect(await rowsOf(databaseUrl, others)).to.have.length(1);
  });
});
