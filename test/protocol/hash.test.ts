import "@syngraph/sdk/protocol/native";
import { createHash } from "node:crypto";

import { hashHex, useHashing } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { getBytes, hexlify, keccak256, randomBytes } from "ethers";
import { keccak256 as viemKeccak256 } from "viem";

describe("hashes by WebAssembly", () => {
  it("are those of another implementation, whatever the length, and whoever hashes in between", () => {
    // 136 bytes are one block (FIPS 202, table 3), and hash-wasm takes 16 KiB at a time.
    const lengths = [...Array.from({ length: 300 }, (_, length) => length), 16_384, 16_385, 100_000];
    for (const length of lengths) {
      const bytes = hexlify(randomBytes(length)) as `0x${string}`;
      const expected = viemKeccak256(bytes);
      expect(keccak256(bytes), `${length} bytes by ethers`).to.equal(expected);
      expect(hashHex(bytes), `${length} bytes`).to.equal(expected);
      expect(hashHex(bytes.toUpperCase().replace("0X", "0x")), `${length} bytes in capitals`).to.equal(expected);
    }
    // Not SHA3-256, which pads otherwise.
    expect(hashHex("0x")).not.to.equal(`0x${createHash("sha3-256").digest("hex")}`);
  });

  it("do not share the bytes that they give", () => {
    const first = getBytes(keccak256("0x01"));
    const before = hexlify(first);
    keccak256("0x02");
    expect(hexlify(first)).to.equal(before);
  });

  for (const bad of ["0x0", "0xzz", "0x00zz", "0x0g00", "00", "", "zz"]) {
    it(`refuse ${JSON.stringify(bad)}, which is no bytes in hex`, () => {
      expect(() => hashHex(bad)).to.throw(/invalid BytesLike/);
    });
  }

  it("are made by whatever is registered last, or ethers", () => {
    const native = hashHex("0x1234");
    try {
      useHashing(() => "0xab");
      expect(hashHex("0x1234")).to.equal("0xab");
      useHashing(undefined);
      expect(hashHex("0x1234")).to.equal(native);
    } finally {
      useHashing(keccak256);
    }
  });
});
