import { hash } from "node:crypto";

import {
  AbiCoder,
  Interface,
  type Result,
  ZeroAddress,
  concat,
  dnsEncode,
  id,
  isAddress,
  isHexString,
  namehash,
} from "ethers";

import { type Fetcher, createFetcher } from "./fetcher.ts";
import { accept } from "./httpLook.ts";
import { CheckError, type EnsLookup, type Facts, type Look } from "./types.ts";

/** Ethereum mainnet's, as ENS has published them (docs.ens.domains/learn/deployments). */
const REGISTRY = "0x00000000000c2e074ec69a0dfb2997ba6c7d2e1e";
const NAME_WRAPPER = "0xd4416b13d2b3a9abae7acd5d6c2bbdbe25686401";
const MAINNET = 1n;

/** How far mainnet's last block may lie behind our clock, in seconds: a node that lags tells of yesterday. */
const MAX_LAG = 900;

/** How often one call may send us to a gateway, and how many are tried each time (EIP-3668 leaves both to the client). */
const MAX_LOOKUPS = 4;
const MAX_GATEWAYS = 4;

/** ENSIP-10's `resolve(bytes,bytes)`, as ERC-165 names it. */
const EXTENDED_RESOLVER = "0x9061b923";

const ens = new Interface([
  "function owner(bytes32 node) view returns (address)",
  "function resolver(bytes32 node) view returns (address)",
  "function ownerOf(uint256 id) view returns (address)",
  "function supportsInterface(bytes4 id) view returns (bool)",
  "function text(bytes32 node, string key) view returns (string)",
  "function resolve(bytes name, bytes data) view returns (bytes)",
  "error OffchainLookup(address sender, string[] urls, bytes callData, bytes4 callbackFunction, bytes extraData)",
]);

export interface EnsLookOptions {
  /**
   * JSON-RPC of Ethereum mainnet: without it nobody can be asked, since public nodes want to know who asks. For another deployment of ENS its query names the contracts: `registry`, `wrapper`
   * (NameWrapper), and `gateway`, an origin that may be private although strangers' resolvers name it (CCIP-read).
   */
  upstream: string | undefined;
  /** Deadline of a look, in milliseconds. */
  timeout: number;
}

/** Asks the contracts of ENS. Gateways that resolvers name are strangers' choice: a fetcher that trusts nobody asks them. */
export function createEnsLook(lookup: EnsLookup, { upstream, timeout }: EnsLookOptions): Look {
  if (upstream === undefined) {
    return () => Promise.reject(new CheckError("soft", "this node has no credential to look there: no Ethereum node"));
  }
  const { rpc, registry, wrapper, gateways, isMainnet } = readUpstream(upstream);
  const fetcher = createFetcher({ trustedOrigins: [rpc.origin], timeout });
  const strangers = createFetcher({ trustedOrigins: gateways, timeout });

  return async (claim) => {
    const name = claim.link.identity;
    const chain = new Chain(rpc, fetcher, strangers, AbortSignal.timeout(timeout));
    await chain.pin(isMainnet);
    const names = new Names(chain, registry, wrapper);
    const { accountId, facts } = await names.ownerOf(name);
    const post = lookup.extract({ accountId, facts: { ...facts, block: chain.block } }, claim);
    const answers = [...chain.takeAnswers(`${name}?owner&block=${chain.block}`)];
    return {
      post,
      answers,
      texts: async () => {
        const text = await names.textOf(name, lookup.record);
        answers.push(...chain.takeAnswers(`${name}?text=${lookup.record}&block=${chain.block}`));
        return text === "" ? [] : [text];
      },
    };
  };
}

/** ENS as one look sees it. */
class Names {
  readonly #chain: Chain;
  readonly #registry: string;
  readonly #wrapper: string;

  constructor(chain: Chain, registry: string, wrapper: string) {
    this.#chain = chain;
    this.#registry = registry;
    this.#wrapper = wrapper;
  }

  /**
   * Whose a name is: the owner's address; for a name that only its parent's resolver knows (ENSIP-10), the parent's owner and
   * the name's own node.
   *
   * @throws {CheckError} medium where it is nobody's, or its registration ran out.
   */
  async ownerOf(name: string): Promise<{ accountId: string; facts: Facts }> {
    const labels = name.split(".");
    const registrant = labels.at(-1) === "eth" ? await this.#registrant(labels.at(-2)!) : null;
    for (const [depth] of labels.entries()) {
      const current = labels.slice(depth).join(".");
      const found = registrant !== null && depth === labels.length - 2 ? registrant : await this.#ask("owner", current);
      if (found === ZeroAddress) continue;
      const owner = (found === this.#wrapper ? await this.#wrapped(current) : found).toLowerCase();
      return depth === 0
        ? { accountId: owner, facts: { owner } }
        : { accountId: `${owner}/${namehash(name)}`, facts: { owner, ownerOf: current } };
    }
    throw new CheckError("medium", `the name ${name} is not registered`);
  }

  /** A text record. @throws {CheckError} medium where none can be read, soft where the chain or a gateway gives no answer. */
  async textOf(name: string, key: string): Promise<string> {
    const { resolver, isOwn } = await this.#resolverOf(name);
    const data = ens.encodeFunctionData("text", [namehash(name), key]);
    const isExtended = await this.#isExtended(resolver);
    if (!isExtended && !isOwn) throw new CheckError("medium", `the name ${name} has no resolver`);
    try {
      if (!isExtended) return decode("text", await this.#chain.callThrough(resolver, data))[0] as string;
      const wrapping = ens.encodeFunctionData("resolve", [dnsEncode(name, 255), data]);
      const answer = decode("resolve", await this.#chain.callThrough(resolver, wrapping))[0] as string;
      return decode("text", answer)[0] as string;
    } catch (error) {
      if (error instanceof CheckError) throw error;
      throw new CheckError("medium", `the resolver of ${name} has no readable text record ${key}`, { cause: error });
    }
  }

  /** The name's own resolver, or that of the next name above which has one (ENSIP-10). */
  async #resolverOf(name: string): Promise<{ resolver: string; isOwn: boolean }> {
    const labels = name.split(".");
    for (const [depth] of labels.entries()) {
      const resolver = await this.#ask("resolver", labels.slice(depth).join("."));
      if (resolver !== ZeroAddress) return { resolver, isOwn: depth === 0 };
    }
    throw new CheckError("medium", `the name ${name} has no resolver`);
  }

  async #isExtended(resolver: string): Promise<boolean> {
    const answer = await this.#chain.call(resolver, ens.encodeFunctionData("supportsInterface", [EXTENDED_RESOLVER]));
    return "data" in answer && answer.data === `0x${"1".padStart(64, "0")}`;
  }

  async #ask(what: "owner" | "resolver", name: string): Promise<string> {
    const answer = await this.#chain.call(this.#registry, ens.encodeFunctionData(what, [namehash(name)]));
    try {
      if ("data" in answer) return (decode(what, answer.data)[0] as string).toLowerCase();
    } catch {
      // Told below.
    }
    throw new CheckError("soft", `there is no ENS registry at ${this.#registry} on the chain that was asked`);
  }

  /** Of `<label>.eth` the registrar knows who registered it and until when; the registry keeps the owner beyond that. */
  async #registrant(label: string): Promise<string> {
    const registrar = await this.#ask("owner", "eth");
    return this.#token(registrar, id(label), `the registration of ${label}.eth has run out`);
  }

  async #wrapped(name: string): Promise<string> {
    return this.#token(this.#wrapper, namehash(name), `the name ${name} is wrapped and has expired`);
  }

  /** The owner of a token of ERC-721 or ERC-1155: who has none, or has it no more, is answered with a revert or zero. */
  async #token(contract: string, token: string, otherwise: string): Promise<string> {
    const answer = await this.#chain.call(contract, ens.encodeFunctionData("ownerOf", [token]));
    try {
      const owner = "data" in answer ? (decode("ownerOf", answer.data)[0] as string) : ZeroAddress;
      if (owner !== ZeroAddress) return owner.toLowerCase();
    } catch {
      // Told below.
    }
    throw new CheckError("medium", otherwise);
  }
}

/** What a call came back with. */
type CallAnswer = { data: string } | { revert: string };

/** A JSON-RPC node at one block, and the gateways that contracts send us to. */
class Chain {
  block = 0;
  readonly #rpc: URL;
  readonly #fetcher: Fetcher;
  readonly #strangers: Fetcher;
  readonly #deadline: AbortSignal;
  #answers: { source: string; status: string; sha256: string }[] = [];
  #read = hash("sha256", "");

  constructor(rpc: URL, fetcher: Fetcher, strangers: Fetcher, deadline: AbortSignal) {
    this.#rpc = rpc;
    this.#fetcher = fetcher;
    this.#strangers = strangers;
    this.#deadline = deadline;
  }

  /** Chooses the block that all is read at. @throws {CheckError} soft where it is another chain, or an old block. */
  async pin(isMainnet: boolean): Promise<void> {
    const latest = await this.#ask("eth_getBlockByNumber", ["latest", false]);
    const { number, timestamp } = (latest.result ?? {}) as { number?: unknown; timestamp?: unknown };
    if (!isQuantity(number) || !isQuantity(timestamp)) throw this.#unusable("names no latest block");
    this.block = Number(number);
    if (!isMainnet) return;
    const chainId = (await this.#ask("eth_chainId", [])).result;
    if (!isQuantity(chainId) || BigInt(chainId) !== MAINNET) throw this.#unusable("is not of Ethereum mainnet");
    const lag = Math.floor(Date.now() / 1000) - Number(timestamp);
    if (lag > MAX_LAG) throw this.#unusable(`lags ${lag} s behind`);
  }

  async call(to: string, data: string): Promise<CallAnswer> {
    const answer = await this.#ask("eth_call", [{ to, data }, `0x${this.block.toString(16)}`]);
    if (isHexString(answer.result)) return { data: answer.result };
    const revert = revertOf(answer.error);
    if (revert === null) throw this.#unusable("could not make a call");
    return { revert };
  }

  /** A call that a contract may answer by way of a gateway (EIP-3668). */
  async callThrough(to: string, data: string): Promise<string> {
    let calldata = data;
    for (let lookups = 0; ; lookups += 1) {
      const answer = await this.call(to, calldata);
      if ("data" in answer) return answer.data;
      const lookup = readOffchainLookup(answer.revert);
      if (!lookup) throw new CheckError("medium", `the resolver ${to} refuses to answer`);
      const [sender, urls, callData, callback, extraData] = lookup;
      // Else a contract could have another one's gateways asked, and the answer taken for its own.
      if (sender.toLowerCase() !== to.toLowerCase()) {
        throw new CheckError("medium", `the resolver ${to} asks for a look-up in the name of ${sender}`);
      }
      if (lookups === MAX_LOOKUPS) {
        throw new CheckError("medium", `the resolver ${to} asks for more than ${MAX_LOOKUPS} look-ups`);
      }
      const response = await this.#askGateways(sender, urls, callData);
      calldata = concat([callback, AbiCoder.defaultAbiCoder().encode(["bytes", "bytes"], [response, extraData])]);
    }
  }

  /** What was read since the last time; of calls their digest, so that no credential in a URL goes anywhere. */
  takeAnswers(source: string): { source: string; status: string; sha256: string }[] {
    const taken = [{ source: `ens:${source}`, status: "200", sha256: this.#read }, ...this.#answers];
    [this.#answers, this.#read] = [[], hash("sha256", "")];
    return taken;
  }

  async #ask(method: string, params: unknown[]): Promise<{ result?: unknown; error?: unknown }> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const reply = await this.#fetcher(this.#rpc, { body, deadline: this.#deadline });
    // A missing page is the node's, not a name's; and its path may hold the operator's key.
    if ([404, 410, 451].includes(reply.status)) throw this.#unusable(`is not there (HTTP ${reply.status})`);
    const text = accept(reply, new URL(this.#rpc.origin));
    const answer = parseJson(text);
    if (!answer) throw this.#unusable("does not answer in JSON-RPC");
    this.#read = hash("sha256", this.#read + text);
    return answer;
  }

  /** Asks one after the other until one has an answer; one that refuses speaks for all (EIP-3668, section "Client lookup"). */
  async #askGateways(sender: string, urls: readonly string[], data: string): Promise<string> {
    let failure = new CheckError("medium", `the resolver ${sender} names no gateway`);
    for (const template of urls.slice(0, MAX_GATEWAYS)) {
      try {
        return await this.#askGateway(template, sender.toLowerCase(), data.toLowerCase());
      } catch (error) {
        if (!(error instanceof CheckError) || error.severity !== "soft" || this.#deadline.aborted) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  async #askGateway(template: string, sender: string, data: string): Promise<string> {
    const url = URL.parse(template.replaceAll("{sender}", sender).replaceAll("{data}", data));
    if (!url) throw new CheckError("soft", "the resolver names a gateway that is no URL");
    const body = template.includes("{data}") ? undefined : JSON.stringify({ data, sender });
    const { status, text } = await this.#strangers(url, { body, deadline: this.#deadline });
    const soft = status >= 500 || [401, 403, 408, 425, 429].includes(status);
    if (status !== 200) {
      throw new CheckError(soft ? "soft" : "medium", `the gateway ${url.host} has no answer (HTTP ${status})`);
    }
    const answer = parseJson(text())?.data;
    if (!isHexString(answer))
      throw new CheckError("soft", `the gateway ${url.host} does not answer as EIP-3668 has it`);
    this.#answers.push({ source: url.origin, status: "200", sha256: hash("sha256", text()) });
    return answer;
  }

  #unusable(why: string): CheckError {
    return new CheckError("soft", `the Ethereum node ${this.#rpc.host} ${why}`);
  }
}

function readUpstream(upstream: string) {
  const url = URL.parse(upstream);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Error("the upstream of ens must be the http or https URL of an Ethereum node");
  }
  const own = { registry: REGISTRY, wrapper: NAME_WRAPPER, gateway: "" };
  for (const key of ["registry", "wrapper", "gateway"] as const) {
    const value = url.searchParams.get(key);
    url.searchParams.delete(key);
    if (value === null) continue;
    const isGood = key === "gateway" ? URL.parse(value)?.origin === value : isAddress(value);
    if (!isGood)
      throw new Error(`${key} in the upstream of ens is no ${key === "gateway" ? "origin" : "address"}: ${value}`);
    own[key] = value.toLowerCase();
  }
  const { registry, wrapper, gateway } = own;
  return { rpc: url, registry, wrapper, gateways: gateway === "" ? [] : [gateway], isMainnet: registry === REGISTRY };
}

function decode(name: string, data: string): Result {
  return ens.decodeFunctionResult(name, data);
}

type OffchainLookup = [sender: string, urls: string[], callData: string, callback: string, extraData: string];

function readOffchainLookup(revert: string): OffchainLookup | null {
  try {
    const error = ens.parseError(revert);
    return error && (error.args.toArray(true) as OffchainLookup);
  } catch {
    return null;
  }
}

/** The data of a revert as nodes give it; null where the error is none of the contract's. */
function revertOf(error: unknown): string | null {
  const { code, message, data } = (error ?? {}) as { code?: unknown; message?: unknown; data?: unknown };
  const bytes = (data as { data?: unknown } | null | undefined)?.data ?? data;
  if (isHexString(bytes)) return bytes;
  return code === 3 || /revert|out of gas|invalid opcode/i.test(String(message)) ? "0x" : null;
}

function isQuantity(value: unknown): value is string {
  return typeof value === "string" && /^0x[0-9a-f]{1,16}$/i.test(value);
}

function parseJson(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}
