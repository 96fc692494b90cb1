import { toSubmission } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { ZeroHash, encodeBase64, toBeHex } from "ethers";

import { type SignedLink, person, signLink, storedHead, withV, withoutKey } from "../helpers/contractLinks.ts";
import { CLOCK_SKEW, NOW } from "../helpers/contractClock.ts";
import { useRegistries } from "../helpers/contracts.ts";

const alice = person("alice");
const bob = person("bob");

/** Three links of one avatar, each after the one before. */
function threeLinks(): [SignedLink, SignedLink, SignedLink] {
  const first = signLink(alice, { platform: "github", identity: "alice" });
  const second = signLink(alice, { platform: "dns", identity: "alice.example", after: first });
  const third = signLink(alice, { platform: "github", identity: "alice", action: "delete", after: second });
  return [first, second, third];
}

describe("ProofRegistry", () => {
  const world = useRegistries();

  describe("append: the chain", () => {
    it("takes links in order, moves the head and counts", async () => {
      const { registry } = world();
      const links = threeLinks();
      for (const [index, { submission, signature, id }] of links.entries()) {
        expect(await registry.append.staticCall(submission)).to.equal(id);
        await registry.append(submission);
        expect(await registry.lengthOf(alice.address)).to.equal(BigInt(index + 1));
        expect(await registry.headOf(alice.address)).to.equal(storedHead(signature.raw));
      }
    });

    it("knows nothing of an avatar without links", async () => {
      const { registry } = world();
      expect(await registry.lengthOf(bob.address)).to.equal(0n);
      expect(await registry.headOf(bob.address)).to.equal(`0x${"00".repeat(24)}`);
    });

    it("is open to anybody who has the signatures", async () => {
      const { registry, stranger } = world();
      await registry.connect(stranger).append(threeLinks()[0].submission);
      expect(await registry.lengthOf(alice.address)).to.equal(1n);
    });

    it("keeps the chains of two avatars apart", async () => {
      const { registry } = world();
      const [first, second] = threeLinks();
      await registry.append(first.submission);
      await registry.append(signLink(bob, { platform: "github", identity: "alice" }).submission);
      await registry.append(second.submission);
      expect(await registry.lengthOf(alice.address)).to.equal(2n);
      expect(await registry.lengthOf(bob.address)).to.equal(1n);
    });

    it("refuses the same link twice", async () => {
      const { registry } = world();
      const [first, second] = threeLinks();
      await registry.append(first.submission);
      await expect(registry.append(first.submission)).to.be.revertedWithCustomError(registry, "ProofRegistryStaleHead");
      await registry.append(second.submission);
      await expect(registry.append(second.submission))
        .to.be.revertedWithCustomError(registry, "ProofRegistryStaleHead")
        .withArgs(alice.address, storedHead(second.signature.raw));
    });

    it("refuses an older link after newer ones", async () => {
      const { registry } = world();
      const [first, second, third] = threeLinks();
      for (const { submission } of [first, second, third]) await registry.append(submission);
      for (const { submission } of [first, second]) {
        await expect(registry.append(submission)).to.be.revertedWithCustomError(registry, "ProofRegistryStaleHead");
      }
    });

    it("refuses a link before its predecessor is there", async () => {
      const { registry } = world();
      const [first, second, third] = threeLinks();
      await expect(registry.append(second.submission))
        .to.be.revertedWithCustomError(registry, "ProofRegistryStaleHead")
        .withArgs(alice.address, `0x${"00".repeat(24)}`);
      await registry.append(first.submission);
      await expect(registry.append(third.submission))
        .to.be.revertedWithCustomError(registry, "ProofRegistryStaleHead")
        .withArgs(alice.address, storedHead(first.signature.raw));
    });

    it("refuses the second branch of a fork", async () => {
      const { registry } = world();
      const [first, second] = threeLinks();
      const fork = signLink(alice, { platform: "twitter", identity: "alice", after: first });
      await registry.append(first.submission);
      await registry.append(second.submission);
      await expect(registry.append(fork.submission)).to.be.revertedWithCustomError(registry, "ProofRegistryStaleHead");
    });

    it("refuses a second beginning", async () => {
      const { registry } = world();
      await registry.append(threeLinks()[0].submission);
      const again = signLink(alice, { platform: "twitter", identity: "alice" });
      await expect(registry.append(again.submission)).to.be.revertedWithCustomError(registry, "ProofRegistryStaleHead");
    });

    it("refuses an attacker's link that quotes somebody else's signature as its own beginning", async () => {
      const { registry } = world();
      const [first] = threeLinks();
      await registry.append(first.submission);
      const mallory = signLink(person("mallory"), { platform: "github", identity: "alice", after: first });
      await expect(registry.append(mallory.submission))
        .to.be.revertedWithCustomError(registry, "ProofRegistryStaleHead")
        .withArgs(person("mallory").address, `0x${"00".repeat(24)}`);
    });

    it("refuses a signature that was moved to another text: it recovers to a stranger", async () => {
      const { registry } = world();
      const [first, second] = threeLinks();
      await registry.append(first.submission);
      await expect(
        registry.append({ ...second.submission, identity: "mallory.example" }),
      ).to.be.revertedWithCustomError(registry, "ProofRegistryInvalidPublicKey");
      await expect(
        registry.append({ ...withoutKey(second.submission), identity: "mallory.example" }),
      ).to.be.revertedWithCustomError(registry, "ProofRegistryInvalidPublicKey");
      expect(await registry.lengthOf(alice.address)).to.equal(1n);
    });

    it("takes a later link without the public key", async () => {
      const { registry } = world();
      const [first, second] = threeLinks();
      await registry.append(first.submission);
      await registry.append(withoutKey(second.submission));
      expect(await registry.lengthOf(alice.address)).to.equal(2n);
    });
  });

  describe("append: the avatar's public key", () => {
    it("refuses a first link without it", async () => {
      const { registry } = world();
      await expect(registry.append(withoutKey(threeLinks()[0].submission)))
        .to.be.revertedWithCustomError(registry, "ProofRegistryInvalidPublicKey")
        .withArgs(alice.address);
    });

    it("refuses somebody else's, with a first and with a later link", async () => {
      const { registry } = world();
      const [first, second] = threeLinks();
      const { publicKeyX, publicKeyY } = signLink(bob, first.link).submission;
      for (const { submission } of [first, second]) {
        await expect(registry.append({ ...submission, publicKeyX, publicKeyY }))
          .to.be.revertedWithCustomError(registry, "ProofRegistryInvalidPublicKey")
          .withArgs(alice.address);
        await registry.append(submission);
      }
    });

    it("refuses half of it, and the mirrored point, whose compressed form differs by one bit", async () => {
      const { registry } = world();
      const [first, second] = threeLinks();
      const { publicKeyY } = first.submission;
      // The prime of secp256k1's field.
      const mirrored = toBeHex(2n ** 256n - 2n ** 32n - 977n - BigInt(publicKeyY), 32);
      for (const { submission } of [first, second]) {
        for (const change of [
          { publicKeyY: ZeroHash },
          { publicKeyY: mirrored },
          { publicKeyX: publicKeyY },
          { publicKeyX: publicKeyY, publicKeyY: submission.publicKeyX },
        ]) {
          await expect(registry.append({ ...submission, ...change }))
            .to.be.revertedWithCustomError(registry, "ProofRegistryInvalidPublicKey")
            .withArgs(alice.address);
        }
        await registry.append(submission);
      }
    });

    it("needs it on every link of a two-sided platform, whose text names it", async () => {
      const { registry } = world();
      const first = signLink(alice, { platform: "github", identity: "alice" });
      await registry.append(first.submission);
      for (const platform of ["ethereum", "solana", "nextid"]) {
        const { submission } = signLink(alice, { platform, identity: bob.wallet, after: first, cosigner: bob });
        await expect(registry.append(withoutKey(submission))).to.be.revertedWithCustomError(
          registry,
          "ProofRegistryInvalidPublicKey",
        );
      }
    });

    it("has to be the avatar's on a two-sided platform too: the text would name another", async () => {
      const { registry } = world();
      const { publicKeyX, publicKeyY } = signLink(bob, { platform: "github", identity: "bob" }).submission;
      const { submission } = signLink(alice, { platform: "ethereum", identity: bob.wallet, cosigner: bob });
      for (const parity of [0n, 1n]) {
        await expect(
          registry.append({ ...submission, publicKeyX, publicKeyY: toBeHex(BigInt(publicKeyY) ^ parity, 32) }),
        ).to.be.revertedWithCustomError(registry, "ProofRegistryInvalidPublicKey");
      }
    });
  });

  describe("append: created_at", () => {
    it("takes the predecessor's, and refuses what lies before it", async () => {
      const { registry } = world();
      const [first] = threeLinks();
      await registry.append(first.submission);
      const early = signLink(alice, { platform: "dns", identity: "a.example", after: first, createdAt: NOW - 1 });
      await expect(registry.append(early.submission)).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryInvalidCreatedAt",
      );
      await registry.append(signLink(alice, { platform: "dns", identity: "a.example", after: first }).submission);
    });

    it("takes a clock that runs 15 minutes ahead, and refuses one second more", async () => {
      const { registry, networkHelpers } = world();
      const blockTime = (await networkHelpers.time.latest()) + 100;
      const latest = blockTime + CLOCK_SKEW;
      const late = signLink(alice, { platform: "dns", identity: "a.example", createdAt: latest + 1 });
      await networkHelpers.time.setNextBlockTimestamp(blockTime);
      await expect(registry.append(late.submission))
        .to.be.revertedWithCustomError(registry, "ProofRegistryInvalidCreatedAt")
        .withArgs(latest + 1, 0, latest);
      await registry.append(signLink(alice, { platform: "dns", identity: "a.example", createdAt: latest }).submission);
    });

    it("still tells time when 32 bits do not any more, in 2106", async () => {
      const { registry, networkHelpers } = world();
      const createdAt = 2 ** 32 + 5;
      await networkHelpers.time.increaseTo(createdAt);
      const first = signLink(alice, { platform: "dns", identity: "a.example", createdAt });
      await registry.append(first.submission);
      expect((await registry.statusOf(alice.address, "dns", "a.example")).asOf).to.equal(BigInt(createdAt));
      const early = signLink(alice, { platform: "dns", identity: "a.example", after: first, createdAt: 2 ** 31 });
      await expect(registry.append(early.submission)).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryInvalidCreatedAt",
      );
    });
  });

  describe("append: a chain whose beginning is lost", () => {
    const lost = signLink(alice, { platform: "github", identity: "alice", createdAt: 1_600_000_000 });
    const legacy = signLink(alice, { platform: "dns", identity: "a.example", after: lost, createdAt: 1_767_225_599 });

    it("begins with a link that was signed before there was this registry", async () => {
      const { registry } = world();
      await expect(registry.append(legacy.submission))
        .to.emit(registry, "ChainImported")
        .withArgs(alice.address, lost.signature.raw);
      expect(await registry.lengthOf(alice.address)).to.equal(1n);
      const next = signLink(alice, { platform: "twitter", identity: "alice", after: legacy });
      await registry.append(next.submission);
    });

    it("cannot be taken back to its beginning", async () => {
      const { registry } = world();
      await registry.append(legacy.submission);
      await expect(registry.append(lost.submission)).to.be.revertedWithCustomError(registry, "ProofRegistryStaleHead");
    });

    it("refuses an attacker who hides the beginning of a chain signed since", async () => {
      const { registry } = world();
      expect(await registry.LEGACY_BEFORE()).to.equal(1_767_225_600n);
      for (const createdAt of [1_767_225_600, NOW]) {
        const { submission } = signLink(alice, { platform: "dns", identity: "a.example", after: lost, createdAt });
        await expect(registry.append(submission))
          .to.be.revertedWithCustomError(registry, "ProofRegistryStaleHead")
          .withArgs(alice.address, `0x${"00".repeat(24)}`);
      }
    });

    it("refuses a chain that goes on from a signature it never had, however old", async () => {
      const { registry } = world();
      const first = signLink(alice, { platform: "twitter", identity: "alice", createdAt: 1_600_000_000 });
      await registry.append(first.submission);
      await expect(registry.append(legacy.submission)).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryStaleHead",
      );
    });

    it("refuses to begin after what is no signature", async () => {
      const { registry } = world();
      const prev = encodeBase64(withV(lost.signature.raw, 5));
      const { link, signature } = signLink(alice, { ...legacy.link, prev });
      const submission = toSubmission(link, { signature: signature.raw, withKey: true });
      await expect(registry.append(submission))
        .to.be.revertedWithCustomError(registry, "ProofRegistryInvalidHeader")
        .withArgs(submission.header);
    });
  });
});
