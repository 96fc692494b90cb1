import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";

import { PROOF_REGISTRY_ABI, parsePublicKey } from "@syngraph/sdk/protocol";
import { Contract, JsonRpcProvider, Wallet, parseEther, toQuantity } from "ethers";
import type { Pool } from "pg";
import { type Logger, pino } from "pino";

import { migrate } from "../../api/db/migrations.ts";
import { createPool } from "../../api/db/pool.ts";
import { type NewItem, Outbox, type OutboxItem } from "../../api/relay/outbox.ts";
import { RelayQueue } from "../../api/relay/queue.ts";
import { Registry } from "../../api/relay/registry.ts";
import type { SentTransaction } from "../../api/relay/transactions.ts";
import { Relayer } from "../../api/relay/relayer.ts";
import { deploySyngraph } from "../../scripts/lib/deploy.ts";
import type { DeployedContract } from "../../scripts/lib/deployments.ts";
import { type Postgres, startPostgres } from "../../scripts/lib/stack/postgres.ts";
import type { ProofRegistry } from "../../types/ethers-contracts/index.ts";
import { Anvil } from "./contractAnvil.ts";
import { type LinkFields, type Person, type SignedLink, person, signLink } from "./contractLinks.ts";

const CHAIN_ID = 31337;
/** anvil's first two published keys: who deploys, and the only attester. */
const DEPLOYER = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
export const ATTESTER = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";

let named = 0;

/** Somebody whom no other test has. */
export function somebody(): Person {
  return person(`relay ${(named += 1)}`);
}

/** Unix seconds. */
export const now = (): number => Math.floor(Date.now() / 1000);

/** Database, chain and relayers: what brings submissions on chain, without the API in front and the indexer behind it. */
export class RelayWorld {
  readonly anvil: Anvil;
  readonly db: Pool;
  readonly outbox: Outbox;
  /** As somebody with money calls it. */
  readonly contract: ProofRegistry;
  readonly stranger: Wallet;
  readonly #postgres: Postgres;
  readonly #folder: string;
  readonly #queue: RelayQueue;
  readonly #place: DeployedContract;
  readonly #log: Logger;
  readonly #stops = new Set<() => Promise<void>>();

  private constructor(parts: {
    anvil: Anvil;
    db: Pool;
    postgres: Postgres;
    folder: string;
    queue: RelayQueue;
    place: DeployedContract;
    log: Logger;
  }) {
    this.anvil = parts.anvil;
    this.db = parts.db;
    this.#postgres = parts.postgres;
    this.#folder = parts.folder;
    this.#queue = parts.queue;
    this.#place = parts.place;
    this.#log = parts.log;
    this.outbox = new Outbox(parts.db, CHAIN_ID, parts.queue);
    this.stranger = Wallet.createRandom().connect(parts.anvil.provider) as unknown as Wallet;
    const contract = new Contract(parts.place.address, PROOF_REGISTRY_ABI, this.stranger);
    this.contract = contract as unknown as ProofRegistry;
  }

  static async start(): Promise<RelayWorld> {
    const folder = await mkdtemp(join(tmpdir(), "syngraph-relay-"));
    const [postgres, anvil] = await Promise.all([startPostgres(folder), Anvil.start()]);
    const db = createPool(postgres.url);
    db.on("error", () => {}); // The server ends its connections where it ends first.
    await migrate(db);
    const log = pino({ level: process.env.LOG_LEVEL ?? "silent" });
    const queue = new RelayQueue(postgres.url, CHAIN_ID, log);
    await queue.start();
    const { contracts } = await deploySyngraph({
      signer: new Wallet(DEPLOYER, anvil.provider),
      deploymentsDir: join(folder, "deployments"),
      attesters: [{ address: new Wallet(ATTESTER).address, endpoint: "" }],
    });
    const world = new RelayWorld({ anvil, db, postgres, folder, queue, place: contracts.ProofRegistry, log });
    await world.fund(world.stranger.address);
    return world;
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) await stop();
    await this.#queue.stop();
    await this.db.end();
    await Promise.all([this.anvil.stop(), this.#postgres.part.stop()]);
    await rm(this.#folder, { recursive: true, force: true });
  }

  async fund(address: string): Promise<void> {
    await this.send("anvil_setBalance", [address, toQuantity(parseEther("100"))]);
  }

  /** A new key with money. */
  async fundedKey(): Promise<string> {
    const { privateKey, address } = Wallet.createRandom();
    await this.fund(address);
    return privateKey;
  }

  send(method: string, params: unknown[]): Promise<unknown> {
    return this.anvil.provider.send(method, params);
  }

  /** A relayer, as a process of its own would have one. */
  async relayer(privateKey: string, { raiseAfter = 60_000, rpcUrl = this.anvil.url } = {}): Promise<Relayer> {
    const options = { staticNetwork: true, cacheTimeout: -1, batchMaxCount: 1 };
    const provider = new JsonRpcProvider(rpcUrl, CHAIN_ID, options);
    const { address, block } = this.#place;
    const relayer = new Relayer({
      ...{ databaseUrl: this.#postgres.url, db: this.db, chainId: CHAIN_ID, provider, privateKey, raiseAfter },
      ...{ registry: new Registry(address, provider, block), queue: this.#queue, log: this.#log },
    });
    this.#stops.add(async () => {
      await relayer.stop();
      provider.destroy();
    });
    relayer.start();
    return relayer;
  }

  /** Hands in a link. That it follows the one before, is the test's to see to. */
  accept(link: SignedLink, more: Partial<NewItem> = {}): Promise<OutboxItem> {
    const item: NewItem = {
      ...{ uuid: link.link.uuid, link_id: link.id, avatar: parsePublicKey(link.link.avatar).address.toLowerCase() },
      ...{ method: "append", submission: link.submission, previous: null },
      ...more,
    };
    return this.outbox.accept(item, () => Promise.resolve(item.previous));
  }

  async row({ id }: Pick<OutboxItem, "id">): Promise<OutboxItem> {
    const { rows } = await this.db.query<OutboxItem>("SELECT * FROM api.submission WHERE id = $1", [id]);
    return rows[0]!;
  }

  /** The submissions at their end: included or refused. */
  async ended(items: readonly Pick<OutboxItem, "id">[], deadline = 30_000): Promise<OutboxItem[]> {
    return this.until(
      () => Promise.all(items.map((item) => this.row(item))),
      (rows) => rows.every(({ state }) => state === "included" || state === "refused"),
      deadline,
    );
  }

  /** Asks until the answer will do. @throws on the deadline (milliseconds), with the last answer. */
  async until<T>(ask: () => Promise<T>, will: (answer: T) => boolean, deadline = 30_000): Promise<T> {
    const started = Date.now();
    for (;;) {
      const answer = await ask();
      if (will(answer)) return answer;
      if (Date.now() - started > deadline) throw new Error(`not in time: ${inspect(answer)}`);
      await sleep(25);
    }
  }

  /** The transactions that a key signed, by nonce. */
  async transactions(
    relayer: Relayer,
  ): Promise<Pick<SentTransaction, "nonce" | "kind" | "state" | "hashes" | "items">[]> {
    const { rows } = await this.db.query(
      "SELECT nonce, kind, state, hashes, items FROM api.transaction WHERE sender = $1 ORDER BY id",
      [relayer.address.toLowerCase()],
    );
    return rows;
  }

  /** How many links of an avatar the chain has. */
  async lengthOf({ address }: Person): Promise<number> {
    return Number(await this.contract.lengthOf(address));
  }
}

/** A wallet bound to an avatar, with both signatures; `after` is the link before it. */
export function walletLink(avatar: Person, fields: Partial<LinkFields> = {}): SignedLink {
  const wallet = somebody();
  return signLink(avatar, {
    ...{ platform: "ethereum", identity: wallet.wallet, cosigner: wallet, createdAt: now() },
    ...fields,
  });
}

/** The links of a chain, each behind the one before. */
export function chainOf(avatar: Person, length: number): SignedLink[] {
  const links: SignedLink[] = [];
  while (links.length < length) {
    const after = links.at(-1);
    links.push(walletLink(avatar, after ? { after } : {}));
  }
  return links;
}

let shared: Promise<RelayWorld> | undefined;

/** The world that the relayer's tests share; started when the first one asks. Each test ends its own relayers. */
export function sharedRelayWorld(): Promise<RelayWorld> {
  return (shared ??= RelayWorld.start());
}

/** Stops the shared world, if it was started. */
export async function stopSharedRelayWorld(): Promise<void> {
  await (await shared)?.stop();
}
