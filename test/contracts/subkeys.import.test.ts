import {
  contractPublicKey,
  parsePublicKey,
  parseSignature,
  parseSubkey,
  subkeyText,
  toContractSubkey,
} from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { dataSlice, hexlify } from "ethers";

import { NOW } from "../helpers/contractClock.ts";
import { person, withHighS, withV } from "../helpers/contractLinks.ts";
import {
  accountHolder,
  authorizing,
  es256Holder,
  importDigest,
  importing,
  passkeyHolder,
  revoking,
  startSubkeys,
  useSubkeys,
  withArgument,
} from "../helpers/contractSubkeys.ts";
import { vectors } from "../helpers/contractVectors.ts";

const alice = person("alice");
const mallory = person("mallory");
const phone = passkeyHolder("phone");
const laptop = accountHolder("laptop");
const FOREVER = 2n ** 64n - 1n;

/** An authorisation by Next.ID's text whose avatar's private key nobody here has. */
const vector = vectors.own.find(({ id }) => id === "own_subkey_es256") as unknown as {
  message: string;
  avatar: string;
  subkey_public_key: string;
  avatar_signature_base64: string;
};

describe("SubkeyRegistry", () => {
  const world = useSubkeys();

  describe("importAuthorization", () => {
    it("verifies on chain the signature over Next.ID's text in the shared vector", async () => {
      const { registry } = world();
      const fields = { algorithm: "es256", publicKey: vector.subkey_public_key, rpId: "example.com" };
      expect(subkeyText({ ...fields, avatar: vector.avatar })).to.equal(vector.message);
      const args = [
        contractPublicKey(parsePublicKey(vector.avatar)),
        toContractSubkey(parseSubkey(fields)),
        vector.subkey_public_key,
        parseSignature(vector.avatar_signature_base64).raw,
        "0x",
      ] as const;
      // The subkey's private key is lost: the avatar's signature is good, and the proof of possession is what is missing.
      await expect(registry.importAuthorization(...args)).to.be.revertedWithCustomError(
        registry,
        "SubkeyRegistryInvalidPossession",
      );
      await expect(
        registry.importAuthorization(...withArgument(args, 2, `0x${args[2]}`)),
      ).to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidSignature");
    });

    it("authorises without name and expiry, and says in two events what was signed", async () => {
      const { registry, stranger } = world();
      for (const holder of [phone, laptop]) {
        const args = importing(world(), alice, holder);
        const [avatarPublicKey, subkey, publicKey, signature, possession] = args;
        const sent = registry.connect(stranger).importAuthorization(...args);
        await expect(sent)
          .to.emit(registry, "SubkeyImported")
          .withArgs(alice.address, holder.id, avatarPublicKey, publicKey);
        await expect(sent)
          .to.emit(registry, "SubkeyAuthorized")
          .withArgs(
            alice.address,
            holder.id,
            subkey.algorithm,
            subkey.publicKey,
            subkey.rpId,
            "",
            0,
            0,
            signature,
            possession,
          );
        expect(await registry.isValid(alice.address, holder.id)).to.equal(true);
        expect(await registry.authorizationOf(alice.address, holder.id)).to.deep.equal([1n, FOREVER]);
      }
    });

    it("takes the public key in every form that Next.ID takes", async () => {
      const { registry, networkHelpers } = world();
      const { compressed, uncompressed } = laptop.person.key;
      const es256 = phone.subkey.publicKey;
      const forms = [
        ...[compressed, uncompressed].map((text) => [laptop, text] as const),
        [phone, es256] as const,
      ].flatMap(([holder, text]) =>
        [text, text.slice(2), `0x${text.slice(2).toUpperCase()}`, text.slice(2).toUpperCase()].map(
          (publicKey) => [holder, publicKey] as const,
        ),
      );
      expect(new Set(forms.map(([, text]) => text)).size).to.equal(12);
      const { restore } = await networkHelpers.takeSnapshot();
      for (const [holder, publicKey] of forms) {
        await registry.importAuthorization(...importing(world(), alice, holder, { publicKey }));
        expect(await registry.isValid(alice.address, holder.id), publicKey).to.equal(true);
        await restore();
      }
    });

    it("refuses what is not the subkey's public key, though the avatar signed it", async () => {
      const { registry } = world();
      const { compressed, uncompressed } = laptop.person.key;
      const flipped = `${compressed.startsWith("0x02") ? "03" : "02"}${compressed.slice(4)}`;
      const es256 = phone.subkey.publicKey.slice(2);
      for (const [holder, publicKey] of [
        [laptop, flipped],
        [laptop, uncompressed.slice(4)],
        [laptop, mallory.key.compressed],
        [laptop, `0X${compressed.slice(2)}`],
        [laptop, `${compressed} `],
        [laptop, compressed.slice(2, -2)],
        [phone, `04${es256}`],
        [phone, es256.slice(0, 64)],
        [phone, es256Holder("mallory").subkey.publicKey],
        [phone, `g${es256.slice(1)}`],
        [phone, ""],
        [phone, "0x"],
        [phone, `1x${es256}`],
        [phone, "0"],
        [phone, `${es256}","rp_id":"mallory.example`],
      ] as const) {
        await expect(registry.importAuthorization(...importing(world(), alice, holder, { publicKey })), publicKey)
          .to.be.revertedWithCustomError(registry, "SubkeyTextInvalidPublicKey")
          .withArgs(publicKey);
      }
    });

    it("counts once: not again, not after a revocation, not over an authorisation that expires", async () => {
      const { registry } = world();
      const args = importing(world(), alice, phone);
      await registry.importAuthorization(...args);
      const refused = () =>
        expect(registry.importAuthorization(...args)).to.be.revertedWithCustomError(
          registry,
          "SubkeyRegistryInvalidNonce",
        );
      await refused();
      await registry.revokeBySig(...revoking(world(), alice, phone, 1));
      await refused();
      await registry.authorize(...authorizing(world(), alice, phone, { nonce: 2, expiresAt: NOW + 3600 }));
      await refused();
      expect(await registry.authorizationOf(alice.address, phone.id)).to.deep.equal([3n, BigInt(NOW + 3600)]);
    });

    it("cannot turn an authorisation with an expiry into one without, not even after it", async () => {
      const { registry, networkHelpers } = world();
      await registry.authorize(...authorizing(world(), alice, phone, { expiresAt: NOW + 3600 }));
      await networkHelpers.time.increaseTo(NOW + 3600);
      await expect(registry.importAuthorization(...importing(world(), alice, phone)))
        .to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidNonce")
        .withArgs(alice.address, phone.id, 0, 1);
    });

    it("can be cancelled before it was ever used", async () => {
      const { registry } = world();
      await registry.revokeBySig(...revoking(world(), alice, phone, 0));
      await expect(registry.importAuthorization(...importing(world(), alice, phone))).to.be.revertedWithCustomError(
        registry,
        "SubkeyRegistryInvalidNonce",
      );
    });

    describe("to an attacker", () => {
      it("gives nothing for the text alone: without the subkey, with a proof for another chain or contract", async () => {
        const { registry, domain } = world();
        const args = importing(world(), alice, phone);
        const digest = importDigest(domain, alice, phone.subkey);
        for (const possession of [
          "0x",
          args[3],
          es256Holder("mallory").prove(digest),
          phone.prove(importDigest({ ...domain, chainId: 1 }, alice, phone.subkey)),
          phone.prove(importDigest({ ...domain, verifyingContract: alice.address }, alice, phone.subkey)),
          phone.prove(importDigest(domain, mallory, phone.subkey)),
        ]) {
          await expect(registry.importAuthorization(...withArgument(args, 4, possession)))
            .to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidPossession")
            .withArgs(phone.id, digest);
        }
      });

      it("asks for the subkey's proof on each chain anew, since the text names none", async () => {
        const other = await startSubkeys({ chainId: 31338 });
        try {
          const args = importing(world(), alice, phone);
          await world().registry.importAuthorization(...args);
          await expect(other.registry.importAuthorization(...args)).to.be.revertedWithCustomError(
            other.registry,
            "SubkeyRegistryInvalidPossession",
          );
        } finally {
          await other.connection.close();
        }
      });

      it("gives no avatar away: another's key, nor another's subkey under one's own name", async () => {
        const { registry } = world();
        const args = importing(world(), alice, phone);
        await expect(
          registry.importAuthorization(...withArgument(args, 0, contractPublicKey(mallory.key))),
        ).to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidSignature");
        const claimed = withArgument(importing(world(), mallory, phone), 4, args[4]);
        await expect(registry.importAuthorization(...claimed)).to.be.revertedWithCustomError(
          registry,
          "SubkeyRegistryInvalidPossession",
        );
      });

      it("gives no other rp id or algorithm", async () => {
        const { registry } = world();
        const elsewhere = passkeyHolder("phone", "mallory.example");
        const args = withArgument(importing(world(), alice, elsewhere), 3, importing(world(), alice, phone)[3]);
        await expect(registry.importAuthorization(...args)).to.be.revertedWithCustomError(
          registry,
          "SubkeyRegistryInvalidSignature",
        );
        const other = { ...toContractSubkey(phone.subkey), algorithm: 1 };
        await expect(
          registry.importAuthorization(...withArgument(importing(world(), alice, phone), 1, other)),
        ).to.be.revertedWithCustomError(registry, "SubkeyTextInvalidPublicKey");
      });

      it("gives nothing for malleable or malformed signatures", async () => {
        const { registry } = world();
        const args = importing(world(), alice, phone);
        const v = Number(dataSlice(args[3], 64));
        for (const signature of [
          withHighS(args[3]),
          withV(args[3], 55 - v),
          `0x${"00".repeat(65)}`,
          withV(args[3], 29),
          dataSlice(args[3], 1),
        ]) {
          await expect(registry.importAuthorization(...withArgument(args, 3, signature))).to.be.revertedWithCustomError(
            registry,
            "SubkeyRegistryInvalidSignature",
          );
        }
      });

      it("does not take a signature of one kind for the other", async () => {
        const { registry } = world();
        const typed = authorizing(world(), alice, phone, { name: "" });
        const text = importing(world(), alice, phone);
        await expect(registry.importAuthorization(...withArgument(text, 3, typed[1]))).to.be.revertedWithCustomError(
          registry,
          "SubkeyRegistryInvalidSignature",
        );
        await expect(registry.authorize(...withArgument(typed, 1, text[3]))).to.be.revertedWithCustomError(
          registry,
          "SubkeyRegistryInvalidSignature",
        );
      });
    });

    it("refuses bad keys, rp ids, own keys and long proofs as authorize does", async () => {
      const { registry } = world();
      const args = importing(world(), alice, phone);
      const short = hexlify(new Uint8Array(63));
      for (const [index, value, error] of [
        [0, short, "SubkeyRegistryInvalidPublicKey"],
        [1, { ...args[1], publicKey: short }, "SubkeyRegistryInvalidPublicKey"],
        [1, { ...args[1], rpId: "" }, "SubkeyTextInvalidRpIdLength"],
        [1, { ...args[1], rpId: 'a"' }, "SubkeyTextInvalidRpIdCharacter"],
        [4, `0x${"00".repeat(4097)}`, "SubkeyRegistryProofTooLong"],
      ] as const) {
        await expect(registry.importAuthorization(...withArgument(args, index, value))).to.be.revertedWithCustomError(
          registry,
          error,
        );
      }
      await expect(
        registry.importAuthorization(...importing(world(), alice, accountHolder("alice"))),
      ).to.be.revertedWithCustomError(registry, "SubkeyRegistryOwnKey");
    });
  });
});
