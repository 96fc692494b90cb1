import {
  SUBKEY_AUTHORIZATION_TYPES,
  subkeyAuthorizationHash,
  subkeyDomain,
  subkeyId,
  toContractSubkey,
} from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { TypedDataEncoder, Wallet, ZeroAddress, dataSlice } from "ethers";

import { NOW } from "../helpers/contractClock.ts";
import { person, withHighS, withV } from "../helpers/contractLinks.ts";
import {
  type AuthorizationFields,
  accountHolder,
  authorizing,
  es256Holder,
  passkeyHolder,
  startSubkeys,
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

  /** What `authorize` takes, with one field of the authorisation changed behind the signatures' backs. */
  function tampered(change: object, holder: Pick<typeof phone, "subkey" | "prove" | "id"> = phone) {
    const [authorization, signature, possession] = authorizing(world(), alice, holder);
    return [{ ...authorization, ...change }, signature, possession] as const;
  }

  describe("authorize", () => {
    it("makes a subkey valid, and says everything in one event, whoever hands it in", async () => {
      const { registry, stranger } = world();
      for (const holder of [phone, laptop]) {
        expect(await registry.isValid(alice.address, holder.id)).to.equal(false);
        const args = authorizing(world(), alice, holder, { expiresAt: NOW + 3600 });
        const [authorization, signature, possession] = args;
        await expect(registry.connect(stranger).authorize(...args))
          .to.emit(registry, "SubkeyAuthorized")
          .withArgs(
            alice.address,
            holder.id,
            authorization.subkey.algorithm,
            holder.subkey.publicKey,
            "example.com",
            "Alice's phone",
            NOW + 3600,
            0,
            signature,
            possession,
          );
        expect(await registry.isValid(alice.address, holder.id)).to.equal(true);
        expect(await registry.authorizationOf(alice.address, holder.id)).to.deep.equal([1n, BigInt(NOW + 3600)]);
      }
    });

    it("names subkeys as the SDK does", async () => {
      const { registry } = world();
      for (const { subkey, id } of [phone, laptop]) {
        expect(await registry.subkeyIdOf(toContractSubkey(subkey))).to.equal(id);
      }
    });

    it("tells its domain by ERC-5267, and it is the SDK's", async () => {
      const { registry, domain } = world();
      const { fields, name, version, chainId, verifyingContract, salt, extensions } = await registry.eip712Domain();
      expect([fields, salt, extensions.length]).to.deep.equal(["0x0f", `0x${"00".repeat(32)}`, 0]);
      expect(TypedDataEncoder.hashDomain({ name, version, chainId, verifyingContract })).to.equal(
        TypedDataEncoder.hashDomain(subkeyDomain(domain)),
      );
    });

    it("takes the avatar's signature with v in {0, 1} too, an empty name, and one of 255 bytes", async () => {
      const { registry } = world();
      const [authorization, signature, possession] = authorizing(world(), alice, phone, { name: "" });
      await registry.authorize(authorization, withSmallV(signature), possession);
      await registry.authorize(...authorizing(world(), alice, phone, { name: "🎭".repeat(63), nonce: 1 }));
    });

    it("holds for one rp id, one algorithm and one avatar only", async () => {
      const { registry } = world();
      await registry.authorize(...authorizing(world(), alice, phone));
      const others = [
        { ...phone.subkey, rpId: "other.example" },
        { ...phone.subkey, rpId: "www.example.com" },
        { ...phone.subkey, algorithm: "secp256k1" as const },
        { ...phone.subkey, publicKey: es256Holder("other").subkey.publicKey },
      ];
      for (const other of others) {
        expect(await registry.isValid(alice.address, subkeyId(other))).to.equal(false);
      }
      expect(await registry.isValid(mallory.address, phone.id)).to.equal(false);
      expect(await registry.isValid(ZeroAddress, phone.id)).to.equal(false);
    });

    it("lets two avatars authorise one subkey, each for itself", async () => {
      const { registry } = world();
      const bob = person("bob");
      await registry.authorize(...authorizing(world(), alice, phone));
      await registry.authorize(...authorizing(world(), bob, phone));
      expect(await registry.isValid(alice.address, phone.id)).to.equal(true);
      expect(await registry.isValid(bob.address, phone.id)).to.equal(true);
    });

    it("lets an avatar sign for many subkeys at once, handed in in any order", async () => {
      const { registry } = world();
      const holders = ["a", "b", "c"].map((name) => es256Holder(name));
      const signed = holders.map((holder) => authorizing(world(), alice, holder));
      for (const args of signed.toReversed()) await registry.authorize(...args);
      for (const { id } of holders) expect(await registry.isValid(alice.address, id)).to.equal(true);
    });

    it("changes name and expiry by a new one, and takes neither of them again", async () => {
      const { registry } = world();
      const first = authorizing(world(), alice, phone);
      const second = authorizing(world(), alice, phone, { nonce: 1, expiresAt: NOW + 3600, name: "old phone" });
      await registry.authorize(...first);
      expect(await registry.authorizationOf(alice.address, phone.id)).to.deep.equal([1n, FOREVER]);
      await registry.authorize(...second);
      for (const args of [first, second]) {
        await expect(registry.authorize(...args))
          .to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidNonce")
          .withArgs(alice.address, phone.id, args[0].nonce, 2);
      }
      expect(await registry.authorizationOf(alice.address, phone.id)).to.deep.equal([2n, BigInt(NOW + 3600)]);
    });

    it("of two signed for the same turn takes one", async () => {
      const { registry } = world();
      const [short, long] = [NOW + 3600, 0].map((expiresAt) => authorizing(world(), alice, phone, { expiresAt }));
      await registry.authorize(...short!);
      await expect(registry.authorize(...long!)).to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidNonce");
      expect(await registry.authorizationOf(alice.address, phone.id)).to.deep.equal([1n, BigInt(NOW + 3600)]);
    });

    it("refuses a nonce whose turn has not come", async () => {
      const { registry } = world();
      await expect(registry.authorize(...authorizing(world(), alice, phone, { nonce: 1 })))
        .to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidNonce")
        .withArgs(alice.address, phone.id, 1, 0);
    });

    it("ends at the expiry, to the second, and is not brought back by the same signatures", async () => {
      const { registry, networkHelpers } = world();
      const args = authorizing(world(), alice, phone, { expiresAt: NOW + 3600 });
      await registry.authorize(...args);
      await networkHelpers.time.increaseTo(NOW + 3599);
      expect(await registry.isValid(alice.address, phone.id)).to.equal(true);
      await networkHelpers.time.increaseTo(NOW + 3600);
      expect(await registry.isValid(alice.address, phone.id)).to.equal(false);
      await expect(registry.authorize(...args)).to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidExpiry");
      await registry.authorize(...authorizing(world(), alice, phone, { nonce: 1, expiresAt: NOW + 7200 }));
      expect(await registry.isValid(alice.address, phone.id)).to.equal(true);
    });

    it("refuses one that has expired before it came", async () => {
      const { registry, networkHelpers } = world();
      await networkHelpers.time.setNextBlockTimestamp(NOW + 100);
      await expect(registry.authorize(...authorizing(world(), alice, phone, { expiresAt: NOW + 100 })))
        .to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidExpiry")
        .withArgs(NOW + 100, NOW + 100);
      await networkHelpers.time.setNextBlockTimestamp(NOW + 200);
      await registry.authorize(...authorizing(world(), alice, phone, { expiresAt: NOW + 201 }));
    });

    it("refuses an expiry in milliseconds, which would be none", async () => {
      const { registry, networkHelpers } = world();
      for (const expiresAt of [(NOW + 3600) * 1000, 1e10]) {
        const timestamp = (await networkHelpers.time.latest()) + 1;
        await networkHelpers.time.setNextBlockTimestamp(timestamp);
        await expect(registry.authorize(...authorizing(world(), alice, phone, { expiresAt })))
          .to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidExpiry")
          .withArgs(expiresAt, timestamp);
      }
      await registry.authorize(...authorizing(world(), alice, phone, { expiresAt: 1e10 - 1 }));
    });

    describe("to an attacker", () => {
      it("gives nothing for what was signed for another chain, though the contract has the same address there", async () => {
        const other = await startSubkeys({ chainId: 31338 });
        try {
          const { registry, domain } = world();
          expect(other.domain.verifyingContract).to.equal(domain.verifyingContract);
          const args = authorizing(other, alice, phone);
          await expect(registry.authorize(...args)).to.be.revertedWithCustomError(
            registry,
            "SubkeyRegistryInvalidSignature",
          );
          await other.registry.authorize(...args);
          // Had the avatar signed for both chains, the subkey's own proof still says which one.
          const [authorization, signature] = authorizing(world(), alice, phone);
          await expect(registry.authorize(authorization, signature, args[2])).to.be.revertedWithCustomError(
            registry,
            "SubkeyRegistryInvalidPossession",
          );
        } finally {
          await other.connection.close();
        }
      });

      it("gives nothing for what was signed for another contract, or another name or version of it", async () => {
        const { registry, domain, ethers } = world();
        const twin = await ethers.deployContract("SubkeyRegistry");
        const elsewhere = { ...domain, verifyingContract: await twin.getAddress() };
        await expect(
          registry.authorize(...authorizing(world(), alice, phone, { domain: elsewhere })),
        ).to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidSignature");
        for (const change of [{ name: "Syngraf" }, { version: "2" }]) {
          const [authorization, , possession] = authorizing(world(), alice, phone);
          const signature = await new Wallet(alice.privateKey).signTypedData(
            { ...subkeyDomain(domain), ...change },
            SUBKEY_AUTHORIZATION_TYPES,
            { ...authorization, subkey: phone.subkey },
          );
          await expect(registry.authorize(authorization, signature, possession)).to.be.revertedWithCustomError(
            registry,
            "SubkeyRegistryInvalidSignature",
          );
        }
      });

      it("gives no avatar away: another's name on it, the zero address, a stranger's signature", async () => {
        const { registry } = world();
        for (const avatar of [mallory.address, ZeroAddress]) {
          await expect(registry.authorize(...tampered({ avatar }))).to.be.revertedWithCustomError(
            registry,
            "SubkeyRegistryInvalidSignature",
          );
        }
        const [authorization, , possession] = authorizing(world(), alice, phone);
        const digest = subkeyAuthorizationHash(world().domain, { ...authorization, subkey: phone.subkey });
        const forged = accountHolder("mallory").prove(digest);
        await expect(registry.authorize(authorization, forged, possession))
          .to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidSignature")
          .withArgs(alice.address, mallory.address);
      });

      it("gives no change of what was signed: name, expiry, key, algorithm, rp id", async () => {
        const { registry } = world();
        const subkey = toContractSubkey(phone.subkey);
        for (const change of [
          { name: "" },
          { name: "Mallory's phone" },
          { expiresAt: NOW + 1_000_000 },
          { subkey: { ...subkey, publicKey: es256Holder("mallory").subkey.publicKey } },
          { subkey: { ...subkey, algorithm: 1 } },
          { subkey: { ...subkey, rpId: "mallory.example" } },
        ]) {
          await expect(registry.authorize(...tampered(change)), JSON.stringify(change)).to.be.revertedWithCustomError(
            registry,
            "SubkeyRegistryInvalidSignature",
          );
        }
      });

      it("gives nobody another's subkey: without its proof, with a stolen one, with their own", async () => {
        const { registry } = world();
        const [stolen, own] = [authorizing(world(), alice, phone)[2], es256Holder("mallory").prove];
        const args = authorizing(world(), mallory, phone);
        const digest = subkeyAuthorizationHash(world().domain, { ...args[0], subkey: phone.subkey });
        for (const possession of [stolen, own(digest), args[1], "0x"]) {
          await expect(registry.authorize(...withArgument(args, 2, possession)))
            .to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidPossession")
            .withArgs(phone.id, digest);
        }
        expect(await registry.isValid(mallory.address, phone.id)).to.equal(false);
      });

      it("gives a subkey no more than it agreed to: its proof is of the whole", async () => {
        const { registry } = world();
        const agreed: AuthorizationFields[] = [{ name: "x" }, { expiresAt: NOW + 60 }, { nonce: 1 }];
        for (const fields of agreed) {
          const [, , possession] = authorizing(world(), alice, phone, fields);
          await expect(
            registry.authorize(...withArgument(authorizing(world(), alice, phone), 2, possession)),
          ).to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidPossession");
        }
      });

      it("gives nothing for malleable or malformed signatures", async () => {
        const { registry } = world();
        const args = authorizing(world(), alice, phone);
        const v = Number(dataSlice(args[1], 64));
        for (const signature of [
          withHighS(args[1]),
          withV(args[1], 55 - v),
          `0x${"00".repeat(65)}`,
          withV(args[1], 29),
          dataSlice(args[1], 0, 64),
          `${args[1]}00`,
          "0x",
        ]) {
          await expect(registry.authorize(...withArgument(args, 1, signature))).to.be.revertedWithCustomError(
            registry,
            "SubkeyRegistryInvalidSignature",
          );
        }
      });

      it("who is first gives what was signed, and nothing else", async () => {
        const { registry, stranger } = world();
        const args = authorizing(world(), alice, phone);
        await registry.connect(stranger).authorize(...args);
        await expect(registry.authorize(...args)).to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidNonce");
        expect(await registry.isValid(alice.address, phone.id)).to.equal(true);
        expect(await registry.isValid(stranger.address, phone.id)).to.equal(false);
      });
    });

    describe("of bad input", () => {
      it("refuses an avatar's own key", async () => {
        const { registry } = world();
        await expect(registry.authorize(...authorizing(world(), alice, accountHolder("alice"))))
          .to.be.revertedWithCustomError(registry, "SubkeyRegistryOwnKey")
          .withArgs(alice.address);
      });

      it("refuses public keys of other lengths", async () => {
        const { registry } = world();
        const subkey = toContractSubkey(laptop.subkey);
        for (const publicKey of ["0x", laptop.person.key.compressed, `${subkey.publicKey}00`]) {
          await expect(registry.authorize(...tampered({ subkey: { ...subkey, publicKey } }, laptop)))
            .to.be.revertedWithCustomError(registry, "SubkeyRegistryInvalidPublicKey")
            .withArgs((publicKey.length - 2) / 2);
        }
      });

      it("refuses rp ids that are no domain names in lower case", async () => {
        const { registry } = world();
        const subkey = toContractSubkey(phone.subkey);
        for (const [rpId, at] of [
          ["Example.com", 0],
          ["a b", 1],
          ['a"', 1],
          ["a\\", 1],
          ["localhost:3000", 9],
          ["a_b", 1],
          ["é.example", 0],
          ["a\u0000", 1],
          ["a\u007f", 1],
        ] as const) {
          await expect(registry.authorize(...tampered({ subkey: { ...subkey, rpId } })), rpId)
            .to.be.revertedWithCustomError(registry, "SubkeyTextInvalidRpIdCharacter")
            .withArgs(at);
        }
        for (const rpId of ["", "a".repeat(254)]) {
          await expect(registry.authorize(...tampered({ subkey: { ...subkey, rpId } })))
            .to.be.revertedWithCustomError(registry, "SubkeyTextInvalidRpIdLength")
            .withArgs(rpId.length, 253);
        }
        await registry.authorize(...authorizing(world(), alice, passkeyHolder("phone", "a".repeat(253))));
      });

      it("refuses names that an indexer could not store, or that JSON would escape", async () => {
        const { registry } = world();
        for (const [name, error] of [
          ["a\u0000", "TextInvalidCharacter"],
          ['"', "TextInvalidCharacter"],
          ["\u2028", "TextInvalidCharacter"],
          ["a".repeat(256), "TextInvalidLength"],
        ] as const) {
          await expect(
            registry.authorize(...authorizing(world(), alice, phone, { name })),
          ).to.be.revertedWithCustomError(registry, error);
        }
      });

      it("refuses a proof that is too long", async () => {
        const { registry } = world();
        const args = withArgument(authorizing(world(), alice, phone), 2, `0x${"00".repeat(4097)}`);
        await expect(registry.authorize(...args))
          .to.be.revertedWithCustomError(registry, "SubkeyRegistryProofTooLong")
          .withArgs(4097, 4096);
      });

      it("knows no third algorithm", async () => {
        const { registry, ethers } = world();
        const subkey = { ...toContractSubkey(phone.subkey), algorithm: 2 };
        await expect(registry.authorize(...tampered({ subkey }))).to.be.revertedWithoutReason(ethers);
      });
    });
  });
});
