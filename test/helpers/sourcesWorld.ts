import ensRegistry from "@ensdomains/ens/build/contracts/ENSRegistry.json" with { type: "json" };
import ensRegistryWithFallback from "@ensdomains/ens/build/contracts/ENSRegistryWithFallback.json" with { type: "json" };
import oldReverseRegistrar from "@ensdomains/ens/build/contracts/ReverseRegistrar.json" with { type: "json" };
import publicResolver from "@ensdomains/resolver/build/contracts/PublicResolver.json" with { type: "json" };
import { type InterfaceAbi, Interface, getCreateAddress, id, namehash, toQuantity } from "ethers";
import { Client } from "pg";

import { type Artifact, readArtifact } from "../../scripts/lib/artifacts.ts";
import { create, send } from "../standins/ens.ts";
import { get } from "./api.ts";
import { type TestStack, startTestStack } from "./stack.ts";
import { until } from "./until.ts";

/** anvil's tenth account, of which nothing else makes use: the contracts' addresses follow from it and are known beforehand. */
const DEPLOYER = "0xa0ee7a142d267c1f36714e4a8f75612f20a79720";

/** anvil's accounts five to nine. */
const PEOPLE = [
  "0x15d34aaf54267db7d7c367839aaf71a00a2c6a65",
  "0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc",
  "0x976ea74026e726554db657fa54763abd0c3a0aa9",
  "0x14dc79964da2c08b23698b3d3cc7ca32193d9955",
  "0x23618e81e3f5cdf7f54c3d65f7fbc0abf5b21e8f",
] as const;

/**
 * What is deployed, in this order. Registries, resolver and the older reverse registrar are ENS's own; Emitters speak for
 * contracts of which no package can be installed here.
 */
const CONTRACTS = [
  ...["oldRegistry", "registry", "registrar", "wrapper", "resolver", "oldReverseRegistrar", "speller", "texts"],
  ...["baseRegistry", "baseRegistrar", "farcaster", "hub", "handles", "links", "stranger"],
] as const;

export const ROOT = `0x${"00".repeat(32)}`;

/** The functions that tests call, whichever contract they are of. */
const CALLS = new Interface([
  "constructor(address,address)",
  "function setSubnodeOwner(bytes32 node, bytes32 label, address owner)",
  "function setOwner(bytes32 node, address owner)",
  "function setResolver(bytes32 node, address resolver)",
  "function setAddr(bytes32 node, address a)",
  "function setText(bytes32 node, string key, string value)",
  "function setName(string name)",
  "function register(uint256 id, address owner, uint256 duration)",
  "function renew(uint256 id, uint256 duration)",
  "function transferFrom(address from, address to, uint256 id)",
  "function approve(address to, uint256 id)",
  "function setApprovalForAll(address operator, bool approved)",
  "function safeTransferFrom(address from, address to, uint256 id, uint256 amount, bytes data)",
  "function wrapSold(bytes32 node, uint256 id, bytes name, address owner, uint64 expiry)",
  "function setSubnode(bytes32 parent, bytes32 label, bytes name, address owner, uint32 fuses, uint64 expiry)",
  "function setChildFuses(bytes32 node, uint32 fuses, uint64 expiry)",
  "function safeBatchTransferFrom(address from, address to, uint256[] ids, uint256[] amounts, bytes data)",
  "function unwrap(bytes32 node, uint256 id, address owner)",
  "function emitAll(tuple(bytes32[] topics, bytes data)[] logs)",
]);

/** A stack whose indexer has all sources on, and their contracts on its chain. */
export class SourcesWorld {
  readonly stack: TestStack;
  readonly at: Readonly<Record<(typeof CONTRACTS)[number], string>>;
  readonly people = PEOPLE;
  readonly deployer = DEPLOYER;
  readonly #db: Client;

  private constructor(stack: TestStack, at: SourcesWorld["at"], db: Client) {
    this.stack = stack;
    this.at = at;
    this.#db = db;
  }

  static async start(): Promise<SourcesWorld> {
    const entries = CONTRACTS.map((name, nonce) => [name, getCreateAddress({ from: DEPLOYER, nonce }).toLowerCase()]);
    const at = Object.fromEntries(entries) as SourcesWorld["at"];
    const stack = await startTestStack({}, settings(at));
    const db = new Client({ connectionString: stack.stack.databaseUrl });
    try {
      await db.connect();
      const world = new SourcesWorld(stack, at, db);
      await world.#deploy();
      return world;
    } catch (error) {
      await db.end();
      await stack.stop();
      throw error;
    }
  }

  async #deploy(): Promise<void> {
    const { provider } = this.stack;
    const names = ["Emitter", "EnsRegistrar", "EnsWrapper"].map((name) => readArtifact(`test/${name}`));
    const [emitter, registrar, wrapper] = (await Promise.all(names)) as [Artifact, Artifact, Artifact];
    const { at } = this;
    const made: Record<keyof typeof at, [artifact: { abi: unknown; bytecode: string }, ...values: string[]]> = {
      oldRegistry: [real(ensRegistry)],
      registry: [real(ensRegistryWithFallback, 1), at.oldRegistry],
      registrar: [registrar, at.registry, namehash("eth")],
      wrapper: [wrapper, at.registry, at.registrar],
      resolver: [real(publicResolver, 1), at.registry],
      oldReverseRegistrar: [real(oldReverseRegistrar, 2), at.registry, at.resolver],
      speller: [emitter],
      texts: [emitter],
      baseRegistry: [real(ensRegistry)],
      baseRegistrar: [registrar, at.baseRegistry, namehash("base.eth")],
      farcaster: [emitter],
      hub: [emitter],
      handles: [emitter],
      links: [emitter],
      stranger: [emitter],
    };
    for (const name of CONTRACTS) await create(provider, DEPLOYER, ...made[name]);
    for (const registry of [at.oldRegistry, at.registry]) await this.own(registry, "eth", at.registrar);
    await this.own(at.registry, "reverse", DEPLOYER);
    await this.own(at.registry, "addr.reverse", at.oldReverseRegistrar);
    await this.own(at.baseRegistry, "eth", DEPLOYER);
    await this.own(at.baseRegistry, "base.eth", at.baseRegistrar);
    await this.own(at.baseRegistry, "reverse", DEPLOYER);
    await this.own(at.baseRegistry, "80002105.reverse", DEPLOYER);
  }

  /** Sends a call, which must not revert. */
  async call(from: string, to: string, name: string, ...values: unknown[]): Promise<void> {
    await send(this.stack.provider, from, to, CALLS.encodeFunctionData(name, values));
  }

  /** Gives a name of a registry to somebody; whoever has the name above must be `from`. */
  async own(registry: string, name: string, owner: string, from: string = DEPLOYER): Promise<void> {
    const [label, ...rest] = name.split(".");
    const parent = rest.length === 0 ? ROOT : namehash(rest.join("."));
    await this.call(from, registry, "setSubnodeOwner", parent, id(label!), owner);
  }

  /** Has an Emitter emit events, in one transaction: each its declaration and values. */
  async emit(emitter: string, ...events: [declaration: string, ...values: unknown[]][]): Promise<void> {
    const logs = events.map(([declaration, ...values]) => {
      const face = new Interface([`event ${declaration}`]);
      return face.encodeEventLog(face.fragments[0] as never, values);
    });
    await this.emitRaw(emitter, ...logs);
  }

  async emitRaw(emitter: string, ...logs: { topics: string[]; data: string }[]): Promise<void> {
    await this.call(DEPLOYER, emitter, "emitAll", logs);
  }

  /** Registers a name of two labels below .eth, or of three below base.eth, and spells it out unless told otherwise. */
  async register(name: string, owner: string, { duration = 10 * YEAR, isSpelled = true } = {}): Promise<void> {
    const [label] = name.split(".") as [string];
    const registrar = name.endsWith(".base.eth") ? this.at.baseRegistrar : this.at.registrar;
    await this.call(DEPLOYER, registrar, "register", id(label), owner, duration);
    if (isSpelled) await this.spell(name, label);
  }

  /** Has the controller spell out a label. */
  async spell(name: string, label: string): Promise<void> {
    await this.emit(
      this.at.speller,
      name.endsWith(".base.eth")
        ? [
            "NameRegistered(string name, bytes32 indexed label, address indexed owner, uint256 expires)",
            label,
            id(label),
            DEPLOYER,
            0,
          ]
        : [
            "NameRegistered(string name, bytes32 indexed label, address indexed owner, uint256 baseCost, uint256 premium, uint256 expires)",
            ...[label, id(label), DEPLOYER, 1, 2, 3],
          ],
    );
  }

  /** Waits until the index has the chain's last block. */
  async indexed(): Promise<void> {
    const head = await this.stack.provider.getBlockNumber();
    await until(async () => (await get(this.stack.stack, "/readyz")).body.indexed_block === head);
  }

  /** The edges of an identity, or those that it had, once all is indexed; sorted as texts. */
  async edges(identity: string, table: "edge" | "past_edge" = "edge"): Promise<string[]> {
    await this.indexed();
    const rows = await this.query<{ kind: string; from: string; to: string }>(
      `SELECT kind, from_platform || ' ' || from_identity AS from, to_platform || ' ' || to_identity AS to
       FROM indexer.${table} WHERE $1 IN (from_identity, to_identity)`,
      [identity],
    );
    return rows.map(({ kind, from, to }) => `${from} ${kind} ${to}`).sort();
  }

  /** The row of a name, once all is indexed. */
  async name(identity: string): Promise<Record<string, unknown> | undefined> {
    await this.indexed();
    return (await this.query<Record<string, unknown>>("SELECT * FROM indexer.name WHERE identity = $1", [identity]))[0];
  }

  async query<Row>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.#db.query(sql, values)).rows as Row[];
  }

  /** Sets the chain's clock forward. What begins and ends in one second leaves no trace. */
  async pass(seconds = 2): Promise<void> {
    await this.stack.provider.send("evm_increaseTime", [toQuantity(seconds)]);
    await this.stack.provider.send("anvil_mine", ["0x1"]);
  }

  /** Replaces the last blocks by others in which nothing happens. */
  async reorg(depth: number): Promise<void> {
    await this.stack.provider.send("anvil_reorg", [depth, []]);
    // Ponder learns of the other chain by its next block.
    await this.stack.provider.send("anvil_mine", ["0x1"]);
  }

  async stop(): Promise<void> {
    await this.#db.end();
    await this.stack.stop();
  }
}

export const YEAR = 365 * 24 * 60 * 60;

/** ENS's artifacts name their events wrongly, but the code is right: only the constructor's arguments are taken from here. */
function real({ bytecode }: { bytecode: string }, values = 0): { abi: InterfaceAbi; bytecode: string } {
  return { abi: [`constructor(${Array(values).fill("address").join()})`], bytecode };
}

function settings(at: SourcesWorld["at"]): NodeJS.ProcessEnv {
  const ens = [
    ...[`registry=${at.registry}`, `oldRegistry=${at.oldRegistry}`, `registrar=${at.registrar}`],
    ...[`controller2023=${at.speller}`, `wrapper=${at.wrapper}`, `reverseRegistrar=${at.speller}`],
    `primaryNames=${at.speller}`,
  ];
  const base = [
    ...[`registry=${at.baseRegistry}`, `registrar=${at.baseRegistrar}`, `controller=${at.speller}`],
    ...[`reverseRegistrar=${at.speller}`],
  ];
  return {
    SOURCES: "ens,basenames,farcaster,lens",
    SOURCE_ENS: `31337:${ens.join()}`,
    SOURCE_BASENAMES: `31337:${base.join()}`,
    SOURCE_FARCASTER: `31337:registry=${at.farcaster}@1`,
    SOURCE_LENS: `31337:hub=${at.hub},handles=${at.handles},links=${at.links}`,
  };
}

let shared: Promise<SourcesWorld> | undefined;

/** One that all tests share; started when the first one asks. */
export function sharedSources(): Promise<SourcesWorld> {
  return (shared ??= SourcesWorld.start());
}

/** Stops the shared one, if it was started. */
export async function stopSharedSources(): Promise<void> {
  await (await shared)?.stop();
}
