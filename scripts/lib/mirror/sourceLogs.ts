import { appendFile, mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import { type JsonRpcProvider, dataSlice, id } from "ethers";

import { readPatiently } from "@syngraph/sdk/verify";
import type { RegistryChain } from "../registryChain.ts";

/** What of a log matters here. */
export interface SourceLog {
  block: number;
  /** Its place in the block. */
  index: number;
  transactionHash: string;
  topics: readonly string[];
  data: string;
}

/** The logs of a range of blocks, as a line of the cache has them. */
interface Chunk {
  from: number;
  to: number;
  /** Of block `to`. */
  hash: string;
  logs: SourceLog[];
}

/** Up to where a chain is read. */
export interface ReadOptions {
  /** How many blocks must stand upon the last one that is read; without it, that is the last finalised one. */
  confirmations?: number | undefined;
  /** How many blocks are asked for at once. */
  chunk: number;
  /** Where chunks are kept, so that a run goes on behind those of an interrupted one. */
  cacheDir: string;
}

/** The registry's logs from its first block on, in their order. The server is not believed anything: see history.ts. */
export async function readSourceLogs(
  source: RegistryChain,
  { confirmations, chunk: size, cacheDir }: ReadOptions,
): Promise<SourceLog[]> {
  const { provider, deployment } = source;
  const { address, block: firstBlock } = deployment.contracts.ProofRegistry;
  const last = await lastBlock(provider, confirmations);
  const file = cacheFile(source, cacheDir);
  const chunks = await readCache(file, firstBlock, provider);
  await mkdir(dirname(file), { recursive: true });
  for (let from = (chunks.at(-1)?.to ?? firstBlock - 1) + 1; from <= last; from += size) {
    const chunk = await readChunk(provider, address, from, Math.min(from + size - 1, last));
    // The line break goes first: what a killed run left of its last line must not spoil this one.
    await appendFile(file, `\n${JSON.stringify(chunk)}`);
    chunks.push(chunk);
  }
  return chunks.flatMap(({ logs }) => logs).filter(({ block }) => block <= last);
}

/** Forgets what was read: the next run then finds what this server left out, or said otherwise than the chain. */
export function forgetSourceLogs(source: RegistryChain, { cacheDir }: Pick<ReadOptions, "cacheDir">): Promise<void> {
  return rm(cacheFile(source, cacheDir), { force: true });
}

/** Each server has its own, so that what one of them left out does not stay so. */
function cacheFile({ chainId, rpc, deployment }: RegistryChain, cacheDir: string): string {
  const address = deployment.contracts.ProofRegistry.address.toLowerCase();
  return join(cacheDir, `${chainId}-${address}-${dataSlice(id(rpc), 0, 4)}.ndjson`);
}

async function lastBlock(provider: JsonRpcProvider, confirmations: number | undefined): Promise<number> {
  if (confirmations !== undefined) return (await provider.getBlockNumber()) - confirmations;
  const block = await provider.getBlock("finalized").catch(() => null);
  if (!block) throw new Error("the source chain does not say which block is finalised: give --confirmations");
  return block.number;
}

async function readChunk(provider: JsonRpcProvider, address: string, from: number, to: number): Promise<Chunk> {
  const read = (fromBlock: number, toBlock: number) => provider.getLogs({ address, fromBlock, toBlock });
  const found = await readPatiently(read, from, to);
  const block = await provider.getBlock(to);
  if (!block?.hash) throw new Error(`the source chain has no block ${to}`);
  const logs = found
    .toSorted((a, b) => a.blockNumber - b.blockNumber || a.index - b.index)
    .map((log) => {
      if (log.address !== address || log.blockNumber < from || log.blockNumber > to) {
        throw new Error(`the source chain answers with a log that was not asked for, in block ${log.blockNumber}`);
      }
      const { blockNumber, index, transactionHash, topics, data } = log;
      return { block: blockNumber, index, transactionHash, topics, data };
    });
  return { from, to, hash: block.hash, logs };
}

/** What earlier runs have read, as far as it is without a gap, and unless the chain has another block there by now. */
async function readCache(file: string, firstBlock: number, provider: JsonRpcProvider): Promise<Chunk[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const chunks: Chunk[] = [];
  let next = firstBlock;
  for (const line of text.split("\n")) {
    const chunk = parseLine(line);
    // Two runs at once write the same ranges.
    if (chunk?.from !== next) continue;
    chunks.push(chunk);
    next = chunk.to + 1;
  }
  const end = chunks.at(-1);
  if (!end || (await provider.getBlock(end.to))?.hash === end.hash) return chunks;
  await rm(file);
  return [];
}

function parseLine(line: string): Chunk | undefined {
  try {
    return JSON.parse(line) as Chunk;
  } catch {
    return undefined;
  }
}
