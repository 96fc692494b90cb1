import { setTimeout as sleep } from "node:timers/promises";

import { type Contract, type EventLog, isError } from "ethers";

/** Milliseconds before each new attempt at a range that could not be read. */
const RETRIES = [500, 2_000, 8_000, 30_000];

/** Events of a range of blocks. */
export async function queryLogs(
  contract: Contract,
  filter: Parameters<Contract["queryFilter"]>[0],
  from: number,
  to: number,
): Promise<EventLog[]> {
  return readRange(async (start, end) => (await contract.queryFilter(filter, start, end)) as EventLog[], from, to);
}

/**
 * Reads a range of blocks. Servers bound the range or the number of logs differently: what is too much is halved. What
 * fails even so is tried again a few times.
 */
export async function readPatiently<Log>(
  read: (from: number, to: number) => Promise<Log[]>,
  from: number,
  to: number,
  retries: readonly number[] = RETRIES,
): Promise<Log[]> {
  for (const delay of retries) {
    try {
      return await readRange(read, from, to);
    } catch {
      await sleep(delay);
    }
  }
  return readRange(read, from, to);
}

async function readRange<Log>(
  read: (from: number, to: number) => Promise<Log[]>,
  from: number,
  to: number,
): Promise<Log[]> {
  try {
    return await read(from, to);
  } catch (error) {
    if (from >= to || isError(error, "NETWORK_ERROR")) throw error;
    const middle = Math.floor((from + to) / 2);
    const first = await readRange(read, from, middle);
    return [...first, ...(await readRange(read, middle + 1, to))];
  }
}
