import { setTimeout as sleep } from "node:timers/promises";

import { Chain, type VerifyReport, contractsOf, verifyRegistry } from "@syngraph/sdk/verify";
import { expect } from "chai";
import { Client } from "pg";

import { readDeployments } from "../../scripts/lib/deploy.ts";
import type { Deployment } from "../../scripts/lib/deployments.ts";
import { indexerSchema } from "../../scripts/lib/stack/indexerSchema.ts";
import { abbreviated } from "../helpers/contractBatch.ts";
import type { SignedLink } from "../helpers/contractLinks.ts";
import { RegistryWriter, somebody, writeHistory } from "../helpers/registryHistory.ts";
import { type RpcCall, RpcProxy } from "../helpers/rpcProxy.ts";
import { type TestStack, startTestStack } from "../helpers/stack.ts";
import { runCli } from "../sdk/runCli.ts";

/** Tables of other registries, which have none of our logs. */
const SOURCES = ["edge", "past_edge", "name"];

/** A copy of the index that attackers may write to. */
const COPY = "verified_copy";

describe("syngraph verify", function () {
  this.timeout(180_000);
  let test: TestStack;
  let deployment: Deployment;
  let writer: RegistryWriter;

  before(async () => {
    test = await startTestStack();
    // Nobody else writes.
    await test.stack.api.stop();
    [deployment] = (await readDeployments(test.stack.deploymentsDir)) as [Deployment];
    writer = await RegistryWriter.open(test.provider, deployment);
    await writeHistory(writer);
    await indexed();
  });
  after(() => test.stop());

  /** Opens the database for as long as something takes. */
  async function withDatabase<T>(use: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({ connectionString: test.stack.databaseUrl });
    client.on("error", () => {});
    await client.connect();
    try {
      return await use(client);
    } finally {
      await client.end();
    }
  }

  /** How far the index says it is. */
  async function indexedBlock(): Promise<number> {
    const sql = "SELECT substr(latest_checkpoint, 27, 16)::integer AS block FROM indexer._ponder_checkpoint";
    const { rows } = await withDatabase((client) => client.query<{ block: number }>(sql));
    return rows[0]!.block;
  }

  /** Waits until the index has the chain's last block. */
  async function indexed(): Promise<void> {
    const started = Date.now();
    while ((await indexedBlock().catch(() => -1)) !== (await test.provider.getBlockNumber())) {
      if (Date.now() - started > 60_000) throw new Error(`not indexed:\n${await test.stack.indexer.lastLines(5)}`);
      await sleep(20);
    }
  }

  /** Verifies by an RPC, and with an index unless that is null. */
  async function verify(schema: string | null = "indexer", ...rpcs: string[]): Promise<VerifyReport> {
    const urls = rpcs.length === 0 ? [test.stack.rpcUrl] : rpcs;
    const chains = (await Promise.all(urls.map((url) => Chain.open(url)))) as [Chain, ...Chain[]];
    const contracts = contractsOf(deployment, deployment.chainId);
    try {
      if (schema === null) return await verifyRegistry({ chains, contracts });
      return await withDatabase((database) => verifyRegistry({ chains, contracts, index: { database, schema } }));
    } finally {
      for (const chain of chains) chain.close();
    }
  }

  function expectSound({ findings }: VerifyReport): void {
    expect(findings.problems, JSON.stringify(findings.problems.slice(0, 5), null, 2)).to.deep.equal([]);
    expect(findings.total).to.equal(0);
  }

  it("finds nothing wrong with what the contracts and the indexer did, and leaves out no column", async () => {
    const report = await verify();
    expectSound(report);
    expect(report.findings.unchecked).to.deep.equal({});
    // What is not there cannot be found wrong.
    for (const table of await tables("indexer")) {
      if (!SOURCES.includes(table)) expect(report.findings.checked[`rows of ${table}`], table).to.be.above(0);
    }
  });

  /** The tables of an index, of ours and not of Ponder's. */
  async function tables(schema: string): Promise<string[]> {
    const sql = `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relkind IN ('r', 'v') AND c.relname !~ '^_' ORDER BY 1`;
    const { rows } = await withDatabase((client) => client.query<{ name: string }>(sql, [schema]));
    return rows.map(({ name }) => name);
  }

  describe("against an attacker in the database", () => {
    let columns: { table: string; column: string; type: string }[];

    before(async () => {
      await withDatabase(async (client) => {
        await client.query(`DROP SCHEMA IF EXISTS ${COPY} CASCADE; CREATE SCHEMA ${COPY}`);
        for (const table of [...(await tables("indexer")), "_ponder_checkpoint"]) {
          await client.query(`CREATE TABLE ${COPY}."${table}" AS TABLE indexer."${table}"`);
        }
        const sql = `SELECT table_name AS table, column_name AS column, udt_name AS type
          FROM information_schema.columns WHERE table_schema = $1 AND NOT table_name = ANY($2) ORDER BY 1, ordinal_position`;
        const { rows } = await client.query(sql, [COPY, [...SOURCES, "_ponder_checkpoint"]]);
        columns = rows as typeof columns;
      });
    });
    after(() => withDatabase((client) => client.query(`DROP SCHEMA ${COPY} CASCADE`)));

    /** Does something to the copy, verifies it, and puts it back. */
    async function afterTampering(sqls: readonly string[]): Promise<string[]> {
      const touched = [...new Set(sqls.map((sql) => /"(\w+)"/.exec(sql)![1]!))];
      await withDatabase(async (client) => {
        for (const sql of sqls) expect((await client.query(sql)).rowCount, sql).to.be.above(0);
      });
      const { findings } = await verify(COPY);
      await withDatabase(async (client) => {
        for (const table of touched) {
          await client.query(`TRUNCATE ${COPY}."${table}"`);
          await client.query(`INSERT INTO ${COPY}."${table}" SELECT * FROM indexer."${table}"`);
        }
      });
      return findings.problems.map(({ kind, subject, detail }) => `${kind}: ${subject}: ${detail}`);
    }

    it("finds the copy as sound as the index", async () => expectSound(await verify(COPY)));

    it("finds whichever column of whichever table is tampered with", async () => {
      const byTable = Object.values(Object.groupBy(columns, ({ table }) => table)).map((list) => list!);
      const rounds = Math.max(...byTable.map(({ length }) => length));
      for (let round = 0; round < rounds; round += 1) {
        const some = byTable.flatMap((list) => list[round] ?? []);
        const lines = await afterTampering(
          some.map(
            ({ table, column, type }) => `UPDATE ${COPY}."${table}" SET "${column}" = ${tampered(column, type)}
              WHERE ctid = (SELECT ctid FROM ${COPY}."${table}" ORDER BY random() LIMIT 1)`,
          ),
        );
        for (const { table, column } of some) {
          const found = lines.filter((line) => line.startsWith(`database: ${table} `));
          // Of what a row is named by, another is missing and it is one too many.
          const named = found.some((line) => line.includes(`${column}: chain says`) || / and not (in|on) the /.test(line));
          expect(named, `${table}.${column}\n${lines.join("\n")}`).to.equal(true);
        }
      }
    });

    it("finds rows that were taken away, and rows that were made up", async () => {
      const names = [...new Set(columns.map(({ table }) => table))];
      const gone = await afterTampering(
        names.map(
          (table) => `DELETE FROM ${COPY}."${table}" WHERE ctid = (SELECT ctid FROM ${COPY}."${table}" ORDER BY random() LIMIT 1)`,
        ),
      );
      for (const table of names) expect(gone.some((line) => line.startsWith(`database: ${table} `)), table).to.equal(true);
      const more = await afterTampering(names.map((table) => forgery(table, columns)));
      for (const table of names) expect(more.some((line) => line.startsWith(`database: ${table} `)), table).to.equal(true);
    });

    it("finds links beyond the index's last block, and of blocks in front of the registry", async () => {
      for (const block of [0, 4_000_000]) {
        const sql = `INSERT INTO ${COPY}."link" (chain_id, id, avatar, action, platform, identity, uuid, created_at, proof,
            proof_location, account_id, status, block_number, block_time, transaction_hash, log_index)
          SELECT chain_id, id || 'ff', avatar, action, platform, identity, uuid, created_at, proof, proof_location, account_id,
            status, ${block}, block_time, transaction_hash, log_index FROM ${COPY}."link" LIMIT 1`;
        expect((await afterTampering([sql])).join()).to.include("rows");
      }
    });
  });
});

/** Another value for a column. */
function tampered(column: string, type: string): string {
  const name = `"${column}"`;
  if (type === "bool") return `NOT ${name}`;
  if (/^(int|numeric)/.test(type)) return `coalesce(${name}, 0) + 1`;
  if (type.startsWith("_")) return `array_append(${name}, '0x1234567890123456789012345678901234567890')`;
  if (type.startsWith("json")) return `(replace(${name}::text, '0', '1') || ' ')::${type}`;
  if (type === "binding_status") return `(CASE WHEN ${name} = 'claimed' THEN 'confirmed' ELSE 'claimed' END)::${ENUMS}.${type}`;
  return `'x'`;
}
