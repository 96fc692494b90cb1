import { toContractSubkey, webAuthnProof } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { AbiCoder, concat, dataSlice, getBytes, hexlify, id, toBeHex } from "ethers";

import { person, withHighS, withV } from "../helpers/contractLinks.ts";
import { Random, fuzzSeed } from "../helpers/contractRandom.ts";
import {
  accountHolder,
  authorizing,
  es256Holder,
  passkeyHolder,
  useSubkeys,
  withArgument,
  withSmallV,
} from "../helpers/contractSubkeys.ts";
import { type PasskeyLies, assertWith, es256Key } from "../helpers/passkey.ts";

const alice = person("alice");
const digest = id("a digest");
const key = es256Key("phone");
const raw = es256Holder("phone");
const passkey = passkeyHolder("phone");
const account = accountHolder("laptop");
const seed = fuzzSeed();

/** The order of P-256. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** A signature that the precompile knows (project Wycheproof, as OpenZeppelin quotes it): hash, r, s, x, y. */
const KNOWN = concat([
  "0xbb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023",
  toBeHex(5, 32),
  toBeHex(1, 32),
  "0xa71af64de5126a4a4e02b7922d66ce9415ce88a4c9d25514d91082c8725ac957",
  "0x5d47723c8fbe580bb369fec9c2665d8e30a435b9932645482e7c9f11e872296b",
]);
const PRECOMPILE = "0x0000000000000000000000000000000000000100";

/** A signature of 64 bytes r ‖ s with the other s. */
function withOtherS(signature: string): string {
  return concat([dataSlice(signature, 0, 32), toBeHex(ORDER - BigInt(dataSlice(signature, 32)), 32)]);
}

const AUTH =
  "tuple(bytes32 r,bytes32 s,uint256 challengeIndex,uint256 typeIndex,bytes authenticatorData,bytes clientDataJSON)";

/** An encoded assertion with one field changed. */
function withField(proof: string, name: string, change: (value: never) => unknown): string {
  const abi = AbiCoder.defaultAbiCoder();
  const fields = abi.decode([AUTH], concat([toBeHex(32, 32), proof]))[0].toObject();
  return dataSlice(abi.encode([AUTH], [{ ...fields, [name]: change(fields[name] as never) }]), 32);
}

for (const withoutP256 of [false, true]) {
  describe(`SubkeyRegistry, on a chain with${withoutP256 ? "out" : ""} the P-256 precompile`, () => {
    const world = useSubkeys({ withoutP256 });

    /** What the contract says of a signature by somebody who has that subkey. */
    function verifies({ subkey }: { subkey: typeof raw.subkey }, signature: string, over = digest): Promise<boolean> {
      return world().harness.verify(toContractSubkey(subkey), over, signature);
    }

    /** What it says of an assertion by a passkey that is not as it should be. */
    function asserts(lies: PasskeyLies, rpId = "example.com"): Promise<boolean> {
      return verifies(passkey, webAuthnProof(assertWith(key, rpId, digest, lies)));
    }

    it("is what it says it is", async () => {
      const answer = await world().ethers.provider.call({ to: PRECOMPILE, data: KNOWN });
      expect(answer).to.equal(withoutP256 ? "0x" : toBeHex(1, 32));
    });

    it("authorises keys of every kind", async () => {
      const { registry } = world();
      for (const holder of [account, es256Holder("tablet"), passkey]) {
        await registry.authorize(...authorizing(world(), alice, holder));
        expect(await registry.isValid(alice.address, holder.id)).to.equal(true);
      }
    });

    describe("es256", () => {
      it("verifies what WebCrypto signs, many times", async () => {
        for (let round = 0; round < 10; round++) {
          const other = id(String(round));
          expect(await verifies(raw, raw.prove(other), other)).to.equal(true);
        }
      });

      it("refuses the mirrored signature with a high s, so that there is one form only", async () => {
        const low = raw.prove(digest);
        expect(await verifies(raw, low)).to.equal(true);
        expect(await verifies(raw, withOtherS(low))).to.equal(false);
      });

      it("refuses another digest, another key, a changed bit, zeros, and a key that is no point", async () => {
        const good = raw.prove(digest);
        expect(await verifies(raw, good, id("another"))).to.equal(false);
        expect(await verifies(es256Holder("mallory"), good)).to.equal(false);
        const changed = getBytes(good);
        changed[7]! ^= 1;
        expect(await verifies(raw, hexlify(changed))).to.equal(false);
        expect(await verifies(raw, `0x${"00".repeat(64)}`)).to.equal(false);
        const { subkey } = raw;
        for (const publicKey of [`0x${"00".repeat(64)}`, `0x${"11".repeat(64)}`, `0x${"ff".repeat(64)}`]) {
          expect(await verifies({ subkey: { ...subkey, publicKey } }, good), publicKey).to.equal(false);
        }
      });

      it("does not take an assertion's signature for its own, nor lends its own to an assertion", async () => {
        const assertion = passkey.prove(digest);
        expect(await verifies(raw, dataSlice(assertion, 0, 64))).to.equal(false);
        const own = raw.prove(digest);
        const lent = concat([own, dataSlice(assertion, 64)]);
        expect(await verifies(passkey, lent)).to.equal(false);
      });

      it("refuses other lengths", async () => {
        const good = raw.prove(digest);
        for (const bytes of ["0x", dataSlice(good, 1), `${good}00`, withV(`${good}00`, 27)]) {
          expect(await verifies(raw, bytes)).to.equal(false);
        }
      });
    });

    describe("passkey", () => {
      it("verifies an assertion, with and without user verification and backup", async () => {
        for (const flags of [0x01, 0x05, 0x09, 0x19, 0x1d]) {
          expect(await asserts({ flags }), flags.toString(16)).to.equal(true);
        }
      });

      it("refuses an assertion without user presence", async () => {
        expect(await asserts({ flags: 0x00 })).to.equal(false);
        expect(await asserts({ flags: 0x04 })).to.equal(false);
      });

      it("refuses flags that contradict each other: backed up, yet not eligible for it", async () => {
        expect(await asserts({ flags: 0x11 })).to.equal(false);
      });

      it("refuses an assertion for another rp id, from whatever origin", async () => {
        expect(await asserts({ rpId: "mallory.example" })).to.equal(false);
        expect(await asserts({}, "mallory.example")).to.equal(false);
        expect(await asserts({ rpId: "EXAMPLE.COM" })).to.equal(false);
      });

      it("refuses another challenge, also one that only begins alike", async () => {
        expect(await asserts({ challenge: "AAAA" })).to.equal(false);
        const right = JSON.parse(
          Buffer.from(getBytes(assertWith(key, "", digest).clientDataJSON)).toString(),
        ).challenge;
        expect(await asserts({ challenge: `${right}A` })).to.equal(false);
        expect(await asserts({ challenge: right.slice(0, -1) })).to.equal(false);
        expect(await asserts({ challenge: right })).to.equal(true);
      });

      it("refuses the signature of a registration", async () => {
        expect(await asserts({ type: "webauthn.create" })).to.equal(false);
      });

      it("refuses a high s, other indexes, other data, and data cut short", async () => {
        const good = passkey.prove(digest);
        expect(await verifies(passkey, good)).to.equal(true);
        for (const [name, change] of [
          ["s", (s: string) => toBeHex(ORDER - BigInt(s), 32)],
          ["r", () => toBeHex(1, 32)],
          ["challengeIndex", (index: bigint) => index + 1n],
          ["challengeIndex", () => 2n ** 256n - 1n],
          ["typeIndex", (index: bigint) => index + 1n],
          ["typeIndex", () => 2n ** 256n - 1n],
          // Read as they stand, these use up all gas.
          ["typeIndex", () => 2n ** 255n],
          ["challengeIndex", () => 2n ** 255n],
          ["authenticatorData", (data: string) => `${data}00`],
          ["authenticatorData", (data: string) => dataSlice(data, 0, 36)],
          ["authenticatorData", () => "0x"],
          ["clientDataJSON", (data: string) => `${data}00`],
          ["clientDataJSON", () => "0x"],
        ] as const) {
          expect(await verifies(passkey, withField(good, name, change as never)), name).to.equal(false);
        }
      });

      it("refuses an assertion by another passkey of the same rp id", async () => {
        expect(await verifies(passkeyHolder("mallory"), passkey.prove(digest))).to.equal(false);
      });

      it(`is never brought to revert by bytes that are no assertion (FUZZ_SEED=${seed})`, async () => {
        const random = new Random(seed);
        const good = getBytes(passkey.prove(digest));
        for (let round = 0; round < 150; round++) {
          const bytes = random.once(3) ? good.slice(0, random.between(0, good.length)) : Uint8Array.from(good);
          // Mostly in the heads and lengths, where offsets stand.
          for (let count = random.between(1, 4); count > 0 && bytes.length > 0; count--) {
            const word = 32 * random.between(0, Math.min(7, Math.floor((bytes.length - 1) / 32)));
            const at = Math.min(random.once(2) ? word + 31 : word + random.between(0, 31), bytes.length - 1);
            bytes[at] = random.once(2) ? 0xff : random.between(0, 255);
          }
          if (hexlify(bytes) === hexlify(good)) continue;
          expect(await verifies(passkey, hexlify(bytes)), hexlify(bytes)).to.equal(false);
        }
      });
    });

    describe("secp256k1", () => {
      it("verifies with v in {0, 1} and in {27, 28}", async () => {
        const good = account.prove(digest);
        expect(await verifies(account, good)).to.equal(true);
        expect(await verifies(account, withSmallV(good))).to.equal(true);
      });

      it("refuses a flipped v, a high s, another digest, another key, other lengths and other v", async () => {
        const good = account.prove(digest);
        const v = Number(dataSlice(good, 64));
        for (const bad of [
          withV(good, 55 - v),
          withHighS(good),
          withV(good, 29),
          "0x",
          dataSlice(good, 0, 64),
          `${good}00`,
          `0x${"00".repeat(65)}`,
        ]) {
          expect(await verifies(account, bad), bad).to.equal(false);
        }
        expect(await verifies(account, good, id("another"))).to.equal(false);
        expect(await verifies(accountHolder("mallory"), good)).to.equal(false);
      });

      it("does not take a P-256 signature, nor es256 an account's", async () => {
        expect(await verifies(account, raw.prove(digest))).to.equal(false);
        expect(await verifies(raw, account.prove(digest))).to.equal(false);
      });
    });

    describe("isValidSignature", () => {
      it("takes a digest signed by a subkey that is valid now", async () => {
        const { registry } = world();
        for (const holder of [account, passkey]) {
          const args = [alice.address, toContractSubkey(holder.subkey), digest, holder.prove(digest)] as const;
          expect(await registry.isValidSignature(...args)).to.equal(false);
          await registry.authorize(...authorizing(world(), alice, holder));
          expect(await registry.isValidSignature(...args)).to.equal(true);
          expect(await registry.isValidSignature(...withArgument(args, 0, person("bob").address))).to.equal(false);
          expect(await registry.isValidSignature(...withArgument(args, 2, id("another")))).to.equal(false);
          const elsewhere = toContractSubkey({ ...holder.subkey, rpId: "other.example" });
          expect(await registry.isValidSignature(...withArgument(args, 1, elsewhere))).to.equal(false);
          const cut = toContractSubkey({ ...holder.subkey, publicKey: "0x" });
          expect(await registry.isValidSignature(...withArgument(args, 1, cut))).to.equal(false);
        }
      });

      it("refuses it after the subkey was revoked", async () => {
        const { registry } = world();
        await registry.authorize(...authorizing(world(), alice, raw));
        const args = [alice.address, toContractSubkey(raw.subkey), digest, raw.prove(digest)] as const;
        expect(await registry.isValidSignature(...args)).to.equal(true);
        const signer = await world().ethers.getImpersonatedSigner(alice.address);
        await world().networkHelpers.setBalance(alice.address, 10n ** 18n);
        await registry.connect(signer).revoke(raw.id);
        expect(await registry.isValidSignature(...args)).to.equal(false);
      });
    });
  });
}
