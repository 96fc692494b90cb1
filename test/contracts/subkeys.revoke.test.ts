import { toContractSubkey } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { ZeroAddress, dataSlice, id } from "ethers";

import { person, withHighS, withV } from "../helpers/contractLinks.ts";
import {
  accountHolder,
  authorizing,
  es256Holder,
  importing,
  passkeyHolder,
  renouncing,
  revoking,
  useSubkeys,
  withArgument,
  withSmallV,
} from "../helpers/contractSubkeys.ts";

const alice = person("alice");
const mallory = person("mallory");
const phone = passkeyHolder("phone");
const laptop = accountHolder("laptop");
const FOREVER = 2n ** 64n - 1n;

describe("SubkeyRegistry", () => {
  const world = useSubkeys();

  /** The registry as an avatar calls it from its own address. */
  async function as({ address }: typeof alice) {
    const { ethers, networkHelpers, registry } = world();
    await networkHelpers.setBalance(address, 10n ** 18n);
    return registry.connect(await ethers.getImpersonatedSigner(address));
  }

  async function isValid(holder = phone, avatar = alice): Promise<boolean> {
    return world().registry.isValid(avatar.address, holder.id);
  }

  describe("revoke", () => {
    it("ends an authorisation at once, by the avatar's own transaction", async () => {
      const { registry } = world();
      await registry.authorize(...authorizing(world(), alice, phone));
      await expect((await as(alice)).revoke(phone.id))
        .to.emit(registry, "SubkeyRevoked")
        .withArgs(alice.address, phone.id, 1, "0x");
      expect(await isValid()).to.equal(false);
      expect(await registry.authorizationOf(alice.address, phone.id)).to.deep.equal([2n, 0n]);
    });

    it("voids what was signed and kept back, and what was used; only a new signature authorises again", async () => {
      const { registry } = world();
      const used = authorizing(world(), alice, phone);
      const keptBack = authorizing(world(), alice, phone, { nonce: 1, name: "kept back" });
      await registry.authorize(...used);
      await (await as(alice)).revoke(phone.id);
      for (const args of [used, keptBack]) {
        await expect(registry.authorize(...args)).to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidNonce");
      }
      await registry.authorize(...authorizing(world(), alice, phone, { nonce: 2 }));
      expect(await isValid()).to.equal(true);
    });

    it("cancels a signature that nobody has handed in yet, and Next.ID's text with it", async () => {
      const { registry } = world();
      const signed = authorizing(world(), alice, phone);
      await (await as(alice)).revoke(phone.id);
      await expect(registry.authorize(...signed)).to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidNonce");
      await expect(registry.importAuthorization(...importing(world(), alice, phone))).to.be.revertedWithCustomError(
        registry,
        "SubkeyRegistryInvalidNonce",
      );
    });

    it("is the caller's own affair: no other avatar's, and no other subkey's", async () => {
      const { registry, stranger } = world();
      await registry.authorize(...authorizing(world(), alice, phone));
      await registry.authorize(...authorizing(world(), alice, laptop));
      await registry.connect(stranger).revoke(phone.id);
      await (await as(mallory)).revoke(phone.id);
      await (await as(alice)).revoke(id("another subkey"));
      expect(await isValid()).to.equal(true);
      await (await as(alice)).revoke(phone.id);
      expect([await isValid(), await isValid(laptop)]).to.deep.equal([false, true]);
    });
  });

  describe("revokeBySig", () => {
    it("ends an authorisation by the avatar's signature, with any v, whoever hands it in", async () => {
      const { registry, stranger } = world();
      await registry.authorize(...authorizing(world(), alice, phone));
      const args = revoking(world(), alice, phone, 1);
      const small = withArgument(args, 3, withSmallV(args[3]));
      await expect(registry.connect(stranger).revokeBySig(...small))
        .to.emit(registry, "SubkeyRevoked")
        .withArgs(alice.address, phone.id, 1, small[3]);
      expect(await isValid()).to.equal(false);
    });

    it("is not to be stopped by handing in an authorisation that was kept back", async () => {
      const { registry } = world();
      const keptBack = authorizing(world(), alice, phone, { nonce: 1 });
      await registry.authorize(...authorizing(world(), alice, phone));
      const revocation = revoking(world(), alice, phone, 1);
      await registry.authorize(...keptBack);
      await registry.revokeBySig(...revocation);
      expect(await registry.authorizationOf(alice.address, phone.id)).to.deep.equal([3n, 0n]);
    });

    it("is not to be stopped so before the first authorisation either, be it by Next.ID's text", async () => {
      const { registry } = world();
      const revocation = revoking(world(), alice, phone, 0);
      await registry.importAuthorization(...importing(world(), alice, phone));
      await registry.revokeBySig(...revocation);
      expect(await registry.authorizationOf(alice.address, phone.id)).to.deep.equal([2n, 0n]);
    });

    it("voids what was signed for the next turn too, also where it comes a turn late", async () => {
      const { registry } = world();
      const revocation = revoking(world(), alice, phone, 0);
      await registry.authorize(...authorizing(world(), alice, phone));
      const keptBack = authorizing(world(), alice, phone, { nonce: 1 });
      await registry.revokeBySig(...revocation);
      await expect(registry.authorize(...keptBack)).to.be.revertedWithCustomError(
        registry,
        "SubkeyRegistryInvalidNonce",
      );
    });

    it("counts once: not again, and not against an authorisation that came after it", async () => {
      const { registry } = world();
      const revocation = revoking(world(), alice, phone, 1);
      await registry.authorize(...authorizing(world(), alice, phone));
      await registry.revokeBySig(...revocation);
      const refused = (expected: number) =>
        expect(registry.revokeBySig(...revocation))
          .to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidNonce")
          .withArgs(alice.address, phone.id, 1, expected);
      await refused(2);
      await registry.authorize(...authorizing(world(), alice, phone, { nonce: 2 }));
      await refused(3);
      expect(await isValid()).to.equal(true);
    });

    it("refuses a nonce from the future, which would void what is not signed yet", async () => {
      const { registry } = world();
      for (const nonce of [1, 2 ** 40]) {
        await expect(registry.revokeBySig(...revoking(world(), alice, phone, nonce))).to.be.revertedWithCustomError(
          registry,
          "SubkeyRegistryInvalidNonce",
        );
      }
      await expect(
        registry.revokeBySig(alice.address, phone.id, FOREVER, revoking(world(), alice, phone, 0)[3]),
      ).to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidNonce");
    });

    it("refuses strangers, the subkey itself, the zero address, other chains, other subkeys, malleable signatures", async () => {
      const { registry, domain } = world();
      await registry.authorize(...authorizing(world(), alice, laptop));
      const args = revoking(world(), alice, laptop, 1);
      const v = Number(dataSlice(args[3], 64));
      const elsewhere = (change: object) => revoking({ domain: { ...domain, ...change } }, alice, laptop, 1)[3];
      for (const signature of [
        revoking(world(), mallory, laptop, 1)[3],
        renouncing(world(), alice, laptop, 1)[3],
        revoking(world(), alice, phone, 1)[3],
        revoking(world(), alice, laptop, 0)[3],
        authorizing(world(), alice, laptop, { nonce: 1 })[1],
        elsewhere({ chainId: 1 }),
        elsewhere({ verifyingContract: alice.address }),
        withHighS(args[3]),
        withV(args[3], 55 - v),
        `0x${"00".repeat(65)}`,
      ]) {
        await expect(registry.revokeBySig(...withArgument(args, 3, signature))).to.be.revertedWithCustomError(
          registry,
          "SubkeyRegistryInvalidSignature",
        );
      }
      await expect(registry.revokeBySig(...withArgument(args, 3, "0x"))).to.be.revertedWithCustomError(
        registry,
        "SubkeyRegistryInvalidSignature",
      );
      await expect(registry.revokeBySig(ZeroAddress, laptop.id, 0, `0x${"00".repeat(65)}`))
        .to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidSignature")
        .withArgs(ZeroAddress, ZeroAddress);
      expect(await isValid(laptop)).to.equal(true);
    });
  });

  describe("renounce", () => {
    it("ends an authorisation by the subkey's own proof, of every kind", async () => {
      const { registry } = world();
      for (const holder of [phone, laptop, es256Holder("tablet")]) {
        await registry.authorize(...authorizing(world(), alice, holder));
        const args = renouncing(world(), alice, holder, 1);
        await expect(registry.renounce(...args))
          .to.emit(registry, "SubkeyRenounced")
          .withArgs(alice.address, holder.id, 1, args[3]);
        expect(await isValid(holder)).to.equal(false);
        expect(await registry.authorizationOf(alice.address, holder.id)).to.deep.equal([2n, 0n]);
      }
    });

    it("voids what the avatar signed and kept back, and cannot be stopped by it", async () => {
      const { registry } = world();
      const keptBack = authorizing(world(), alice, phone, { nonce: 1 });
      await registry.authorize(...authorizing(world(), alice, phone));
      const renunciation = renouncing(world(), alice, phone, 1);
      await registry.authorize(...keptBack);
      await registry.renounce(...renunciation);
      await expect(registry.authorize(...keptBack)).to.be.revertedWithCustomError(
        registry,
        "SubkeyRegistryInvalidNonce",
      );
    });

    it("counts once", async () => {
      const { registry } = world();
      await registry.authorize(...authorizing(world(), alice, phone));
      const args = renouncing(world(), alice, phone, 1);
      await registry.renounce(...args);
      await expect(registry.renounce(...args))
        .to.be.revertedWithCustomError(registry, "SubkeyRegistryNotAuthorized")
        .withArgs(alice.address, phone.id);
      await registry.authorize(...authorizing(world(), alice, phone, { nonce: 2 }));
      await expect(registry.renounce(...args)).to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidNonce");
    });

    it("refuses what is not authorised, so that no event lacks its key", async () => {
      const { registry } = world();
      await expect(registry.renounce(...renouncing(world(), alice, phone, 0)))
        .to.be.revertedWithCustomError(registry, "SubkeyRegistryNotAuthorized")
        .withArgs(alice.address, phone.id);
    });

    it("refuses others: the avatar, another subkey, a proof for another avatar, chain or contract, or of possession", async () => {
      const { registry, domain } = world();
      await registry.authorize(...authorizing(world(), alice, phone));
      const args = renouncing(world(), alice, phone, 1);
      const elsewhere = (change: object) => renouncing({ domain: { ...domain, ...change } }, alice, phone, 1)[3];
      for (const proof of [
        "0x",
        revoking(world(), alice, phone, 1)[3],
        renouncing(world(), mallory, phone, 1)[3],
        renouncing(world(), alice, phone, 0)[3],
        renouncing(world(), alice, passkeyHolder("mallory"), 1)[3],
        authorizing(world(), alice, phone, { nonce: 1 })[2],
        elsewhere({ chainId: 1 }),
        elsewhere({ verifyingContract: alice.address }),
      ]) {
        await expect(registry.renounce(...withArgument(args, 3, proof))).to.be.revertedWithCustomError(
          registry,
          "SubkeyRegistryInvalidPossession",
        );
      }
      const own = passkeyHolder("mallory");
      await expect(
        registry.renounce(alice.address, toContractSubkey(own.subkey), 1, renouncing(world(), alice, own, 1)[3]),
      ).to.be.revertedWithCustomError(registry, "SubkeyRegistryNotAuthorized");
      expect(await isValid()).to.equal(true);
    });
  });
});
