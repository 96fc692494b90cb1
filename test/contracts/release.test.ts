import { bindingKey } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { ZeroHash } from "ethers";

import {
  type SignedLink,
  attest,
  person,
  signLink,
  signRelease,
  withHeaderByte,
  withoutKey,
} from "../helpers/contractLinks.ts";
import { CLOCK_SKEW, NOW } from "../helpers/contractClock.ts";
import { addAttesters, useRegistries } from "../helpers/contracts.ts";
import { STATUS } from "../helpers/contractStatus.ts";

const alice = person("alice");
const wallet = person("alice's wallet");
const mallory = person("mallory");

const bound = signLink(alice, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet });

/** Binds the wallet again. */
function bindAgain(after: SignedLink, createdAt = NOW + 1): SignedLink {
  return signLink(alice, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet, after, createdAt });
}

describe("ProofRegistry", () => {
  const world = useRegistries();

  describe("release", () => {
    beforeEach(() => world().registry.append(bound.submission));

    it("deletes the binding by the wallet's signature alone, and leaves the chain's head where it is", async () => {
      const { registry, stranger } = world();
      const [head, length] = [await registry.headOf(alice.address), await registry.lengthOf(alice.address)];
      await registry.connect(stranger).release(signRelease(alice, wallet));
      expect(await registry.isBound(alice.address, "ethereum", wallet.wallet)).to.equal(false);
      expect((await registry.statusOf(alice.address, "ethereum", wallet.wallet)).status).to.equal(STATUS.deleted);
      expect([await registry.headOf(alice.address), await registry.lengthOf(alice.address)]).to.deep.equal([
        head,
        length,
      ]);
    });

    it("may quote any previous signature, or none", async () => {
      const { registry, networkHelpers } = world();
      const { restore } = await networkHelpers.takeSnapshot();
      for (const prev of [null, bound.signature.base64, signLink(mallory, bound.link).signature.base64]) {
        await registry.release(signRelease(alice, wallet, { prev }));
        expect(await registry.isBound(alice.address, "ethereum", wallet.wallet)).to.equal(false);
        await restore();
      }
    });

    it("lets a contract wallet go as the contract says", async () => {
      const { registry, ethers } = world();
      const contract = await ethers.deployContract("OwnedWallet", [wallet.address, ethers.ZeroHash]);
      const identity = (await contract.getAddress()).toLowerCase();
      const next = signLink(alice, { platform: "ethereum", identity, cosigner: wallet, after: bound });
      await registry.append(next.submission);
      await expect(registry.release(signRelease(alice, mallory, { identity }))).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryInvalidProof",
      );
      await registry.release(signRelease(alice, wallet, { identity }));
      expect(await registry.isBound(alice.address, "ethereum", identity)).to.equal(false);
    });

    it("refuses a stranger's signature, and the avatar's", async () => {
      const { registry } = world();
      for (const signer of [mallory, alice]) {
        await expect(registry.release(signRelease(alice, signer, { identity: wallet.wallet })))
          .to.be.revertedWithCustomError(registry, "ProofRegistryInvalidProof")
          .withArgs(wallet.wallet);
      }
    });

    it("refuses a release from another avatar", async () => {
      const { registry } = world();
      const release = signRelease(mallory, wallet);
      await expect(registry.release(release))
        .to.be.revertedWithCustomError(registry, "ProofRegistryNoSuchBinding")
        .withArgs(bindingKey(mallory.address, "ethereum", wallet.wallet), STATUS.none);
      const { publicKeyX, publicKeyY } = signRelease(alice, wallet);
      await expect(registry.release({ ...release, publicKeyX, publicKeyY })).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryInvalidProof",
      );
    });

    it("refuses the wallet's signature over a create", async () => {
      const { registry } = world();
      const unsigned = { ...bound.submission, r: ZeroHash, vs: ZeroHash };
      await expect(registry.release(unsigned)).to.be.revertedWithCustomError(registry, "ProofRegistryNotARelease");
      // Its header says delete, but what the wallet signed does not.
      await expect(registry.release(withHeaderByte(unsigned, 30, 1)))
        .to.be.revertedWithCustomError(registry, "ProofRegistryInvalidProof")
        .withArgs(wallet.wallet);
    });

    it("refuses what is not bound any more, and what never was", async () => {
      const { registry } = world();
      await registry.release(signRelease(alice, wallet));
      await expect(
        registry.release(signRelease(alice, wallet, { uuid: bound.link.uuid })),
      ).to.be.revertedWithCustomError(registry, "ProofRegistryNoSuchBinding");
      await expect(registry.release(signRelease(alice, mallory))).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryNoSuchBinding",
      );
    });

    it("refuses an old release after a newer binding", async () => {
      const { registry } = world();
      const release = signRelease(alice, wallet);
      await registry.release(release);
      await registry.append(bindAgain(bound).submission);
      await expect(registry.release(release)).to.be.revertedWithCustomError(registry, "ProofRegistryInvalidCreatedAt");
      expect(await registry.isBound(alice.address, "ethereum", wallet.wallet)).to.equal(true);
    });

    it("refuses an old release after a newer binding of the same second, or dated by a slower clock", async () => {
      const { registry } = world();
      const release = signRelease(alice, wallet, { createdAt: NOW + 600 });
      await registry.release(release);
      await registry.append(bindAgain(bound, NOW + 1).submission);
      await expect(registry.release(release)).to.be.revertedWithCustomError(registry, "ProofRegistryAlreadyReleased");
      const sameSecond = signRelease(alice, wallet, { createdAt: NOW + 1 });
      await registry.release(sameSecond);
      const again = bindAgain(bindAgain(bound, NOW + 1), NOW + 1);
      await registry.append(again.submission);
      await expect(registry.release(sameSecond)).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryAlreadyReleased",
      );
      expect(await registry.isBound(alice.address, "ethereum", wallet.wallet)).to.equal(true);
    });

    it("refuses a release that was kept back and is older than the binding", async () => {
      const { registry } = world();
      const kept = signRelease(alice, wallet);
      await registry.append(bindAgain(bound).submission);
      await expect(registry.release(kept)).to.be.revertedWithCustomError(registry, "ProofRegistryInvalidCreatedAt");
    });

    it("refuses a date in the future, by which it would outlast newer bindings", async () => {
      const { registry } = world();
      const release = signRelease(alice, wallet, { createdAt: NOW + CLOCK_SKEW + 3600 });
      await expect(registry.release(release)).to.be.revertedWithCustomError(registry, "ProofRegistryInvalidCreatedAt");
    });

    it("leaves the wallet free for the avatar to bind again", async () => {
      const { registry } = world();
      await registry.release(signRelease(alice, wallet));
      await registry.append(bindAgain(bound).submission);
      expect(await registry.isBound(alice.address, "ethereum", wallet.wallet)).to.equal(true);
    });

    it("is for wallets only: an account's binding is deleted by the avatar", async () => {
      const { registry } = world();
      await addAttesters(world(), [mallory]);
      const github = signLink(alice, {
        platform: "github",
        identity: wallet.wallet,
        after: bound,
        attested: (linkId) => attest([mallory], { linkId }),
      });
      await registry.append(github.submission);
      expect(await registry.isBound(alice.address, "github", wallet.wallet)).to.equal(true);
      await expect(registry.release(signRelease(alice, wallet, { platform: "github" }))).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryNotARelease",
      );
    });

    it("takes no avatar's signature, nor half of one", async () => {
      const { registry } = world();
      const release = signRelease(alice, wallet);
      const { r, vs } = bound.submission;
      for (const extra of [{ r, vs }, { r }, { vs }]) {
        await expect(registry.release({ ...release, ...extra })).to.be.revertedWithCustomError(
          registry,
          "ProofRegistryNotARelease",
        );
      }
    });

    it("needs the avatar's public key", async () => {
      const { registry } = world();
      await expect(registry.release(withoutKey(signRelease(alice, wallet)))).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryInvalidPublicKey",
      );
    });

    it("refuses texts that no link may have, and an identity that is no address", async () => {
      const { registry } = world();
      const release = signRelease(alice, wallet);
      for (const [change, error] of [
        [{ platform: "Ethereum" }, "TextInvalidCharacter"],
        [{ identity: "" }, "TextInvalidLength"],
        [{ proofLocation: "a b" }, "TextInvalidCharacter"],
        [{ identity: wallet.address }, "ProofRegistryNoSuchBinding"],
      ] as const) {
        await expect(registry.release({ ...release, ...change })).to.be.revertedWithCustomError(registry, error);
      }
    });
  });
});
