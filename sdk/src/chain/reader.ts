import { ZeroAddress, getAddress, isAddress } from "ethers";

import type { CallOptions } from "../client/index.ts";
import { unlessAborted } from "../client/pause.ts";
import type { Eip1193Provider } from "../eip1193.ts";
import { InputError, SyngraphError, TrustError, WalletError } from "../errors.ts";
import { type BindingStatus, STATUSES, parsePublicKey } from "../protocol/index.ts";
import { Chain, type ChainLog } from "../verify/chain.ts";
import { type RegistryContracts, VerifyError, findContracts } from "../verify/contracts.ts";
import { Findings } from "../verify/findings.ts";
import { PROOF_EVENTS, avatarLogs } from "./avatarLogs.ts";
import { type AvatarReading, type ReadBinding, readAvatar } from "./avatarReading.ts";
import { messageOf } from "./failures.ts";

/** Who is asked: a server by its URL, or a browser's wallet (EIP-1193). */
export type Rpc = string | Eip1193Provider;

export interface ReaderOptions {
  /** One server of the registry's chain, or several: then they must agree. */
  rpc: Rpc | readonly [Rpc, ...Rpc[]];
  /** The address of the ProofRegistry. */
  registry: string;
  /** The chain that is meant; else whichever the first server is of. */
  chainId?: number;
  /** The block in which the first of the contracts was deployed; found by halving unless told. */
  fromBlock?: number;
  /** How long a server may take for one answer, in milliseconds; 60,000 unless told. */
  timeoutMs?: number;
}

/** Where a binding stands, by the contract's word. */
export interface StoredStatus {
  status: BindingStatus;
  /** Since when, Unix seconds; 0 where there is none. */
  asOf: number;
  /** The first 24 bytes of the id of the link that made it, `0x` hex; null where there is none. */
  link: string | null;
}

/** How often a reading is tried where the chain is reorganised meanwhile. */
const ATTEMPTS = 3;

/** What one server alone says, nobody can hold against anything. */
const ONE_SERVER = "whether the server kept back later links and changes: name a second one that has to agree";
const WHO_ATTESTS = "whether attesters told the truth of posts: whom to believe, the registry's governance says";

/**
 * The registry without an API: all that it needs is an RPC.
 *
 * What {@link isBound} and its like answer is the contract's word, handed on by the server, which may lie; several servers have
 * to agree. What {@link chain} and {@link bindings} answer is rebuilt from logs, each signature checked here, and held against
 * the contract's word; what cannot be verified, they say.
 *
 * @example
 * const reader = new RegistryReader({ rpc: "https://mainnet.base.org", registry: "0x…" });
 * await reader.isBound(avatar, "github", "alice");
 */
export class RegistryReader {
  readonly #options: ReaderOptions;
  #opened: Promise<readonly [Chain, ...Chain[]]> | undefined;
  #contracts: Promise<RegistryContracts> | undefined;

  /** @throws {InputError} where the registry's address is none. */
  constructor(options: ReaderOptions) {
    if (!isAddress(options.registry)) {
      throw new InputError(`${options.registry} is no address of a ProofRegistry`, "registry");
    }
    this.#options = options;
  }

  /**
   * Where a binding stands.
   *
   * @param avatar public key or address.
   * @param identity in its normal form: `alice`, not `@Alice`.
   */
  async statusOf(avatar: string, platform: string, identity: string, options: CallOptions = {}): Promise<StoredStatus> {
    const [status, asOf, link] = await this.#ask("statusOf", [addressOf(avatar), platform, identity], options);
    const none = /^0x0*$/.test(link as string);
    return { status: STATUSES[Number(status)]!, asOf: Number(asOf), link: none ? null : (link as string) };
  }

  /** Whether both sides stand for a binding. */
  async isBound(avatar: string, platform: string, identity: string, options: CallOptions = {}): Promise<boolean> {
    const [bound] = await this.#ask("isBound", [addressOf(avatar), platform, identity], options);
    return bound as boolean;
  }

  /** The first 24 bytes of the hash of the avatar's last signature, `0x` hex; null without links. */
  async headOf(avatar: string, options: CallOptions = {}): Promise<string | null> {
    const [head] = await this.#ask("headOf", [addressOf(avatar)], options);
    return /^0x0*$/.test(head as string) ? null : (head as string);
  }

  /** How many links the avatar's chain has. */
  async lengthOf(avatar: string, options: CallOptions = {}): Promise<number> {
    const [length] = await this.#ask("lengthOf", [addressOf(avatar)], options);
    return Number(length);
  }

  /** The address of the avatar that a wallet named and is bound to; null where it named none. */
  async avatarOf(wallet: string, options: CallOptions = {}): Promise<string | null> {
    const [avatar] = await this.#ask("avatarOf", [walletOf(wallet)], options);
    return avatar === ZeroAddress ? null : (avatar as string);
  }

  /**
   * An avatar's proof chain and what follows from it, rebuilt from the logs and checked here.
   *
   * @param avatar public key or address.
   * @throws {SyngraphError} `network`, `timeout` or `bad_reply` where no server answers as it must.
   */
  async chain(avatar: string, options: CallOptions = {}): Promise<AvatarReading> {
    const address = addressOf(avatar).toLowerCase();
    const { signal } = options;
    return this.#read(async (chains) => {
      for (let attempt = 1; ; attempt += 1) {
        const { reading, moved } = await this.#readOnce(chains, address, signal);
        if (!moved) return reading;
        if (attempt === ATTEMPTS) throw new SyngraphError("network", null, `the chain does not hold still at ${moved}`);
      }
    }, options);
  }

  /** An avatar's bindings, of {@link chain}: each says what is wrong with it. */
  async bindings(avatar: string, options: CallOptions = {}): Promise<ReadBinding[]> {
    return (await this.chain(avatar, options)).bindings;
  }

  /** Lets go of the servers; of one that has not answered yet, when it does. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    void opened?.then((chains) => chains.forEach((chain) => chain.close())).catch(() => {});
  }

  async #readOnce(
    chains: readonly [Chain, ...Chain[]],
    avatar: string,
    signal: AbortSignal | undefined,
  ): Promise<{ reading: AvatarReading; moved: string | null }> {
    const [chain, ...others] = chains;
    const { proofs, attesters } = await this.#places(chains);
    const block = await chain.block(await lastBlock(chains));
    const findings = new Findings();
    const of = (server: Chain) => avatarLogs(server, proofs.address, avatar, proofs.block, block.number, signal);
    const logs = await of(chain);
    const governed: ChainLog[] = [];
    const all = chain.eachLogs([attesters.address], attesters.block, block.number, undefined, signal);
    for await (const { items } of all) governed.push(...items);
    for (const other of others) {
      const theirs = await of(other);
      if (JSON.stringify(theirs) === JSON.stringify(logs))
        findings.count("logs that several RPCs agree on", logs.length);
      else findings.add("rpc", other.name, `has other logs of ${avatar} than ${chain.name}`);
    }
    const context = { chain, avatar, registry: proofs.address, attesters: attesters.address, block, findings };
    const inOrder = [...logs, ...governed].sort((a, b) => a.block - b.block || a.index - b.index);
    const reading = await readAvatar(context, inOrder);
    if (others.length === 0) reading.unchecked.push(ONE_SERVER);
    if (reading.bindings.some(({ evidence }) => evidence === "attesters")) reading.unchecked.push(WHO_ATTESTS);
    const now = await chain.block(block.number).catch(() => null);
    return { reading, moved: now?.hash === block.hash ? null : `block ${block.number}` };
  }

  /** The contracts, as the registry itself names them. */
  #places(chains: readonly [Chain, ...Chain[]]): Promise<RegistryContracts> {
    const { registry, fromBlock } = this.#options;
    this.#contracts ??= findContracts(chains, registry, fromBlock).catch((error: unknown) => {
      this.#contracts = undefined;
      throw error;
    });
    return this.#contracts;
  }

  /** What the contract answers; all servers the same. */
  async #ask(method: string, args: readonly unknown[], options: CallOptions): Promise<unknown[]> {
    const data = PROOF_EVENTS.encodeFunctionData(method, args);
    return this.#read(async (chains) => {
      const block = await lastBlock(chains);
      const call = { to: this.#options.registry, data, block };
      const [first, ...others] = await Promise.all(chains.map(async (chain) => (await chain.call([call]))[0]!));
      for (const [index, other] of others.entries()) {
        if (other === first || other instanceof Error || first instanceof Error) continue;
        throw new TrustError(
          `${chains[index + 1]!.name} and ${chains[0].name} disagree on ${method} at block ${block}`,
        );
      }
      const failed = [first, ...others].find((answer) => answer instanceof Error);
      if (failed !== undefined) throw failed;
      try {
        return PROOF_EVENTS.decodeFunctionResult(method, first as string).toArray();
      } catch (cause) {
        throw new InputError(`there is no ProofRegistry at ${this.#options.registry}`, "registry", { cause });
      }
    }, options);
  }

  /** What servers answer, of the chain that is meant; what fails becomes an error of the SDK's. */
  async #read<T>(question: (chains: readonly [Chain, ...Chain[]]) => Promise<T>, { signal }: CallOptions): Promise<T> {
    const answer = async () => {
      const chains = await this.#open();
      for (const chain of chains) await requireChain(chain);
      return question(chains);
    };
    try {
      return await unlessAborted(answer(), signal);
    } catch (error) {
      if (error instanceof SyngraphError) throw error;
      const options = { cause: error };
      if (error instanceof VerifyError) throw new InputError(error.message, "registry", options);
      throw new SyngraphError("network", null, messageOf(error), options);
    }
  }

  #open(): Promise<readonly [Chain, ...Chain[]]> {
    this.#opened ??= this.#openAll().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async #openAll(): Promise<readonly [Chain, ...Chain[]]> {
    const { rpc, chainId, timeoutMs } = this.#options;
    const servers = Array.isArray(rpc) ? (rpc as readonly Rpc[]) : [rpc as Rpc];
    const chains = await Promise.all(servers.map((server) => Chain.open(server, timeoutMs)));
    const wanted = chainId ?? chains[0]!.chainId;
    const elsewhere = chains.find((chain) => chain.chainId !== wanted);
    if (elsewhere === undefined) return chains as unknown as readonly [Chain, ...Chain[]];
    for (const chain of chains) chain.close();
    throw new InputError(`${elsewhere.name} is of chain ${elsewhere.chainId}, not ${wanted}`, "rpc");
  }
}

/** The last block that all have. */
async function lastBlock(chains: readonly Chain[]): Promise<number> {
  const blocks = await Promise.all(chains.map((chain) => chain.block("latest")));
  return Math.min(...blocks.map(({ number }) => number));
}

/** A wallet's user may have gone to another chain since. */
async function requireChain(chain: Chain): Promise<void> {
  const now = await chain.currentId();
  if (now !== chain.chainId) {
    throw new WalletError(
      "wallet_chain",
      `${chain.name} is on chain ${now}, and the registry on chain ${chain.chainId}`,
    );
  }
}

/** The address of an avatar by its key or address, EIP-55. */
function addressOf(avatar: string): string {
  if (isAddress(avatar)) return getAddress(avatar);
  try {
    return parsePublicKey(avatar).address;
  } catch (cause) {
    throw new InputError(`${avatar} is no avatar's public key or address`, "avatar", { cause });
  }
}

function walletOf(wallet: string): string {
  if (isAddress(wallet)) return getAddress(wallet);
  throw new InputError(`${wallet} is no wallet's address`, "wallet");
}
