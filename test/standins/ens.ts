import { setTimeout as sleep } from "node:timers/promises";

import ensRegistry from "@ensdomains/ens/build/contracts/ENSRegistry.json" with { type: "json" };
import fifsRegistrar from "@ensdomains/ens/build/contracts/FIFSRegistrar.json" with { type: "json" };
import publicResolver from "@ensdomains/resolver/build/contracts/PublicResolver.json" with { type: "json" };
import { type JsonRpcProvider, Interface, type InterfaceAbi, ZeroAddress, concat, id, namehash } from "ethers";

import { readArtifact } from "../../scripts/lib/artifacts.ts";
import { Anvil } from "../helpers/contractAnvil.ts";

/**
 * The contracts of ENS on an Ethereum chain of its own: the real registry, registrar of `.test` and public resolver, as
 * ENS has published them on npm. Accounts are anvil's, which it unlocks.
 */
export class Ens {
  readonly url: string;
  readonly provider: JsonRpcProvider;
  readonly accounts: readonly string[];
  readonly registry: string;
  readonly resolver: string;
  readonly #registrar: string;
  readonly #anvil: Anvil;

  private constructor(anvil: Anvil, accounts: readonly string[], contracts: readonly string[]) {
    this.#anvil = anvil;
    this.url = anvil.url;
    this.provider = anvil.provider;
    this.accounts = accounts;
    [this.registry, this.#registrar, this.resolver] = contracts as [string, string, string];
  }

  static async start(): Promise<Ens> {
    const anvil = await Anvil.startPlain();
    try {
      const accounts = ((await anvil.provider.send("eth_accounts", [])) as string[]).map((it) => it.toLowerCase());
      const [admin] = accounts as [string];
      const registry = await create(anvil.provider, admin, ensRegistry);
      const registrar = await create(anvil.provider, admin, fifsRegistrar, registry, namehash("test"));
      const resolver = await create(anvil.provider, admin, publicResolver, registry);
      const ens = new Ens(anvil, accounts, [registry, registrar, resolver]);
      await ens.send(admin, registry, REGISTRY.encodeFunctionData("setSubnodeOwner", [ROOT, id("test"), registrar]));
      return ens;
    } catch (error) {
      // A chain that nobody stops would keep the tests from ending.
      await anvil.stop();
      throw error;
    }
  }

  /** For UPSTREAM_ENS. */
  upstream(changes: Record<string, string> = {}, url = this.url): string {
    return `${url}/?${new URLSearchParams({ registry: this.registry, ...changes })}`;
  }

  /** Deploys one of our own test contracts. */
  async deploy(name: string, ...values: unknown[]): Promise<string> {
    return create(this.provider, this.accounts[0]!, await readArtifact(name), ...values);
  }

  /** Sends a transaction from an unlocked account. @throws when it reverts. */
  async send(from: string, to: string | undefined, data: string): Promise<string> {
    return send(this.provider, from, to, data);
  }

  /** Registers `<label>.test`. */
  async register(label: string, owner: string): Promise<void> {
    await this.send(owner, this.#registrar, REGISTRAR.encodeFunctionData("register", [id(label), owner]));
  }

  /** Makes a name below one that the owner has; of the root it is the first account. */
  async giveSubname(from: string, parent: string, label: string, owner: string): Promise<void> {
    const node = parent === "" ? ROOT : namehash(parent);
    await this.send(from, this.registry, REGISTRY.encodeFunctionData("setSubnodeOwner", [node, id(label), owner]));
  }

  async ownerOf(name: string): Promise<string> {
    const data = REGISTRY.encodeFunctionData("owner", [namehash(name)]);
    const answer = await this.provider.call({ to: this.registry, data });
    return String(REGISTRY.decodeFunctionResult("owner", answer)[0]).toLowerCase();
  }

  async transfer(name: string, owner: string): Promise<void> {
    const data = REGISTRY.encodeFunctionData("setOwner", [namehash(name), owner]);
    await this.send(await this.ownerOf(name), this.registry, data);
  }

  async setResolver(name: string, resolver: string, from?: string): Promise<void> {
    const data = REGISTRY.encodeFunctionData("setResolver", [namehash(name), resolver]);
    await this.send(from ?? (await this.ownerOf(name)), this.registry, data);
  }

  /** Sets a text record at the public resolver, and has the name use that. */
  async setText(name: string, key: string, text: string, from?: string): Promise<void> {
    const owner = from ?? (await this.ownerOf(name));
    await this.setResolver(name, this.resolver, owner);
    await this.send(owner, this.resolver, RESOLVER.encodeFunctionData("setText", [namehash(name), key, text]));
  }

  async stop(): Promise<void> {
    await this.#anvil.stop();
  }
}

const ROOT = `0x${"00".repeat(32)}`;
const REGISTRY = new Interface(ensRegistry.abi as InterfaceAbi);
const REGISTRAR = new Interface(fifsRegistrar.abi as InterfaceAbi);
const RESOLVER = new Interface(publicResolver.abi as InterfaceAbi);

let shared: Promise<Ens> | undefined;

/** One that all tests share that do not disturb each other; started when the first one asks. */
export function sharedEns(): Promise<Ens> {
  return (shared ??= Ens.start());
}

/** Stops the shared one, if it was started. */
export async function stopSharedEns(): Promise<void> {
  await (await shared)?.stop();
}

/** Deploys a contract from an account that the node unlocks. */
export async function create(
  provider: JsonRpcProvider,
  from: string,
  { abi, bytecode }: { abi: unknown; bytecode: string },
  ...values: unknown[]
): Promise<string> {
  return send(provider, from, undefined, concat([bytecode, new Interface(abi as InterfaceAbi).encodeDeploy(values)]));
}

/**
 * Sends a transaction from an account that the node unlocks.
 *
 * @returns the address of what it created; zero where it created nothing.
 * @throws when it reverts.
 */
export async function send(
  provider: JsonRpcProvider,
  from: string,
  to: string | undefined,
  data: string,
): Promise<string> {
  const hash = (await provider.send("eth_sendTransaction", [{ from, to, data, gas: "0x5b8d80" }])) as string;
  let receipt = await provider.getTransactionReceipt(hash);
  // anvil mines at once, but on a busy machine not before it has answered.
  for (let tries = 0; receipt === null && tries < 500; tries++) {
    await sleep(20);
    receipt = await provider.getTransactionReceipt(hash);
  }
  if (receipt?.status !== 1) throw new Error(`a transaction of ${from} reverted, or was not mined`);
  return receipt.contractAddress ?? ZeroAddress;
}
