import { setTimeout as sleep } from "node:timers/promises";

import { ACCESS_MANAGER_EVENTS, ATTESTER_REGISTRY_ABI, PROOF_REGISTRY_ABI } from "@syngraph/sdk/protocol";
import { Chain, type VerifyReport, contractsOf, verifyRegistry } from "@syngraph/sdk/verify";
import { expect } from "chai";
import { ContractFactory, Interface, ZeroHash } from "ethers";
import { Client } from "pg";

import { readArtifact } from "../../scripts/lib/artifacts.ts";
import { readDeployments } from "../../scripts/lib/deploy.ts";
import type { Deployment } from "../../scripts/lib/deployments.ts";
import { abbreviated } from "../helpers/contractBatch.ts";
import type { Person, SignedLink } from "../helpers/contractLinks.ts";
import { KEYS, type Table } from "../../sdk/src/verify/rows.ts";
import { RegistryWriter, somebody, writeHistory } from "../helpers/registryHistory.ts";
import { type RpcCall, RpcProxy } from "../helpers/rpcProxy.ts";
import { type TestStack, startTestStack } from "../helpers/stack.ts";
import { runCli } from "../sdk/runCli.ts";

const PROOFS = new Interface(PROOF_REGISTRY_ABI);
const ATTESTERS = new Interface(ATTESTER_REGISTRY_ABI);
const MANAGER = new Interface(ACCESS_MANAGER_EVENTS);

/** A log as an RPC has it. */
interface RpcLog {
  topics: string[];
  data: string;
  transactionHash: string;
  logIndex: string;
}

/** Tables of other registries, which have none of our logs. */
const SOURCES = ["edge", "past_edge", "name", "source_state"];

/** A column of text by which each table's rows are named. */
const NAMED_BY = {
  ...{ anchor: "operator", attester: "address", avatar: "address", binding: "avatar", link: "id", operation: "id" },
  ...{ findings_attested: "transaction_hash", governance: "transaction_hash", refusal: "transaction_hash" },
  ...{
    quorum: "platform",
    reverse_record: "wallet",
    role_member: "account",
    subkey: "avatar",
    turn: "transaction_hash",
  },
};

/** A copy of the index that attackers may write to. */
const COPY = "verified_copy";

describe("syngraph verify", function () {
  this.timeout(180_000);
  let test: TestStack;
  let deployment: Deployment;
  let writer: RegistryWriter;

  before(async () => {
    // Without memory for rows: each batch of history looks up what it may touch.
    test = await startTestStack({}, { PONDER_CACHE_BYTES: "1" });
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

  /** Asks until the answer will do. */
  async function until<T>(ask: () => Promise<T>, will: (answer: T) => boolean): Promise<T> {
    const started = Date.now();
    for (;;) {
      const answer = await ask().catch(() => undefined);
      if (answer !== undefined && will(answer)) return answer;
      if (Date.now() - started > 60_000) {
        throw new Error(`not in time:\n${await test.stack.indexer.lastLines(5)}`);
      }
      await sleep(20);
    }
  }

  /** Waits until the index has the chain's last block. */
  async function indexed(): Promise<void> {
    await until(
      async () => (await indexedBlock()) - (await test.provider.getBlockNumber()),
      (behind) => behind === 0,
    );
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

  const run = (...args: string[]) =>
    runCli(["verify", ...args], { SYNGRAPH_API: test.stack.apiUrl, DEPLOYMENTS_DIR: test.stack.deploymentsDir });

  /** The ids of the links that the index has. */
  async function linksIndexed(): Promise<Set<string>> {
    const { rows } = await withDatabase((client) => client.query<{ id: string }>("SELECT id FROM indexer.link"));
    return new Set(rows.map(({ id }) => id));
  }

  /** Expects the index to be at the chain's end, and right. */
  async function expectVerified(): Promise<VerifyReport> {
    await indexed();
    const report = await verify();
    expectSound(report);
    expect(report.toBlock).to.equal(await test.provider.getBlockNumber());
    return report;
  }

  /** Appends links to a chain, one a block. */
  async function grow(avatar: Person, after: SignedLink | undefined, count: number): Promise<SignedLink[]> {
    const links: SignedLink[] = [];
    for (let index = 0; index < count; index += 1) {
      const last = links.at(-1) ?? after;
      const identity = `${somebody().wallet.slice(2, 22)}.example`;
      links.push(writer.sign(avatar, { platform: "dns", identity, ...(last ? { after: last } : {}) }));
      await writer.append(links.at(-1)!);
    }
    return links;
  }

  /** Appends links until told to stop, whatever else happens. */
  async function keepWriting(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) await grow(somebody(), undefined, 2);
  }

  const underLoad = async (during: () => Promise<unknown>) => {
    const stop = new AbortController();
    const writing = keepWriting(stop.signal);
    await during().finally(() => {
      stop.abort();
      return writing;
    });
  };

  /** Strikes while links come in, waits for more, and expects all of them to be indexed in the end. */
  async function strike(blow: () => Promise<void>, quiet?: () => Promise<void>): Promise<void> {
    const before = await linksIndexed();
    const look = async () => {
      // Whoever runs it starts it again where it gave up.
      if (!test.stack.indexer.running) await test.stack.startIndexer();
      return linksIndexed();
    };
    const grown = async (links: Set<string>) => until(look, ({ size }) => size > links.size + 3);
    await underLoad(async () => {
      await grown(before);
      await blow();
    });
    await quiet?.();
    const then = await linksIndexed();
    await underLoad(() => grown(then));
    await expectVerified();
  }

  describe("against an attacker in the database", () => {
    let columns: { table: string; column: string; type: string }[];

    before(async () => {
      await withDatabase(async (client) => {
        await client.query(`DROP SCHEMA IF EXISTS ${COPY} CASCADE; CREATE SCHEMA ${COPY}`);
        for (const table of [...(await tables("indexer")), "_ponder_checkpoint"]) {
          await client.query(`CREATE TABLE ${COPY}."${table}" AS TABLE indexer."${table}"`);
        }
        const enums = `SELECT table_name AS table, column_name AS column FROM information_schema.columns
          WHERE table_schema = $1 AND data_type = 'USER-DEFINED'`;
        for (const { table, column } of (await client.query(enums, [COPY])).rows) {
          await client.query(`ALTER TABLE ${COPY}."${table}" ALTER COLUMN "${column}" TYPE text`);
        }
        const sql = `SELECT table_name AS table, column_name AS column, udt_name AS type
          FROM information_schema.columns WHERE table_schema = $1 AND NOT table_name = ANY($2) ORDER BY 1, ordinal_position`;
        const { rows } = await client.query(sql, [COPY, [...SOURCES, "_ponder_checkpoint"]]);
        columns = rows as typeof columns;
      });
    });
    after(() => withDatabase((client) => client.query(`DROP SCHEMA ${COPY} CASCADE`)));

    it("finds the copy as sound as the index", async () => expectSound(await verify(COPY)));

    it("finds whichever column of whichever table is tampered with", async () => {
      const byTable = Object.entries(Object.groupBy(columns, ({ table }) => table)) as [Table, typeof columns][];
      // Of a row that is named or placed otherwise, nothing else can be said: these columns go one by one.
      const rounds = byTable.map(([table, all]) => {
        const [single, together] = [true, false].map((is) =>
          all.filter(({ column }) => apart(table).includes(column) === is),
        );
        return [together!, ...single!.map((one) => [one])].filter(({ length }) => length > 0);
      });
      for (let round = 0; round < Math.max(...rounds.map(({ length }) => length)); round += 1) {
        const some = rounds.flatMap((of) => of.slice(round, round + 1));
        const lines = await afterTampering(
          some.map((list) => {
            const changes = list.map(({ column, type }) => `"${column}" = ${tampered(column, type)}`);
            const name = `${COPY}."${list[0]!.table}"`;
            return `UPDATE ${name} SET ${changes.join()} WHERE ctid = (SELECT ctid FROM ${name} ORDER BY random() LIMIT 1)`;
          }),
        );
        for (const { table, column } of some.flat()) {
          const found = lines.filter((line) => isAbout(line, table));
          const named = apart(table as Table).includes(column)
            ? found.length > 0
            : found.some((line) => line.includes(` ${column}: chain says`));
          expect(named, `${table}.${column}\n${lines.join("\n")}`).to.equal(true);
        }
      }
    });

    it("finds rows that were taken away, and rows that were made up", async () => {
      const names = [...new Set(columns.map(({ table }) => table))];
      const gone = await afterTampering(
        names.map(
          (table) =>
            `DELETE FROM ${COPY}."${table}" WHERE ctid = (SELECT ctid FROM ${COPY}."${table}" ORDER BY random() LIMIT 1)`,
        ),
      );
      for (const table of names)
        expect(
          gone.some((line) => isAbout(line, table)),
          table,
        ).to.equal(true);
      const forged = Object.entries(NAMED_BY).map(
        ([table, column]) => `INSERT INTO ${COPY}."${table}"
          SELECT (jsonb_populate_record(t, '{"${column}": "forged"}')).* FROM ${COPY}."${table}" t LIMIT 1`,
      );
      expect(Object.keys(NAMED_BY)).to.have.members(names);
      const more = await afterTampering(forged);
      for (const table of names)
        expect(
          more.some((line) => isAbout(line, table)),
          table,
        ).to.equal(true);
    });

    it("finds a forged row behind a right one, and rows of a chain that nobody follows", async () => {
      const twice = `INSERT INTO ${COPY}."link" SELECT (jsonb_populate_record(t, '{"identity": "forged"}')).*
        FROM ${COPY}."link" t LIMIT 1`;
      // Whatever comes last in a table is read last.
      const behind = `WITH one AS (DELETE FROM ${COPY}."link" WHERE identity <> 'forged' AND id =
        (SELECT id FROM ${COPY}."link" WHERE identity = 'forged') RETURNING *) INSERT INTO ${COPY}."link" SELECT * FROM one`;
      expect((await afterTampering([twice, behind])).join("\n")).to.match(/link: has \d+ rows under \d+ keys/);
      const elsewhere = `INSERT INTO ${COPY}."binding" SELECT (jsonb_populate_record(t, '{"chain_id": 999}')).*
        FROM ${COPY}."binding" t LIMIT 1`;
      expect((await afterTampering([elsewhere])).join("\n")).to.include("rows of chain 999, which no indexer follows");
    });

    it("finds links beyond the index's last block, and of blocks in front of the registry", async () => {
      for (const block of [0, 4_000_000]) {
        const sql = `INSERT INTO ${COPY}."link" (chain_id, id, avatar, action, platform, identity, uuid, created_at, proof,
            proof_location, account_id, status, block_number, block_time, transaction_hash, log_index)
          SELECT chain_id, id || 'ff', avatar, action, platform, identity, uuid, created_at, proof, proof_location, account_id,
            status, ${block}, block_time, transaction_hash, log_index FROM ${COPY}."link" LIMIT 1`;
        expect((await afterTampering([sql])).join()).to.match(/link: has \d+ rows/);
      }
    });
  });

  describe("against an RPC that lies", () => {
    let proxy: RpcProxy;
    before(async () => {
      proxy = await RpcProxy.start(test.stack.rpcUrl);
    });
    afterEach(() => {
      proxy.tamper = (_, ask) => ask();
    });
    after(() => proxy.stop());

    /** Has the proxy answer with other logs than the chain's. */
    function lie(change: (logs: RpcLog[]) => RpcLog[]): void {
      proxy.tamper = async ({ method }: RpcCall, ask) => {
        const answer = await ask();
        return method === "eth_getLogs" ? change(answer as RpcLog[]) : answer;
      };
    }

    const without = (name: string) => lie((logs) => logs.toSpliced(logs.findLastIndex(is(name)), 1));
    const kindsFound = async () => Object.keys((await verify(null, proxy.url)).findings.counts);

    it("finds out without an index what it left out", async () => {
      for (const [name, kind] of [
        ["LinkAppended", "state"],
        ["BindingSuspended", "state"],
        ["BindingConfirmed", "state"],
        ["BindingReleased", "state"],
        ["RoleRevoked", "state"],
        ["OperationExecuted", "state"],
        ["AvatarRegistered", "log"],
        ["FindingsAttested", "log"],
        ["AttesterRemoved", "log"],
        ["AttesterAdded", "log"],
      ] as const) {
        if (name !== "AttesterAdded") without(name);
        else lie((logs) => logs.toSpliced(logs.findIndex(is(name)), 1));
        expect(await kindsFound(), name).to.include(kind);
      }
    });

    it("finds out without an index what it made up", async () => {
      // A claim as if attesters had confirmed it, and a link as if another had signed it.
      for (const [change, kind] of [
        [(log: RpcLog) => ({ ...log, data: `${log.data.slice(0, 64)}02${log.data.slice(66)}` }), "log"],
        [(log: RpcLog) => ({ ...log, topics: log.topics.with(1, `0x${"0".repeat(24)}${"ab".repeat(20)}`) }), "log"],
        [(log: RpcLog) => ({ ...log, data: `${log.data.slice(0, 194)}7${log.data.slice(195)}` }), "log"],
      ] as const) {
        const claimed = (log: RpcLog) => is("LinkAppended")(log) && log.data.slice(64, 66) === "01";
        lie((logs) => logs.map((log) => (claimed(log) ? change(log) : log)));
        expect(await kindsFound()).to.include(kind);
      }
    });

    it("finds out with an index whatever it changed of whichever event", async () => {
      const address = Object.values(deployment.contracts).map((contract) => contract.address);
      const honest: RpcLog[] = await test.provider.send("eth_getLogs", [
        { address, fromBlock: "0x0", toBlock: "latest" },
      ]);
      const kinds = Map.groupBy(honest, ({ topics }) => topics[0]!);
      expect(kinds.size).to.be.above(20);
      for (const [topic, logs] of kinds) {
        const victim = logs[Math.floor(Math.random() * logs.length)]!;
        const lied = changed(victim);
        lie((all) => all.map((log) => (same(log, victim) ? lied : log)));
        const found = await verify("indexer", proxy.url).then(
          ({ findings }) => findings.total,
          (error: Error) => error.message,
        );
        expect(found, `${topic}: ${JSON.stringify([victim, lied])}`).not.to.equal(0);
      }
    });

    it("finds out without an index what it left out or made up of a wallet's own word", async () => {
      const nobody = `0x${"0".repeat(64)}`;
      lie((logs) => logs.filter((log) => !is("AvatarSet")(log) || log.topics[2] === nobody));
      expect(await kindsFound(), "left out").to.include("state");
      lie((logs) =>
        logs.map((log, at) =>
          at === logs.findIndex(is("AvatarSet")) ? { ...log, topics: log.topics.with(2, nobody) } : log,
        ),
      );
      expect(await kindsFound(), "made up").to.include("state");
    });

    it("says so, and does not end with 0, where it does not tell what the contracts keep", async () => {
      proxy.tamper = ({ method }, ask) => {
        if (method === "eth_call") throw new Error("missing trie node");
        return ask();
      };
      const { code, stdout, stderr } = await run("--rpc", proxy.url, "--json");
      expect(code, stderr).to.equal(2);
      expect(JSON.parse(stdout)).to.include({ ok: false });
      expect(stderr).to.include("storage could not be compared");
    });

    it("takes one that is behind for no liar", async () => {
      const behind = (await test.provider.getBlockNumber()) - 3;
      proxy.tamper = async ({ method, params }, ask) => {
        if (method === "eth_getBlockByNumber" && params[0] === "latest") {
          return test.provider.send(method, [`0x${behind.toString(16)}`, false]);
        }
        const answer = await ask();
        if (method !== "eth_getLogs") return answer;
        return (answer as (RpcLog & { blockNumber: string })[]).filter((log) => Number(log.blockNumber) <= behind);
      };
      const report = await verify(null, test.stack.rpcUrl, proxy.url);
      expectSound(report);
      expect(report.toBlock).to.equal(behind);
    });

    it("finds out by another RPC", async () => {
      without("AvatarSet");
      const { findings } = await verify(null, test.stack.rpcUrl, proxy.url);
      // One for each range of blocks.
      expect(new Set(findings.problems.map(({ kind, subject }) => `${kind} ${subject}`))).to.deep.equal(
        new Set([`rpc ${proxy.url}`]),
      );
    });
  });

  describe("as a command", () => {
    it("ends with 0 where all is as it must be, and says what it checked", async () => {
      const rpc = test.stack.rpcUrl;
      const { code, stdout, stderr } = await run("--rpc", rpc, "--database", test.stack.databaseUrl, "--json");
      expect(code, stderr).to.equal(0);
      const answer = JSON.parse(stdout) as Record<string, unknown>;
      expect(answer).to.include({ ok: true, chain_id: 31337, to_block: await test.provider.getBlockNumber() });
      expect(answer.unchecked).to.deep.equal({});
    });

    it("ends with 1 where something differs, and says what", async () => {
      await withDatabase(async (client) => {
        await client.query(`CREATE SCHEMA ${COPY}`);
        for (const table of [...(await tables("indexer")), "_ponder_checkpoint"]) {
          await client.query(`CREATE TABLE ${COPY}."${table}" AS TABLE indexer."${table}"`);
        }
        await client.query(
          `UPDATE ${COPY}.binding SET status = 'suspended' WHERE platform = 'ethereum' AND status = 'confirmed'`,
        );
        // A line that would speak for the command, and a column that nothing is compared with.
        await client.query(`UPDATE ${COPY}.link SET uuid = E'x\\n9 signatures, 9 a second; no difference'`);
        await client.query(`ALTER TABLE ${COPY}.turn RENAME COLUMN attesters TO seen`);
      });
      const database = ["--database", test.stack.databaseUrl, "--schema", COPY];
      const { code, stdout } = await run("--rpc", test.stack.rpcUrl, ...database);
      await withDatabase((client) => client.query(`DROP SCHEMA ${COPY} CASCADE`));
      expect(code).to.equal(1);
      expect(stdout).to.match(/^database: binding 0x.* status: chain says confirmed, database says suspended$/m);
      expect(stdout).to.match(/^database: turn: lacks the column attesters$/m);
      expect(stdout).to.match(/ uuid: chain says \S+, database says x 9 signatures/);
      expect(stdout).not.to.match(/^9 signatures/m);
    });

    it("ends with 2 where nothing can be said, and keeps the database's password and the RPC's key to itself", async () => {
      const rpc = ["--rpc", test.stack.rpcUrl];
      // Answers to everything that there is no such page, as an RPC does whose key has run out.
      const apiAsRpc = `${test.stack.apiUrl}/v2/hunter2?key=hunter2`;
      for (const [args, message] of [
        [["--rpc", "http://127.0.0.1:1/v2/hunter2"], /no chain answers at http:\/\/127\.0\.0\.1:1\b/],
        [["--rpc", apiAsRpc], /no chain answers at http:\/\/127\.0\.0\.1:\d+: \S/],
        [[...rpc, "--database", "postgres://postgres:hunter2@127.0.0.1:1/syngraph"], /the database does not answer/],
        [[...rpc, "--database", test.stack.databaseUrl, "--schema", "nowhere"], /has no index/],
        [[...rpc, "--schema", 'x"; DROP SCHEMA indexer; --'], /plain name/],
      ] as const) {
        const { code, stdout, stderr } = await run(...args);
        expect(code, stderr).to.equal(2);
        expect(stderr).to.match(message);
        expect(stdout + stderr).not.to.include("hunter2");
      }
    });

    it("finds the contracts by the registry's address alone, and says what it then cannot know", async () => {
      const { address } = deployment.contracts.ProofRegistry;
      const { code, stdout, stderr } = await run("--rpc", test.stack.rpcUrl, "--registry", address);
      expect(code, stderr).to.equal(0);
      expect(stdout).to.include("not checked: subkeys");
    });

    it("begins at a later block, and says what it then cannot know", async () => {
      // In the middle of a chain.
      const links = await test.registry.queryFilter(test.registry.filters.LinkAppended());
      const from = String(links[9]!.blockNumber);
      const database = ["--database", test.stack.databaseUrl];
      const { code, stdout, stderr } = await run("--rpc", test.stack.rpcUrl, "--from-block", from, ...database);
      expect(code, stdout + stderr).to.equal(0);
      expect(stdout).to.include("from before --from-block");
    });
  });

  describe("against attackers on the chain", () => {
    it("is not to be misled by a wallet that takes a signature for one transaction only", async () => {
      const [avatar, owner] = [somebody(), somebody()];
      const { abi, bytecode } = await readArtifact("test/OwnedWallet");
      const payer = await test.provider.getSigner(6);
      const wallet = await new ContractFactory(abi, bytecode, payer).deploy(avatar.address, ZeroHash);
      await wallet.waitForDeployment();
      const identity = (await wallet.getAddress()).toLowerCase();
      const link = writer.sign(avatar, { platform: "ethereum", identity, cosigner: owner });
      await test.provider.send("evm_setAutomine", [false]);
      let nonce = await test.provider.getTransactionCount(await payer.getAddress());
      const registry = writer.registry.connect(payer) as typeof writer.registry;
      const steps = [
        () => wallet.getFunction("setOwner").send(owner.address, { nonce: nonce++, gasLimit: 100_000 }),
        () => registry.getFunction("append").send(link.submission, { nonce: nonce++, gasLimit: 1_000_000 }),
        () => wallet.getFunction("setOwner").send(avatar.address, { nonce: nonce++, gasLimit: 100_000 }),
      ];
      for (const step of steps) await step();
      await test.provider.send("evm_setAutomine", [true]);
      await test.provider.send("evm_mine", []);
      expect(await test.registry.isBound(avatar.address, "ethereum", identity)).to.equal(true);
      await indexed();
      const report = await verify();
      expectSound(report);
      expect(Object.keys(report.findings.unchecked).join()).to.match(
        /^contract wallets' signatures: the wallet takes them/,
      );
    });

    it("keeps apart the quorums of platforms that nobody attests", async () => {
      await writer.write(writer.attesters, "setQuorum", "ethereum", 3);
      await writer.write(writer.attesters, "setQuorum", "nextid", 2);
      await indexed();
      expectSound(await verify());
    });
  });

  describe("after blows", () => {
    for (const depth of [1, 5, 20]) {
      it(`is right after a reorg of depth ${depth}`, async () => {
        const avatar = somebody();
        const [first] = (await grow(avatar, undefined, 1)) as [SignedLink];
        const orphans = await grow(avatar, first, depth);
        await indexed();
        const before = await linksIndexed();
        expect(orphans.every(({ id }) => before.has(id))).to.equal(true);
        await test.provider.send("anvil_reorg", [depth, []]);
        // The same avatar goes on otherwise, so that its chain is another one.
        const instead = await grow(avatar, first, 2);
        await expectVerified();
        const after = await linksIndexed();
        expect(orphans.some(({ id }) => after.has(id))).to.equal(false);
        expect(instead.every(({ id }) => after.has(id))).to.equal(true);
      });
    }

    it("is right after the indexer was killed under load, and the chain turned meanwhile", async () => {
      let lost = new Set<string>();
      await strike(
        async () => {
          await test.stack.indexer.kill();
          lost = await linksIndexed();
        },
        // Whoever waits for a transaction that a reorg takes away waits for ever.
        async () => {
          await test.provider.send("anvil_reorg", [12, []]);
          await test.stack.startIndexer();
        },
      );
      const kept = await linksIndexed();
      expect([...lost].filter((id) => !kept.has(id))).not.to.deep.equal([]);
    });

    it("is right after the database was killed under load", () =>
      strike(async () => {
        await test.stack.postgres!.kill();
        await test.stack.startDatabase();
      }));

    it("is right after the indexer was killed while it read the history", async () => {
      // Long enough for a blow: 600 links in blocks of 30.
      for (let batch = 0; batch < 20; batch += 1) {
        const avatar = somebody();
        const links: SignedLink[] = [];
        for (let index = 0; index < 30; index += 1) {
          const after = links.at(-1);
          links.push(
            writer.sign(avatar, {
              platform: "dns",
              identity: `${avatar.wallet}.${index}`,
              ...(after ? { after } : {}),
            }),
          );
        }
        const submissions = links.map(({ submission }, index) => (index === 0 ? submission : abbreviated(submission)));
        await writer.write(writer.registry, "appendBatch", submissions, "0x");
      }
      await indexed();
      const before = await linksIndexed();
      await test.stack.indexer.stop();
      const filled = "SELECT nspname AS name FROM pg_namespace WHERE nspname ~ '^indexer_[0-9a-f]{12}$'";
      const { rows: schemas } = await withDatabase((client) => client.query<{ name: string }>(filled));
      expect(schemas).to.have.length(1);
      const schema = schemas[0]!.name;
      await withDatabase((client) =>
        client.query(`DROP SCHEMA "${schema}" CASCADE; DROP SCHEMA IF EXISTS indexer CASCADE`),
      );

      const starting = test.stack.startIndexer().then(
        () => "ready",
        () => "killed",
      );
      const begun = `SELECT count(*)::integer AS rows FROM "${schema}"._ponder_checkpoint`;
      await withDatabase(async (client) => {
        await until(
          () =>
            client
              .query<{ rows: number }>(begun)
              .then(({ rows }) => rows[0]!.rows)
              .catch(() => 0),
          (rows) => rows > 0,
        );
      });
      await test.stack.indexer.kill();
      expect(await starting).to.equal("killed");
      const ready = `SELECT value->>'is_ready' AS ready FROM "${schema}"._ponder_meta WHERE key = 'app'`;
      expect((await withDatabase((client) => client.query(ready))).rows).to.deep.equal([{ ready: "0" }]);

      await test.stack.startIndexer();
      await expectVerified();
      expect(await linksIndexed()).to.deep.equal(before);
    });
  });
});

/** Whether two logs are the same one. */
function same(a: RpcLog, b: RpcLog): boolean {
  return a.transactionHash === b.transactionHash && a.logIndex === b.logIndex;
}

/** A log of which one digit is another: of a topic, or of what its data say first. */
function changed(log: RpcLog): RpcLog {
  const places = [...log.topics.slice(1).keys()].map((index) => index + 1);
  const place = places[Math.floor(Math.random() * places.length)];
  // What pads a value, in front or behind, says nothing.
  if (place === undefined || (log.data.length > 2 && Math.random() < 0.5))
    return { ...log, data: turn(turn(log.data, 5), 65) };
  return { ...log, topics: log.topics.with(place, turn(log.topics[place]!, 65)) };
}

/** Whether a line tells of a difference in a table. */
function isAbout(line: string, table: string): boolean {
  return line.startsWith(`database: ${table} `) || line.startsWith(`database: ${table}:`);
}

/** Another value for a column. */
function tampered(column: string, type: string): string {
  const name = `"${column}"`;
  if (type === "bool") return `NOT ${name}`;
  if (/^(int|numeric)/.test(type)) return `coalesce(${name}, 0) + 1`;
  if (type.startsWith("_")) return `array_append(${name}, '0x1234567890123456789012345678901234567890')`;
  if (type.startsWith("json")) return `(replace(${name}::text, '0', '1') || ' ')::${type}`;
  return `'x'`;
}

function expectSound({ findings }: VerifyReport): void {
  expect(findings.problems, JSON.stringify(findings.problems.slice(0, 5), null, 2)).to.deep.equal([]);
  expect(findings.total).to.equal(0);
}

const is = (name: string) => {
  const topic = [PROOFS, ATTESTERS, MANAGER].flatMap((of) => of.getEvent(name)?.topicHash ?? [])[0]!;
  return ({ topics }: RpcLog) => topics[0] === topic;
};

/** What a row is named or placed by. */
const apart = (table: Table) => ["chain_id", "block_number", ...KEYS[table]];

/** Bytes in hex of which one digit is another. */
const turn = (hex: string, at: number) => hex.slice(0, at) + (hex[at] === "5" ? "6" : "5") + hex.slice(at + 1);
