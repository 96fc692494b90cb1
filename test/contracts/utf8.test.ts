import { expect } from "chai";
import { getBytes } from "ethers";
import { network } from "hardhat";

import type { ProtocolHarness } from "../../types/ethers-contracts/index.ts";
import { Random, fuzzSeed } from "../helpers/contractRandom.ts";

/** Byte strings in one call. */
const BATCH = 4096;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const seed = fuzzSeed();

/** Bytes at and beside the limits of table 3-7 of the Unicode standard, and those of U+2028 and U+2029. */
const EDGES = [
  ...Buffer.from("001f2022417f808f909fa0a7a8a9aabf", "hex"),
  ...Buffer.from("c0c1c2dfe0e1e2ecedeeeff0f1f3f4f5ff", "hex"),
];
/** Those that may stand behind a lead byte, and their neighbours. */
const TAILS = EDGES.filter((byte) => byte >= 0x7f && byte <= 0xc0);

/** Whether Node reads it as UTF-8 and it has none of the characters that JSON escapes or that are invisible controls. */
function isIdentity(bytes: Uint8Array): boolean {
  try {
    return !/[\u0000-\u001f\u007f"\\<>&\u2028\u2029]/u.test(decoder.decode(bytes));
  } catch {
    return false;
  }
}

/** Every string of one byte of each set. */
function product(sets: readonly (readonly number[])[]): number[][] {
  return sets.reduce<number[][]>(
    (strings, set) => strings.flatMap((start) => set.map((byte) => [...start, byte])),
    [[]],
  );
}

describe("Text", () => {
  let connection: Awaited<ReturnType<typeof network.create>>;
  let harness: ProtocolHarness;

  before(async () => {
    // A call may use as much gas as a block has.
    connection = await network.create({ override: { blockGasLimit: 10_000_000_000n } });
    harness = await connection.ethers.deployContract("ProtocolHarness");
  });
  after(() => connection.close());

  /** Compares the contract with Node on byte strings of one size. */
  async function compare(strings: readonly (readonly number[])[]): Promise<void> {
    const size = strings[0]!.length;
    for (let start = 0; start < strings.length; start += BATCH) {
      const batch = strings.slice(start, start + BATCH);
      const accepted = getBytes(await harness.areIdentities(Uint8Array.from(batch.flat()), size));
      expect(accepted).to.have.length(batch.length);
      for (const [index, bytes] of batch.entries()) {
        if ((accepted[index] === 1) !== isIdentity(Uint8Array.from(bytes))) {
          expect.fail(`${Buffer.from(bytes).toString("hex")} is ${accepted[index] ? "taken" : "refused"}`);
        }
      }
    }
  }

  describe("requireIdentity", () => {
    const all = Array.from({ length: 256 }, (_, byte) => byte);

    it("takes of all strings of one and two bytes those that Node reads as UTF-8, without what JSON escapes", async () => {
      await compare(product([all]));
      await compare(product([all, all]));
    });

    it("agrees on all strings of three and four bytes at the limits of UTF-8", async () => {
      await compare(product([EDGES, EDGES, TAILS]));
      const leads = EDGES.filter((byte) => byte >= 0xe0);
      await compare(product([leads, TAILS, TAILS, TAILS]));
    });

    it("agrees wherever the character stands in a long string", async () => {
      const characters = ["c3a9", "c0af", "e282ac", "eda080", "e280a8", "f09f8ead", "f4908080", "22", "7f", "f09f8e"];
      for (const length of [31, 32, 33, 64, 65, 255]) {
        const strings = characters.flatMap((hex) => {
          const character = [...Buffer.from(hex, "hex")];
          return [0, 1, 28, 29, 30, 31, 32, 33, 61, 62, 63, length - character.length].flatMap((at) =>
            at >= 0 && at + character.length <= length
              ? [Array.from({ length }, (_, index) => character[index - at] ?? 0x61)]
              : [],
          );
        });
        await compare(strings);
      }
    });

    it(`agrees on random strings (FUZZ_SEED=${seed})`, async () => {
      const random = new Random(seed);
      for (const size of [3, 5, 8, 33, 70]) {
        const strings = Array.from({ length: 500 }, () => {
          const bytes = Buffer.alloc(size, "aé€🎭 b".slice(random.between(0, 3)));
          for (let count = random.between(0, 3); count > 0; count--) {
            bytes[random.between(0, size - 1)] = random.once(2) ? random.pick(EDGES) : random.between(0, 255);
          }
          return [...bytes];
        });
        await compare(strings);
      }
    });
  });
});
