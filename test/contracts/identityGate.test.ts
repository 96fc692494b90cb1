import { bindingKey } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { ZeroAddress } from "ethers";

import type { GatedDoor } from "../../types/ethers-contracts/index.ts";
import { attest, person, signRelease } from "../helpers/contractLinks.ts";
import { NOW } from "../helpers/contractClock.ts";
import { STATUS } from "../helpers/contractStatus.ts";
import { alice, attesters, mallory, useGate } from "../helpers/contractGate.ts";

const second = person("alice's second wallet");

describe("IdentityGate", () => {
  const world = useGate();
  let door: GatedDoor;

  beforeEach(async () => {
    const { ethers, registry } = world();
    door = await ethers.deployContract("GatedDoor", [await registry.getAddress()]);
  });

  const as = async (wallet: { address: string }) =>
    door.connect(await world().ethers.getImpersonatedSigner(wallet.address));

  describe("onlyBound", () => {
    it("lets a wallet in whose avatar is bound to the account", async () => {
      await world().bindAccount(alice, "octocat", "583231");
      await (await as(alice.wallet)).enter();
      expect(await door.entered(alice.wallet.address)).to.equal(true);
    });

    it("refuses who has no avatar, who named none, and who is bound to something else", async () => {
      const { bindAccount, registry, signer } = world();
      await bindAccount(mallory, "mallory", "666");
      await expect((await as(mallory.wallet)).enter())
        .to.be.revertedWithCustomError(door, "IdentityGateNotBound")
        .withArgs(mallory.avatar.address, "github", "octocat", STATUS.none);
      await bindAccount(alice, "octocat", "583231");
      for (const wallet of [second, alice.avatar]) {
        await expect((await as(wallet)).enter())
          .to.be.revertedWithCustomError(door, "IdentityGateNoAvatar")
          .withArgs(wallet.address);
      }
      await registry.connect(await signer(alice.wallet)).setAvatar(ZeroAddress);
      await expect((await as(alice.wallet)).enter()).to.be.revertedWithCustomError(door, "IdentityGateNoAvatar");
    });

    it("refuses a wallet that names another's avatar: the registry does not take it", async () => {
      const { bindAccount, registry, signer } = world();
      await bindAccount(alice, "octocat", "583231");
      await expect(
        registry.connect(await signer(mallory.wallet)).setAvatar(alice.avatar.address),
      ).to.be.revertedWithCustomError(registry, "ProofRegistryNoSuchBinding");
      await expect((await as(mallory.wallet)).enter()).to.be.revertedWithCustomError(door, "IdentityGateNotBound");
    });

    it("refuses a claim that nobody confirmed", async () => {
      const { registry, next } = world();
      const claim = next(mallory, { platform: "github", identity: "octocat" });
      await registry.append(claim.submission);
      await expect((await as(mallory.wallet)).enter())
        .to.be.revertedWithCustomError(door, "IdentityGateNotBound")
        .withArgs(mallory.avatar.address, "github", "octocat", STATUS.claimed);
    });

    it("refuses from the moment on when the avatar deletes the binding, or the wallet leaves", async () => {
      const { bindAccount, registry, next, networkHelpers } = world();
      await bindAccount(alice, "octocat", "583231");
      const gate = await as(alice.wallet);
      await gate.enter();
      const { restore } = await networkHelpers.takeSnapshot();
      const remove = next(alice, { action: "delete", platform: "github", identity: "octocat" });
      await registry.append(remove.submission);
      await expect(gate.enter())
        .to.be.revertedWithCustomError(door, "IdentityGateNotBound")
        .withArgs(alice.avatar.address, "github", "octocat", STATUS.deleted);
      await restore();
      await registry.release(signRelease(alice.avatar, alice.wallet));
      await expect(gate.enter()).to.be.revertedWithCustomError(door, "IdentityGateNoAvatar");
    });

    it("refuses while the binding is suspended", async () => {
      const { bindAccount, registry } = world();
      const { id: linkId } = await bindAccount(alice, "octocat", "583231");
      const turn = (found: boolean, checkedAt: number) =>
        [
          bindingKey(alice.avatar.address, "github", "octocat"),
          linkId,
          attest(attesters, { linkId, found, accountId: "583231", checkedAt }),
        ] as const;
      const gate = await as(alice.wallet);
      await registry.suspend(...turn(false, NOW + 1));
      await expect(gate.enter())
        .to.be.revertedWithCustomError(door, "IdentityGateNotBound")
        .withArgs(alice.avatar.address, "github", "octocat", STATUS.suspended);
      await registry.reinstate(...turn(true, NOW + 2));
      await gate.enter();
    });

    it("refuses a binding that was last seen too long ago", async () => {
      await world().bindAccount(alice, "octocat", "583231");
      const gate = await as(alice.wallet);
      await expect(gate.enterFresh(NOW + 1))
        .to.be.revertedWithCustomError(door, "IdentityGateStale")
        .withArgs(alice.avatar.address, "github", "octocat", NOW, NOW + 1);
      await gate.enterFresh(NOW);
    });
  });

  describe("sameAvatar", () => {
    it("says whether a wallet's avatar also owns another, for as long as it does", async () => {
      const { bindWallet, registry, signer } = world();
      expect(await door.sameAvatar(alice.wallet.address, second.address)).to.equal(false);
      await bindWallet(alice, second);
      expect(await door.sameAvatar(alice.wallet.address, second.address)).to.equal(true);
      // The second has not said yet whose it is.
      expect(await door.sameAvatar(second.address, alice.wallet.address)).to.equal(false);
      await registry.connect(await signer(second)).setAvatar(alice.avatar.address);
      expect(await door.sameAvatar(second.address, alice.wallet.address)).to.equal(true);
      await registry.release(signRelease(alice.avatar, second));
      expect(await door.sameAvatar(alice.wallet.address, second.address)).to.equal(false);
      expect(await door.sameAvatar(second.address, alice.wallet.address)).to.equal(false);
    });

    it("is no relation among those without avatars, nor with another's wallet", async () => {
      const [nobody, noOne] = [person("nobody"), person("no one")];
      for (const [a, b] of [
        [nobody, noOne],
        [alice.wallet, mallory.wallet],
        [mallory.wallet, alice.wallet],
      ] as const) {
        expect(await door.sameAvatar(a.address, b.address)).to.equal(false);
      }
      expect(await door.sameAvatar(nobody.address, nobody.address)).to.equal(false);
      expect(await door.sameAvatar(ZeroAddress, ZeroAddress)).to.equal(false);
    });

    it("cannot be made true without the other wallet's signature", async () => {
      const { registry, next } = world();
      const forged = next(mallory, {
        platform: "ethereum",
        identity: alice.wallet.wallet,
        cosigner: mallory.wallet,
      });
      await expect(registry.append(forged.submission)).to.be.revertedWithCustomError(
        registry,
        "ProofRegistryInvalidProof",
      );
      expect(await door.sameAvatar(mallory.wallet.address, alice.wallet.address)).to.equal(false);
    });
  });
});
