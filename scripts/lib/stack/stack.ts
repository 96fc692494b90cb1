import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { glob, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { JsonRpcProvider, Wallet, toQuantity } from "ethers";
import { Client } from "pg";

import { deploySyngraph } from "../deploy.ts";
import { LocalChain } from "./chain.ts";
import { Part } from "./part.ts";
import { startPostgres } from "./postgres.ts";
import { requireFreePort } from "./ports.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** anvil's first two published keys: the first deploys and governs, the second attests. */
const DEPLOYER_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const ATTESTER_KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";

/** Where the stack keeps its data and listens. */
export interface StackOptions {
  /** Folder of everything that outlives it. */
  dataDir: string;
  /** Ports on loopback. */
  ports: { api: number; indexer: number; rpc: number };
  /** A PostgreSQL server to use instead of the embedded one. */
  databaseUrl?: string;
  /** More environment for the API, for example UPSTREAM_GITHUB. */
  env?: NodeJS.ProcessEnv;
  /** Told what was started, one line each. */
  log?: (line: string) => void;
}

/** Everything that `npm start` runs: database, chain with the contracts, indexer, API with the page. */
export class Stack {
  readonly apiUrl: string;
  readonly rpcUrl: string;
  readonly indexerUrl: string;
  readonly deploymentsDir: string;
  databaseUrl = "";
  chain!: LocalChain;
  api!: Part;
  indexer!: Part;
  postgres: Part | undefined;
  readonly #options: StackOptions;
  readonly #log: (line: string) => void;

  private constructor(options: StackOptions) {
    this.#options = options;
    this.#log = options.log ?? (() => {});
    this.apiUrl = `http://127.0.0.1:${options.ports.api}`;
    this.rpcUrl = `http://127.0.0.1:${options.ports.rpc}`;
    this.indexerUrl = `http://127.0.0.1:${options.ports.indexer}`;
    this.deploymentsDir = join(options.dataDir, "deployments");
  }

  /**
   * Starts all parts, each as soon as what it needs is there. The contracts must be compiled and the page built.
   *
   * @throws when a part cannot start; what had started is stopped.
   */
  static async start(options: StackOptions): Promise<Stack> {
    const { ports } = options;
    await requireFreePort(ports.api, "PORT", "dashboard and API");
    await requireFreePort(ports.indexer, "INDEXER_PORT", "indexer");
    await requireFreePort(ports.rpc, "RPC_PORT", "chain");
    await mkdir(options.dataDir, { recursive: true });
    const stack = new Stack(options);
    await stack.restart();
    return stack;
  }

  /**
   * Starts all parts, none of which may be running.
   *
   * @throws when one cannot start; what had started is stopped.
   */
  async restart(): Promise<void> {
    try {
      await allOrNone(this.#startDatabase(), this.startChain());
      await allOrNone(this.startApi(), this.startIndexer());
      await this.api.waitUntil(() => caughtUp(this.apiUrl));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** The parts that run, in the order in which they must end: who writes before who keeps. */
  get parts(): Part[] {
    return [this.api, this.indexer, this.chain?.part, this.postgres].filter((part) => part !== undefined);
  }

  /** Resolves with the part and the reason when a part ends that nobody stopped. */
  async failure(): Promise<{ part: Part; reason: string }> {
    return Promise.race(this.parts.map(async (part) => ({ part, reason: await part.ended })));
  }

  /** Stops all parts in order. */
  async stop(): Promise<void> {
    await this.api?.stop();
    await this.indexer?.stop();
    await this.chain?.stop();
    await this.postgres?.stop();
  }

  async #startDatabase(): Promise<void> {
    if (this.#options.databaseUrl !== undefined) {
      this.databaseUrl = this.#options.databaseUrl;
      return;
    }
    const { part, url } = await startPostgres(this.#options.dataDir);
    this.postgres = part;
    this.databaseUrl = url;
    this.#log("database  PostgreSQL, embedded");
  }

  /** Starts the chain where it was, and deploys what is not there. */
  async startChain(): Promise<void> {
    this.chain = await LocalChain.start(this.#options.dataDir, this.#options.ports.rpc);
    const provider = new JsonRpcProvider(this.rpcUrl, undefined, {
      staticNetwork: true,
      cacheTimeout: -1,
      pollingInterval: 50,
    });
    try {
      const { chainId, contracts } = await deploySyngraph({
        signer: new Wallet(DEPLOYER_KEY, provider),
        deploymentsDir: this.deploymentsDir,
        attesters: [{ address: new Wallet(ATTESTER_KEY).address, endpoint: this.apiUrl }],
      });
      await leaveGenesisBehind(provider);
      this.#log(`chain     ${this.rpcUrl} (chain ${chainId}, ProofRegistry ${contracts.ProofRegistry.address})`);
    } finally {
      provider.destroy();
    }
  }

  async startIndexer(): Promise<void> {
    const { dataDir, ports } = this.#options;
    const schema = await this.#indexerSchema();
    await prepareSchema(this.databaseUrl, schema);
    this.indexer = await Part.start({
      name: "indexer",
      command: process.execPath,
      cwd: join(ROOT, "indexer"),
      args: [
        ...[join(ROOT, "node_modules/ponder/dist/esm/bin/ponder.js"), "start"],
        ...["--schema", schema, "--views-schema", "indexer"],
        ...["--hostname", "127.0.0.1", "--port", String(ports.indexer), "--log-format", "json"],
      ],
      // Ponder takes PORT over its option, and here PORT is the API's.
      env: { ...this.#env(), PORT: String(ports.indexer), PONDER_TELEMETRY_DISABLED: "true" },
      logFile: join(dataDir, "logs", "indexer.log"),
    });
    await this.indexer.waitUntil(() => ok(`${this.indexerUrl}/ready`));
    this.#log(`indexer   ${this.indexerUrl}/graphql`);
  }

  async startApi(): Promise<void> {
    const { dataDir, ports } = this.#options;
    this.api = await Part.start({
      name: "api",
      command: process.execPath,
      args: [join(ROOT, "api/main.ts")],
      env: { ...this.#env(), PORT: String(ports.api), ...this.#options.env },
      logFile: join(dataDir, "logs", "api.log"),
    });
    await this.api.waitUntil(() => ok(`${this.apiUrl}/healthz`));
    this.#log(`api       ${this.apiUrl}/healthz`);
  }

  #env(): NodeJS.ProcessEnv {
    return {
      DATABASE_URL: this.databaseUrl,
      DEPLOYMENTS_DIR: this.deploymentsDir,
      [`RPC_URL_31337`]: this.rpcUrl,
    };
  }

  /**
   * Ponder fills a schema of its own for each version of the indexer, and turns the views of the schema `indexer` to it
   * once it has caught up; readers never see a half-filled one.
   */
  async #indexerSchema(): Promise<string> {
    const hash = createHash("sha256");
    const patterns = ["indexer/**/*.ts", "sdk/src/protocol/**/*.ts"];
    const sources = await Array.fromAsync(
      glob(patterns, { cwd: ROOT, exclude: ["**/ponder-env.d.ts", "**/generated/**"] }),
    );
    for (const file of sources.sort()) hash.update(file).update(await readFile(join(ROOT, file)));
    for await (const file of glob("*.json", { cwd: this.deploymentsDir })) {
      hash.update(await readFile(join(this.deploymentsDir, file)));
    }
    return `indexer_${hash.digest("hex").slice(0, 12)}`;
  }
}

/** Makes the page if its sources have changed since it was made last. */
export async function buildWeb(): Promise<void> {
  const hash = createHash("sha256");
  const patterns = ["web/src/**/*", "web/index.html", "web/vite.config.ts", "web/package.json", "sdk/src/**/*.ts"];
  const sources = await Array.fromAsync(glob(patterns, { cwd: ROOT, withFileTypes: true }));
  const files = sources.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(file.slice(ROOT.length)).update(await readFile(file));
  const digest = hash.digest("hex");
  // A file that the API does not serve, since its name begins with a dot.
  const marker = join(ROOT, "web/dist/.sources");
  if (existsSync(marker) && (await readFile(marker, "utf8")) === digest) return;
  // The page's own version: Ponder brings another one.
  const vite = createRequire(join(ROOT, "web/package.json")).resolve("vite/package.json");
  const args = [join(dirname(vite), "bin/vite.js"), "build", "--logLevel", "warn"];
  await promisify(execFile)(process.execPath, args, { cwd: join(ROOT, "web") });
  await writeFile(marker, digest);
}

/** Removes all that the stack keeps. */
export async function resetData(dataDir: string): Promise<void> {
  await rm(dataDir, { recursive: true, force: true });
}

/** Blocks behind the latest from which on Ponder counts a block of an OP-stack chain as final. */
const FINALITY = 30;

/**
 * Makes so many blocks that the first one counts as final. anvil gives the genesis block a new time when it loads its
 * state, so that block 1 seems to have lost its parent; an indexer for which block 0 is the last final one sees a reorg
 * behind it, and stops.
 */
async function leaveGenesisBehind(provider: JsonRpcProvider): Promise<void> {
  const missing = FINALITY + 1 - (await provider.getBlockNumber());
  if (missing > 0) await provider.send("anvil_mine", [toQuantity(missing), "0x0"]);
}

/**
 * Makes a schema ready for Ponder to go on with. It takes away the lock of an indexer that was killed, for which Ponder
 * waits 20 s: there is no other one on this data, that is what the stack's own lock is for. And it sets the progress back
 * to the last final block, as Ponder will with the rows, but not at once with what it says of its progress.
 */
async function prepareSchema(databaseUrl: string, schema: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const tables = "SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = '_ponder_meta'";
    const { rowCount } = await client.query(tables, [schema]);
    if (rowCount === 0) return;
    const unlocked = "jsonb_set(value, '{is_locked}', '0')";
    await client.query(`UPDATE "${schema}"._ponder_meta SET value = ${unlocked} WHERE key = 'app'`);
    await client.query(`UPDATE "${schema}"._ponder_checkpoint SET latest_checkpoint = safe_checkpoint`);
  } finally {
    await client.end();
  }
}

/** Waits for both to their end, so that what did start is there to be stopped. @throws what the first to fail threw. */
async function allOrNone(...starts: Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(starts)) if (outcome.status === "rejected") throw outcome.reason;
}

/** Whether the index has the chain's last block. */
async function caughtUp(apiUrl: string): Promise<boolean> {
  const response = await fetch(`${apiUrl}/readyz`, { signal: AbortSignal.timeout(2_000) });
  const { indexed_block: indexed, chain_block: head } = (await response.json()) as Record<string, unknown>;
  return indexed !== undefined && indexed === head;
}

async function ok(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.arrayBuffer();
  return response.ok;
}
