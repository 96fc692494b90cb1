import type { JsonRpcProvider } from "ethers";

/** What the relayer needs of a block. */
export interface Head {
  number: number;
  hash: string;
  parentHash: string;
  baseFee: bigint;
  gasLimit: bigint;
}

/** What the relayer needs of a receipt. */
export interface Receipt {
  transactionHash: string;
  blockNumber: number;
  blockHash: string;
  succeeded: boolean;
  logs: { address: string; topics: string[]; data: string }[];
}

interface RawBlock {
  number: string;
  hash: string;
  parentHash: string;
  baseFeePerGas?: string;
  gasLimit: string;
}

interface RawReceipt {
  transactionHash: string;
  blockNumber: string;
  blockHash: string;
  status: string;
  logs: Receipt["logs"];
}

/**
 * The chain as the relayer asks it. By JSON-RPC as it comes: ethers would read each of the hundred logs of a batch, checksum
 * of every address included, and wait for blocks of its own accord.
 */
export class ChainRpc {
  readonly #provider: JsonRpcProvider;

  constructor(provider: JsonRpcProvider) {
    this.#provider = provider;
  }

  async head(): Promise<Head> {
    const block = (await this.#provider.send("eth_getBlockByNumber", ["latest", false])) as RawBlock;
    return {
      number: Number(block.number),
      hash: block.hash,
      parentHash: block.parentHash,
      baseFee: BigInt(block.baseFeePerGas ?? 0),
      gasLimit: BigInt(block.gasLimit),
    };
  }

  /** The hash of the block of this number, or null where the chain is not that long. */
  async blockHash(number: number): Promise<string | null> {
    const params = [`0x${number.toString(16)}`, false];
    return ((await this.#provider.send("eth_getBlockByNumber", params)) as RawBlock | null)?.hash ?? null;
  }

  async receipt(hash: string): Promise<Receipt | null> {
    const raw = (await this.#provider.send("eth_getTransactionReceipt", [hash])) as RawReceipt | null;
    if (raw === null) return null;
    const { transactionHash, blockHash, logs } = raw;
    const succeeded = Number(raw.status) === 1;
    return { transactionHash, blockHash, logs, succeeded, blockNumber: Number(raw.blockNumber) };
  }

  /** How many transactions of an account the chain has. */
  async count(address: string): Promise<number> {
    return Number(await this.#provider.send("eth_getTransactionCount", [address, "latest"]));
  }

  async tip(): Promise<bigint> {
    return BigInt((await this.#provider.send("eth_maxPriorityFeePerGas", [])) as string);
  }

  async hasCode(address: string): Promise<boolean> {
    return (await this.#provider.send("eth_getCode", [address, "latest"])) !== "0x";
  }

  async balance(address: string): Promise<bigint> {
    return BigInt((await this.#provider.send("eth_getBalance", [address, "latest"])) as string);
  }

  /** @throws {Error} with the node's words where it does not take the transaction. */
  async broadcast(raw: string): Promise<void> {
    await this.#provider.send("eth_sendRawTransaction", [raw]);
  }
}
