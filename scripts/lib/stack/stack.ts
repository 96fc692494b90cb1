import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";

import { JsonRpcProvider, Wallet, toQuantity } from "ethers";

import { deploySyngraph } from "../deploy.ts";
import { LocalChain } from "./chain.ts";
import { startIndexer } from "./indexer.ts";
import { dropOldSchemas, indexerSchema, prepareSchema, showSchema } from "./indexerSchema.ts";
import { Part } from "./part.ts";
import { startPostgres } from "./postgres.ts";
import { requireFreePort } from "./ports.ts";
import { ROOT } from "./sources.ts";

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
  /** Seconds from block to block; a block for every transaction where not given. */
  blockTime?: number;
  /** More environment for the API, for example UPSTREAM_GITHUB. */
  env?: NodeJS.ProcessEnv;
  /** More environment for the indexer, for example SOURCES, or RPC_URL_<chainId> of another chain in its deployments. */
  indexerEnv?: NodeJS.ProcessEnv;
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
    await Stack.requirePorts(options.ports);
    await mkdir(options.dataDir, { recursive: true });
    const stack = new Stack(options);
    await stack.restart();
    return stack;
  }

  /** @throws the message for whoever started it, when somebody listens on one of its ports. */
  static async requirePorts(ports: StackOptions["ports"]): Promise<void> {
    await requireFreePort(ports.api, "PORT", "dashboard and API");
    await requireFreePort(ports.indexer, "INDEXER_PORT", "indexer");
    await requireFreePort(ports.rpc, "RPC_PORT", "chain");
  }

  /**
   * Starts all parts, none of which may be running.
   *
   * @throws when one cannot start; what had started is stopped.
   */
  async restart(): Promise<void> {
    try {
      await allOrNone(this.startDatabase(), this.startChain());
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

  /** Starts the database, where it was before: who uses it finds it again. */
  async startDatabase(): Promise<void> {
    if (this.#options.databaseUrl !== undefined) {
      this.databaseUrl = this.#options.databaseUrl;
      return;
    }
    const port = this.databaseUrl === "" ? undefined : Number(new URL(this.databaseUrl).port);
    const { part, url } = await startPostgres(this.#options.dataDir, port);
    this.postgres = part;
    this.databaseUrl = url;
    this.#log("database  PostgreSQL, embedded");
  }

  /** Starts the chain where it was, and deploys what is not there. */
  async startChain(): Promise<void> {
    const { dataDir, ports, blockTime } = this.#options;
    this.chain = await LocalChain.start(dataDir, ports.rpc, blockTime);
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
    const env = { ...this.#env(), ...this.#options.indexerEnv };
    const schema = await indexerSchema(this.deploymentsDir, { ...process.env, ...env });
    await prepareSchema(this.databaseUrl, schema);
    this.indexer = await startIndexer({
      ...{ dataDir, schema, port: ports.indexer, env },
      ...{ databaseUrl: this.databaseUrl, deploymentsDir: this.deploymentsDir },
    });
    await this.indexer.waitUntil(() => ok(`${this.indexerUrl}/ready`));
    await showSchema(this.databaseUrl, schema);
    await dropOldSchemas(this.databaseUrl);
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
