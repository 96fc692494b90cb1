import { createRequire } from "node:module";

import { recoverPoint, useRecovery } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { SigningKey, Wallet, concat, getBytes, hexlify, randomBytes, toBeHex } from "ethers";
import type secp256k1 from "secp256k1";

/** The order of the group, and the field's prime (SEC 2 section 2.4.1). */
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const P = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2fn;

describe("recovery of public keys", () => {
  const { ecdsaRecover } = createRequire(import.meta.url)("secp256k1/bindings.js") as typeof secp256k1;
  const recover = (digest: string, signature: string, parity: 0 | 1) =>
    hexlify(ecdsaRecover(getBytes(signature), parity, getBytes(digest), false));

  afterEach(() => useRecovery(recover));

  /** What both say: the point, or that there is none. */
  function both(digest: string, signature: string): [string, string] {
    const answers = [undefined, native].map((recovery) => {
      useRecovery(recovery);
      try {
        return recoverPoint(digest, signature);
      } catch {
        return "none";
      }
    });
    return answers as [string, string];
  }

  let asked = 0;
  const native = (digest: string, signature: string, parity: 0 | 1) => {
    asked++;
    return recover(digest, signature, parity);
  };

  it("gives the signer by libsecp256k1 as by ethers, with every v", () => {
    for (let round = 0; round < 100; round++) {
      const key = new SigningKey(Wallet.createRandom().privateKey);
      const digest = hexlify(randomBytes(32));
      const { r, s, yParity } = key.sign(digest);
      for (const v of [yParity, yParity + 27]) {
        expect(both(digest, concat([r, s, toBeHex(v, 1)]))).to.eql([key.publicKey, key.publicKey]);
      }
    }
    expect(asked).to.equal(200);
  });

  it("agrees on what is no signature of that digest, or none at all", () => {
    const outcomes = new Set<string>();
    const edges = [0n, 1n, 2n, N / 2n, N / 2n + 1n, N - 1n, N, N + 1n, P - N, P - 1n, P, 2n ** 256n - 1n];
    const words = [
      ...edges.map((edge) => toBeHex(edge, 32)),
      ...Array.from({ length: 6 }, () => hexlify(randomBytes(32))),
    ];
    for (const digest of [toBeHex(0, 32), toBeHex(N, 32), hexlify(randomBytes(32))]) {
      for (const r of words) {
        for (const s of words) {
          for (const v of [0, 28]) {
            const signature = concat([r, s, toBeHex(v, 1)]);
            const [ethers, libsecp256k1] = both(digest, signature);
            expect(libsecp256k1, `${digest} ${signature}`).to.equal(ethers);
            outcomes.add(ethers === "none" ? "none" : "point");
          }
        }
      }
    }
    expect([...outcomes].sort()).to.eql(["none", "point"]);
    const good = concat([toBeHex(1, 32), toBeHex(1, 32), "0x1b"]);
    const [one, zz] = [toBeHex(1, 32), `0x${"zz".repeat(32)}`];
    for (const signature of ["0x", "0x00", `0x${"00".repeat(64)}`, `0x${"11".repeat(66)}`, zz + zz.slice(2) + "1b"]) {
      expect(both(one, signature), signature).to.eql(["none", "none"]);
    }
    for (const digest of ["0x", "0x00", zz, one.slice(2), `${one}00`]) {
      expect(both(digest, good), digest).to.eql(["none", "none"]);
    }
    expect(both(one, good.toUpperCase().replace("0X", "0x"))).to.eql(both(one, good));
  });
});
