import { isError } from "ethers";

import { pause } from "../client/pause.ts";

/** Milliseconds before each new attempt at a range that could not be read. */
const RETRIES = [500, 2_000, 8_000, 30_000];

/** An answer to another question than was asked: to ask again, or for less, is of no use. */
export class WrongAnswer extends Error {
  override readonly name = "WrongAnswer";
}

/** Reads what is in a range of blocks, both ends included. */
export type RangeReader<T> = (from: number, to: number) => Promise<T[]>;

/**
 * Reads a range of blocks. Servers bound the range or the number of logs differently: what is too much is halved. What
 * fails even so is tried again a few times.
 */
export async function readPatiently<T>(
  read: RangeReader<T>,
  from: number,
  to: number,
  retries: readonly number[] = RETRIES,
): Promise<T[]> {
  for (const delay of retries) {
    try {
      return await readRange(read, from, to);
    } catch (error) {
      if (error instanceof WrongAnswer) throw error;
      await pause(delay);
    }
  }
  return readRange(read, from, to);
}

/** Reads a range of blocks in halves, quarters and so on where the server refuses the whole. */
export async function readRange<T>(read: RangeReader<T>, from: number, to: number): Promise<T[]> {
  try {
    return await read(from, to);
  } catch (error) {
    if (from >= to || error instanceof WrongAnswer || isError(error, "NETWORK_ERROR")) throw error;
    const middle = Math.floor((from + to) / 2);
    const first = await readRange(read, from, middle);
    return [...first, ...(await readRange(read, middle + 1, to))];
  }
}

/** A range of blocks, both ends included, and what is in it. */
export interface Range<T> {
  from: number;
  to: number;
  items: T[];
}

/** How many blocks are asked for at first, and at most; and how many items a range should have. */
const FIRST_SPAN = 1_000;
const MAX_SPAN = 100_000;
const ENOUGH = 2_000;

/**
 * Reads a range of blocks piece by piece, so that never more than one piece is in memory. The pieces get as long as the
 * server takes them and as many items allow.
 */
export async function* eachRange<T>(
  read: RangeReader<T>,
  from: number,
  to: number,
  retries: readonly number[] = RETRIES,
): AsyncGenerator<Range<T>, void> {
  let span = FIRST_SPAN;
  let limit = MAX_SPAN;
  const noting: RangeReader<T> = async (start, end) => {
    try {
      return await read(start, end);
    } catch (error) {
      limit = Math.max(1, Math.min(limit, Math.ceil((end - start + 1) / 2)));
      throw error;
    }
  };
  for (let start = from; start <= to;) {
    const end = Math.min(start + span - 1, to);
    const items = await readPatiently(noting, start, end, retries);
    yield { from: start, to: end, items };
    start = end + 1;
    const wanted = items.length < ENOUGH ? 2 * span : items.length > 4 * ENOUGH ? Math.ceil(span / 2) : span;
    span = Math.min(wanted, limit);
    // What was too much once may have been a hiccup.
    limit = Math.min(MAX_SPAN, limit + Math.ceil(limit / 16));
  }
}
