import { expect } from "chai";
import { dataSlice, encodeBase64 } from "ethers";

import { person, signLink, storedHead, withHighS, withV } from "../helpers/contractLinks.ts";
import { useRegistries } from "../helpers/contracts.ts";

const alice = person("alice");
const first = signLink(alice, { platform: "github", identity: "alice" });
const second = signLink(alice, { platform: "dns", identity: "alice.example", after: first });

describe("ProofRegistry", () => {
  const world = useRegistries();

  describe("append: signatures", () => {
    it("has the same head whichever v the signature came with", async () => {
      const { registry, networkHelpers } = world();
      const { submission, signature, id } = first;
      const parity = Number(dataSlice(signature.canonical, 64));
      const { restore } = await networkHelpers.takeSnapshot();
      for (const v of [parity, parity + 27]) {
        const sent = { ...submission, signature: withV(signature.raw, v) };
        expect(await registry.append.staticCall(sent)).to.equal(id);
        await registry.append(sent);
        expect(await registry.headOf(alice.address)).to.equal(storedHead(signature.raw));
        await restore();
      }
    });

    it("takes the successor, whichever v the front-runner of its predecessor chose", async () => {
      const { registry } = world();
      await registry.append({ ...first.submission, signature: first.signature.canonical });
      await registry.append(second.submission);
      expect(await registry.lengthOf(alice.address)).to.equal(2n);
    });

    it("refuses a predecessor quoted with the other v than the text has: that is another text", async () => {
      const { registry } = world();
      await registry.append(first.submission);
      await expect(
        registry.append({ ...second.submission, previous: first.signature.canonical }),
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
        await expect(registry.append({ ...next.submission, previous: forged })).to.be.revertedWithCustomError(
          registry,
          "ProofRegistryStaleHead",
        );
      }
    });

    it("refuses a high s, by which every signature would have a second form", async () => {
      const { registry } = world();
      const { submission, signature } = first;
      await expect(
        registry.append({ ...submission, signature: withHighS(signature.raw) }),
      ).to.be.revertedWithCustomError(registry, "SignatureBytesInvalid");
    });

    it("refuses another v, another length, and what recovers to nobody", async () => {
      const { registry } = world();
      const { submission, signature } = first;
      const { raw } = signature;
      const malformed = [2, 26, 29, 54, 55, 255].map((v) => withV(raw, v));
      malformed.push("0x", dataSlice(raw, 0, 64), `${raw}00`, `0x${"00".repeat(65)}`, `0x${"ff".repeat(64)}1b`);
      for (const bytes of malformed) {
        await expect(registry.append({ ...submission, signature: bytes })).to.be.revertedWithCustomError(
          registry,
          "SignatureBytesInvalid",
        );
      }
    });

    it("refuses a previous signature of another length", async () => {
      const { registry } = world();
      const { submission, signature } = first;
      for (const previous of ["0x01", dataSlice(signature.raw, 0, 64), `${signature.raw}00`]) {
        await expect(registry.append({ ...submission, previous })).to.be.revertedWithCustomError(
          registry,
          "SignPayloadInvalidPrevious",
        );
      }
    });
  });
});
