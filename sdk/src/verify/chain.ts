import { FetchRequest, JsonRpcProvider, toQuantity } from "ethers";

import { type Range, eachRange } from "./ranges.ts";
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

/** How long a server may take for one answer, in milliseconds. */
const TIMEOUT = 60_000;

/** How many calls are under way at once. */
const CALLS = 500;

/** Milliseconds before each new attempt at what a server did not answer. */
const RETRIES = [500, 2_000, 8_000];

/** The origin of an RPC's address. */
export function serverName(url: string): string {
  return URL.parse(url)?.origin ?? "an address that is none";
}

/** A chain as one RPC server tells it: nothing of it is believed that can be checked. */
export class Chain {
  /** Its server's origin: paths and queries of RPCs have keys in them, which are not to be printed. */
  readonly name: string;
  readonly chainId: number;
  readonly #provider: JsonRpcProvider;

  private constructor(url: string, chainId: number) {
    this.name = serverName(url);
    this.chainId = chainId;
    this.#provider = open(url, chainId);
  }

  /** @throws where nobody answers. */
  static async open(url: string): Promise<Chain> {
    // Any network will do to ask which it is.
    const provider = open(url, 1);
    try {
      return new Chain(url, Number(await provider.send("eth_chainId", [])));
    } catch (cause) {
      throw new Error(`no chain answers at ${serverName(url)}`, { cause });
    } finally {
      provider.destroy();
    }
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
  eachLogs(addresses: readonly string[], from: number, to: number): AsyncGenerator<Range<ChainLog>, void> {
    return eachRange((start, end) => this.logs(addresses, start, end), from, to, RETRIES);
  }

  /** @throws where an answer is not to the question, or does not fit the blocks. */
  async logs(addresses: readonly string[], from: number, to: number): Promise<ChainLog[]> {
    const filter = { address: addresses, fromBlock: toQuantity(from), toBlock: toQuantity(to) };
    const found = (await this.#provider.send("eth_getLogs", [filter])) as RpcLog[];
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
      throw new Error(`${this.name} answers with a log that was not asked for, in block ${number}`);
    }
    const block = blocks.get(number)!;
    if (block.hash !== log.blockHash) throw new Error(`${this.name} has another block ${number} than its logs`);
    const { topics, data, transactionHash, logIndex } = log;
    return { address, topics, data, block: number, time: block.time, index: Number(logIndex), transactionHash };
  }
}

function open(url: string, chainId: number): JsonRpcProvider {
  const request = new FetchRequest(url);
  request.timeout = TIMEOUT;
  // ethers would answer from memory for a moment after a block.
  return new JsonRpcProvider(request, chainId, { staticNetwork: true, cacheTimeout: -1, batchMaxCount: 100 });
}

function byPlace(a: ChainLog, b: ChainLog): number {
  return a.block - b.block || a.index - b.index;
}
