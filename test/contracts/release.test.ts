import { contractPublicKey } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { type SignedLink, attest, person, signLink, signRelease } from "../helpers/contractLinks.ts";
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
        "ProofRegistryInvalidWalletSignature",
      );
      await registry.release(signRelease(alice, wallet, { identity }));
      expect(await registry.isBound(alice.address, "ethereum", identity)).to.equal(false);
    });

    it("refuses a stranger's signature, and the avatar's", async () => {
      const { registry } = world();
      for (const signer of [mallory, alice]) {
        await expect(registry.release(signRelease(alice, signer, { identity: wallet.wallet })))
          .to.be.revertedWithCustomError(registry, "ProofRegistryInvalidWalletSignature")
          .withArgs(wallet.wallet);
      }
    });

    it("refuses a release from another avatar", async () => {
      const { registry } = world();
      const release = signRelease(mallory, wallet);
      await expect(registry.release(release)).to.be.revertedWithCustomError(registry, "ProofRegistryNoSuchBinding");
      await expect(
        registry.release({ ...release, publicKey: contractPublicKey(alice.key) }),
      ).to.be.revertedWithCustomError(registry, "ProofRegistryInvalidWalletSignature");
    });

    it("refuses the wallet's signature over a create", async () => {
      const { registry } = world();
      const { submission } = bound;
      await expect(registry.release({ ...submission, signature: "0x" })).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryUnexpectedField",
      );
      await expect(registry.release({ ...submission, signature: "0x", action: 1 })).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryInvalidWalletSignature",
      );
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
        "ProofRegistryUnexpectedField",
      );
    });

    it("takes no avatar's signature and no account id", async () => {
      const { registry } = world();
      const release = signRelease(alice, wallet);
      for (const extra of [{ signature: bound.signature.raw }, { accountId: "1" }]) {
        await expect(registry.release({ ...release, ...extra })).to.be.revertedWithCustomError(
          registry,
          "ProofRegistryUnexpectedField",
        );
      }
    });

    it("needs the avatar's public key", async () => {
      const { registry } = world();
      await expect(registry.release({ ...signRelease(alice, wallet), publicKey: "0x" })).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryInvalidPublicKey",
      );
    });
  });
});
