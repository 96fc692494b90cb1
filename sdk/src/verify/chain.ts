import { BrowserProvider, type JsonRpcApiProvider, toQuantity } from "ethers";

import type { Eip1193Provider } from "../eip1193.ts";
import { RpcProvider } from "../rpc.ts";

import { type Range, WrongAnswer, eachRange } from "./ranges.ts";
import type { Row } from "./rows.ts";

/** A log as the chain tells it; hex is lower case. */
export interface ChainLog {
  address: string;
  topics: string[];
  data: string;
  block: number;
  /** Of the block, Unix seconds. */
  time: number;
  /** Its place in the block. */
  index: number;
  transactionHash: string;
}

/** Where a log stands, as the tables of an index have it. */
export function placeOf({ block, time, transactionHash, index }: ChainLog): Row {
  return { block_number: block, block_time: time, transaction_hash: transactionHash, log_index: index };
}

/** A log as `eth_getLogs` has it. */
interface RpcLog {
  address: string;
  topics: string[];
  data: string;
  blockNumber: string;
  blockHash: string;
  logIndex: string;
  transactionHash: string;
  removed?: boolean;
}

/** What is asked of a log's topics: those of one place are alternatives. */
export type Topics = readonly (readonly string[])[];

/** What of a block matters here. */
export interface ChainBlock {
  number: number;
  hash: string;
  time: number;
}

/** A call to a contract and the block by whose state it is answered. */
export interface ChainCall {
  to?: string;
  data: string;
  block: number;
}

/** How many calls are under way at once. */
const CALLS = 500;

/** Milliseconds before each new attempt at what a server did not answer. */
const RETRIES = [500, 2_000, 8_000];

/** The origin of an RPC's address; a wallet has none. */
export function serverName(url: string | Eip1193Provider): string {
  if (typeof url !== "string") return "the wallet";
  return URL.parse(url)?.origin ?? "an address that is none";
}

/** A chain as one RPC server tells it: nothing of it is believed that can be checked. */
export class Chain {
  /** Its server's origin: paths and queries of RPCs have keys in them, which are not to be printed. */
  readonly name: string;
  readonly chainId: number;
  readonly #provider: JsonRpcApiProvider;

  private constructor(server: string | Eip1193Provider, chainId: number, timeoutMs: number | undefined) {
    this.name = serverName(server);
    this.chainId = chainId;
    this.#provider = open(server, chainId, timeoutMs);
  }

  /**
   * @param server its URL, or what a browser's wallet answers by (EIP-1193).
   * @param timeoutMs how long a server may take for one answer.
   * @throws where nobody answers.
   */
  static async open(server: string | Eip1193Provider, timeoutMs?: number): Promise<Chain> {
    // Any network will do to ask which it is.
    const provider = open(server, 1, timeoutMs);
    try {
      return new Chain(server, Number(await provider.send("eth_chainId", [])), timeoutMs);
    } catch (cause) {
      throw new Error(`no chain answers at ${serverName(server)}`, { cause });
    } finally {
      provider.destroy();
    }
  }

  /** Which chain it is now: a wallet's user may have gone to another one. */
  async currentId(): Promise<number> {
    return Number(await this.#provider.send("eth_chainId", []));
  }

  close(): void {
    this.#provider.destroy();
  }

  /** The latest block, or one by its number. @throws where there is none. */
  async block(number: number | "latest" | "finalized"): Promise<ChainBlock> {
    const tag = typeof number === "number" ? toQuantity(number) : number;
    const block = (await this.#provider.send("eth_getBlockByNumber", [tag, false])) as {
      number: string;
      hash: string;
      timestamp: string;
    } | null;
    if (block === null) throw new Error(`${this.name} has no block ${number}`);
    if (typeof number === "number" && Number(block.number) !== number) {
      throw new WrongAnswer(`${this.name} answers with block ${Number(block.number)} instead of ${number}`);
    }
    return { number: Number(block.number), hash: block.hash, time: Number(block.timestamp) };
  }

  async codeAt(address: string, block: number): Promise<string> {
    return (await this.#provider.send("eth_getCode", [address, toQuantity(block)])) as string;
  }

  /** What calls answer, in their order; an Error for one that failed. */
  async call(calls: readonly ChainCall[]): Promise<(string | Error)[]> {
    const answers: (string | Error)[] = [];
    for (let start = 0; start < calls.length; start += CALLS) {
      const some = calls.slice(start, start + CALLS);
      answers.push(...(await Promise.all(some.map((call) => this.#callOne(call)))));
    }
    return answers;
  }

  async #callOne({ to, data, block }: ChainCall): Promise<string | Error> {
    try {
      const transaction = to === undefined ? { data } : { to, data };
      return (await this.#provider.send("eth_call", [transaction, toQuantity(block)])) as string;
    } catch (error) {
      return error as Error;
    }
  }

  /** The logs of some contracts in a range of blocks, in order, piece by piece. */
  eachLogs(
    addresses: readonly string[],
    from: number,
    to: number,
    topics?: Topics,
    signal?: AbortSignal,
  ): AsyncGenerator<Range<ChainLog>, void> {
    const read = async (start: number, end: number) => {
      if (signal?.aborted) throw new WrongAnswer("the reading was given up");
      return this.logs(addresses, start, end, topics);
    };
    return eachRange(read, from, to, RETRIES);
  }

  /**
   * @param topics those of one place are alternatives.
   * @throws where an answer is not to the question, or does not fit the blocks.
   */
  async logs(addresses: readonly string[], from: number, to: number, topics?: Topics): Promise<ChainLog[]> {
    const range = { fromBlock: toQuantity(from), toBlock: toQuantity(to) };
    const filter = { address: addresses, ...range, ...(topics && { topics }) };
    const found = (await this.#provider.send("eth_getLogs", [filter])) as RpcLog[];
    const logs = await this.#read(found, addresses, from, to);
    for (const { block, topics: own } of logs) {
      if (topics?.every((any, place) => any.includes(own[place]!)) === false) {
        throw new WrongAnswer(`${this.name} answers with a log that was not asked for, in block ${block}`);
      }
    }
    return logs;
  }

  /** The logs that some contracts wrote in a transaction, in order. @throws where it is not known. */
  async logsOf(transactionHash: string, addresses: readonly string[]): Promise<ChainLog[]> {
    const receipt = (await this.#provider.send("eth_getTransactionReceipt", [transactionHash])) as {
      blockNumber: string;
      logs: RpcLog[];
    } | null;
    if (receipt === null) throw new Error(`${this.name} has no transaction ${transactionHash}`);
    const block = Number(receipt.blockNumber);
    const found = receipt.logs.filter(({ address }) => addresses.includes(address.toLowerCase()));
    const logs = await this.#read(found, addresses, block, block);
    const strange = logs.find((log) => log.transactionHash !== transactionHash);
    if (strange) throw new WrongAnswer(`${this.name} answers with logs of transaction ${strange.transactionHash}`);
    return logs;
  }

  async #read(found: readonly RpcLog[], addresses: readonly string[], from: number, to: number): Promise<ChainLog[]> {
    const numbers = [...new Set(found.map(({ blockNumber }) => Number(blockNumber)))];
    const blocks = new Map<number, ChainBlock>();
    for (let start = 0; start < numbers.length; start += CALLS) {
      const some = await Promise.all(numbers.slice(start, start + CALLS).map((number) => this.block(number)));
      for (const block of some) blocks.set(block.number, block);
    }
    return found.map((log) => this.#logOf(log, addresses, from, to, blocks)).sort(byPlace);
  }

  #logOf(
    log: RpcLog,
    addresses: readonly string[],
    from: number,
    to: number,
    blocks: ReadonlyMap<number, ChainBlock>,
  ): ChainLog {
    const [number, address] = [Number(log.blockNumber), log.address.toLowerCase()];
    if (log.removed || number < from || number > to || !addresses.includes(address)) {
      throw new WrongAnswer(`${this.name} answers with a log that was not asked for, in block ${number}`);
    }
    const block = blocks.get(number)!;
    if (block.hash !== log.blockHash) throw new Error(`${this.name} has another block ${number} than its logs`);
    const { topics, data, transactionHash, logIndex } = log;
    return { address, topics, data, block: number, time: block.time, index: Number(logIndex), transactionHash };
  }
}

function open(server: string | Eip1193Provider, chainId: number, timeoutMs?: number): JsonRpcApiProvider {
  if (typeof server === "string") {
    return new RpcProvider(server, chainId, { batchMaxCount: 100, ...(timeoutMs !== undefined && { timeoutMs }) });
  }
  const browser = server as ConstructorParameters<typeof BrowserProvider>[0];
  return new BrowserProvider(browser, chainId, { staticNetwork: true, cacheTimeout: -1 });
}

function byPlace(a: ChainLog, b: ChainLog): number {
  return a.block - b.block || a.index - b.index;
}
