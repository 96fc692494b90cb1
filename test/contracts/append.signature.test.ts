import { expect } from "chai";
import { ZeroHash, concat, dataSlice, encodeBase64, toBeHex } from "ethers";

import {
  person,
  signLink,
  storedHead,
  withHeaderByte,
  withHighS,
  withSignature,
  withV,
} from "../helpers/contractLinks.ts";
import { useRegistries } from "../helpers/contracts.ts";

const alice = person("alice");
const first = signLink(alice, { platform: "github", identity: "alice" });
const second = signLink(alice, { platform: "dns", identity: "alice.example", after: first });

/** The largest low s, half the order of secp256k1 (EIP-2). */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
/** Where the header has previousV. */
const PREVIOUS_V = 29;

describe("ProofRegistry", () => {
  const world = useRegistries();

  describe("append: signatures", () => {
    it("has the head of the signature with v as 0 or 1, and the same id", async () => {
      const { registry } = world();
      const { submission, signature, id } = first;
      expect(await registry.append.staticCall(submission)).to.equal(id);
      await registry.append(submission);
      expect(await registry.headOf(alice.address)).to.equal(storedHead(signature.canonical));
    });

    it("refuses a predecessor quoted with the other v than the text has: that is another text", async () => {
      const { registry } = world();
      await registry.append(first.submission);
      const parity = Number(dataSlice(first.signature.canonical, 64));
      await expect(
        registry.append(withHeaderByte(second.submission, PREVIOUS_V, parity)),
      ).to.be.revertedWithCustomError(registry, "ProofRegistryInvalidPublicKey");
    });

    it("takes a text that quotes its predecessor with v as 0 or 1", async () => {
      const { registry } = world();
      await registry.append(first.submission);
      const canonical = {
        ...first,
        signature: { ...first.signature, base64: encodeBase64(first.signature.canonical) },
      };
      const next = signLink(alice, { platform: "dns", identity: "alice.example", after: canonical });
      await registry.append(next.submission);
      expect(await registry.lengthOf(alice.address)).to.equal(2n);
    });

    it("refuses a text that quotes its predecessor with the wrong parity or a mirrored s", async () => {
      const { registry } = world();
      await registry.append(first.submission);
      const { raw } = first.signature;
      for (const forged of [withV(raw, 55 - Number(dataSlice(raw, 64))), withHighS(raw)]) {
        const next = signLink(alice, { platform: "dns", identity: "alice.example", prev: encodeBase64(forged) });
        await expect(registry.append(next.submission)).to.be.revertedWithCustomError(
          registry,
          "ProofRegistryStaleHead",
        );
      }
    });

    it("refuses the other parity: it recovers to a stranger", async () => {
      const { registry } = world();
      const { submission, signature } = first;
      const { canonical } = signature;
      const flipped = withSignature(submission, withV(canonical, 1 - Number(dataSlice(canonical, 64))));
      await expect(registry.append(flipped)).to.be.revertedWithCustomError(registry, "ProofRegistryInvalidPublicKey");
    });

    it("cannot even be given the mirrored form of a signature: its s has no highest bit to spare", async () => {
      const { registry } = world();
      const { submission, signature } = first;
      const mirrored = withHighS(signature.canonical);
      // What is left of it is read as a low s and the other parity or the same, and is no signature of alice's.
      expect(BigInt(dataSlice(mirrored, 32, 64)) >> 255n).to.equal(1n);
      for (const v of [0n, 1n]) {
        const s = BigInt(dataSlice(mirrored, 32, 64)) & (2n ** 255n - 1n);
        const vs = toBeHex(s | (v << 255n), 32);
        await expect(registry.append({ ...submission, vs })).to.be.revert(world().ethers);
      }
      expect(await registry.lengthOf(alice.address)).to.equal(0n);
    });

    it("refuses a high s, where there is room for one: above half the order", async () => {
      const { registry } = world();
      const { submission } = first;
      for (const s of [HALF_ORDER + 1n, HALF_ORDER + 2n, 2n ** 255n - 1n]) {
        for (const v of [0, 1]) {
          const changed = withSignature(submission, concat([submission.r, toBeHex(s, 32), Uint8Array.of(v)]));
          await expect(registry.append(changed)).to.be.revertedWithCustomError(
            registry,
            "ProofRegistryInvalidSignature",
          );
        }
      }
      // The last that is low recovers, if to a stranger.
      const lowest = withSignature(submission, concat([submission.r, toBeHex(HALF_ORDER, 32), "0x00"]));
      await expect(registry.append(lowest)).to.be.revertedWithCustomError(registry, "ProofRegistryInvalidPublicKey");
    });

    it("refuses what recovers to nobody, and says over which digest", async () => {
      const { registry, ethers } = world();
      const { submission, text } = first;
      const most = `0x${"ff".repeat(32)}`;
      for (const parts of [
        { r: ZeroHash, vs: ZeroHash },
        { r: ZeroHash },
        { vs: ZeroHash },
        { vs: toBeHex(1n << 255n, 32) },
        { r: most },
        { r: most, vs: most },
      ]) {
        const { r, vs } = { ...submission, ...parts };
        await expect(registry.append({ ...submission, r, vs }))
          .to.be.revertedWithCustomError(registry, "ProofRegistryInvalidSignature")
          .withArgs(ethers.hashMessage(text), r, vs);
      }
    });

    it("refuses a text that quotes the predecessor, where half of its signature is left out", async () => {
      const { registry } = world();
      await registry.append(first.submission);
      for (const part of [
        { previousR: ZeroHash },
        { previousS: ZeroHash },
        { previousR: ZeroHash, previousS: ZeroHash },
      ]) {
        await expect(registry.append({ ...second.submission, ...part })).to.be.revertedWithCustomError(
          registry,
          "ProofRegistryInvalidPublicKey",
        );
      }
    });
  });
});
