import { getBytes, hexlify, id } from "ethers";

/** Numbers and choices that look random, the same in every run with the same seed (mulberry32, by T. Ettinger). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return low + (((t ^ (t >>> 14)) >>> 0) % (high - low + 1));
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    return items[this.between(0, items.length - 1)]!;
  }

  /** Whether something happens that does so once in `times`. */
  once(times: number): boolean {
    return this.between(1, times) === 1;
  }

  /** Bytes, `0x` hex. */
  bytes(length: number): string {
    return hexlify(getBytes(id(String(this.between(0, 2 ** 31)))).slice(0, length));
  }

  /** Text of characters that `character` makes, at most so many bytes of UTF-8 and at least one character. */
  text(maxBytes: number, character: () => string): string {
    let text = character();
    for (let next = character(); Buffer.byteLength(text + next) <= maxBytes; next = character()) text += next;
    return text;
  }
}

/** The seed in FUZZ_SEED, else always the same one; tests print it in their names. */
export function fuzzSeed(): number {
  return Number(process.env.FUZZ_SEED ?? 20260301);
}
