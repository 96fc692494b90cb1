import { inspect } from "node:util";

import {
  Avatar,
  InputError,
  KeystoreError,
  type PasskeyKeystore,
  type TextSigner,
  WalletError,
  keystorePublicKey,
  walletKeyText,
  walletSigner,
} from "@syngraph/sdk";
import { publicKeyOf, recoverPublicKey, recoverSubkeySigner } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { HDNodeWallet, Signature, Wallet, encryptKeystoreJson, id, toUtf8String } from "ethers";

import { failure } from "./failure.ts";

const PASSWORD = "correct horse battery staple";
/** Quick, as no user's may be. */
const scrypt = { N: 1024 };

/** The wallet of a test, always the same one. */
const wallet = HDNodeWallet.fromPhrase("test test test test test test test test test test test junk");

describe("SDK: avatar", () => {
  describe("a key", () => {
    it("is known by its public key and address, and signs", () => {
      const avatar = Avatar.create();
      const key = publicKeyOf(avatar.exportKey());
      expect(avatar).to.include({ publicKey: key.compressed, address: key.address });
      expect(recoverPublicKey("a text", avatar.sign("a text")).compressed).to.equal(avatar.publicKey);
      expect(recoverSubkeySigner(id("x"), avatar.signDigest(id("x"))).compressed).to.equal(avatar.publicKey);
      expect(Avatar.create().publicKey).to.not.equal(avatar.publicKey);
    });

    it("is read from hex in any form", () => {
      const bare = "AB".repeat(32);
      for (const text of [bare, `0x${bare}`, ` 0X${bare.toLowerCase()}\n`]) {
        expect(Avatar.fromKey(text).exportKey()).to.equal(`0x${"ab".repeat(32)}`);
      }
    });

    it("is refused where it is none, without being quoted", async () => {
      const bad = ["", "0x", "ab".repeat(31), `0x${"00".repeat(32)}`, `0x${"ff".repeat(32)}`, "g".repeat(64)];
      for (const text of bad) {
        const error = await failure(() => Avatar.fromKey(text), InputError);
        expect(error).to.include({ code: "input", field: "key" });
        if (text !== "" && text !== "0x") expect(inspect(error, { depth: 9 })).to.not.include(text.replace("0x", ""));
      }
    });

    it("stays out of everything that prints or copies the avatar", () => {
      const avatar = Avatar.create();
      const secret = avatar.exportKey().slice(2);
      const seen = [
        JSON.stringify({ avatar }),
        String(avatar),
        inspect(avatar, { showHidden: true, depth: 9, getters: true }),
        inspect({ nested: [avatar] }, { showProxy: true, depth: 9 }),
        JSON.stringify(Object.getOwnPropertyDescriptors(avatar)),
        JSON.stringify(structuredClone({ ...avatar })),
      ];
      for (const text of seen) expect(text).to.not.include(secret);
      expect(JSON.parse(seen[0]!)).to.deep.equal({ avatar: { publicKey: avatar.publicKey, address: avatar.address } });
    });
  });

  describe("a keystore", () => {
    it("is what other programs read, and is opened again", async () => {
      const avatar = Avatar.create();
      const progress: number[] = [];
      const json = await avatar.toKeystore(PASSWORD, { scrypt, onProgress: (done) => void progress.push(done) });
      expect(json).to.not.include(avatar.exportKey().slice(2));
      expect(progress.at(-1)).to.equal(1);
      expect((await Wallet.fromEncryptedJson(json, PASSWORD)).address).to.equal(avatar.address);
      expect(keystorePublicKey(json)!.compressed).to.equal(avatar.publicKey);
      expect((await Avatar.fromKeystore(json, PASSWORD)).publicKey).to.equal(avatar.publicKey);
      const other = Wallet.createRandom();
      const theirs = await encryptKeystoreJson({ address: other.address, privateKey: other.privateKey }, PASSWORD, {
        scrypt,
      });
      expect((await Avatar.fromKeystore(theirs, PASSWORD)).address).to.equal(other.address);
      expect(keystorePublicKey(theirs)).to.equal(null);
    }).timeout(120_000);

    it("is refused where the password is wrong, or it was exchanged, altered or is none", async () => {
      const json = await Avatar.create().toKeystore(PASSWORD, { scrypt });
      const exchanged = JSON.stringify({ ...JSON.parse(json), "x-syngraph": { publicKey: Avatar.create().publicKey } });
      const cases: [string, string, string][] = [
        [json, "another", "wrong_password"],
        [json.replace(/"mac":"..../, '"mac":"0000'), PASSWORD, "wrong_password"],
        [exchanged, PASSWORD, "keystore_altered"],
        [json.replace(/"publicKey":"0x../, '"publicKey":"0xzz'), PASSWORD, "keystore_invalid"],
        ["{}", PASSWORD, "keystore_invalid"],
        ["no json", PASSWORD, "keystore_invalid"],
      ];
      for (const [text, password, code] of cases) {
        const error = await failure(Avatar.fromKeystore(text, password), KeystoreError);
        expect(error.code, text.slice(0, 40)).to.equal(code);
      }
    });

    it("of somebody who means to fill the memory is refused before it can", async () => {
      const keystore = JSON.parse(await Avatar.create().toKeystore(PASSWORD, { scrypt }));
      const { kdfparams } = keystore.Crypto;
      const dear = { ...kdfparams, n: 2 ** 30 };
      const hidden = [
        { ...keystore.Crypto, kdfparams: { ...dear, N: 2 } },
        { ...keystore.Crypto, kdfparams: dear, KDFParams: kdfparams },
      ];
      const changes = [{ n: 2 ** 30 }, { r: 2 ** 24 }, { p: 2 ** 20 }, { N: 2 ** 40, n: undefined }, { c: 2 ** 23 }];
      for (const Crypto of [
        ...changes.map((change) => ({ ...keystore.Crypto, kdfparams: { ...kdfparams, ...change } })),
        ...hidden,
      ]) {
        const error = await failure(
          Avatar.fromKeystore(JSON.stringify({ ...keystore, Crypto }), PASSWORD),
          KeystoreError,
        );
        expect(error.message, JSON.stringify(Crypto)).to.include("memory or time");
      }
      // ethers takes the first of what differs by case alone.
      const twice = JSON.stringify({ ...keystore, Crypto: undefined, CRYPTO: keystore.Crypto });
      const ahead = twice.replace(
        "{",
        `{"Crypto":${JSON.stringify({ ...keystore.Crypto, kdfparams: { ...kdfparams, n: 2 ** 40 } })},`,
      );
      expect((await failure(Avatar.fromKeystore(ahead, PASSWORD), KeystoreError)).message).to.include("memory or time");
    });
  });

  describe("out of a wallet", () => {
    it("is always the same, another one for each index and wallet, and not the wallet's own key", async () => {
      const first = await Avatar.fromWallet(wallet);
      expect(first.publicKey).to.equal((await Avatar.fromWallet(wallet)).publicKey);
      // Never to change: whoever has an avatar so would lose it.
      expect(first.publicKey).to.equal("0x03a582a23143120b8f7ae4bcdb733283c44f8f167bd4489bf17cc64c4e768b3e9b");
      expect(first.address).to.not.equal(wallet.address);
      const others = [await Avatar.fromWallet(wallet, { index: 2 }), await Avatar.fromWallet(Wallet.createRandom())];
      expect(new Set([first, ...others].map(({ publicKey }) => publicKey)).size).to.equal(3);
    });

    it("is the same whichever way the wallet writes v, and by EIP-1193", async () => {
      const { publicKey } = await Avatar.fromWallet(wallet);
      const plain: TextSigner = {
        address: wallet.address.toLowerCase(),
        signText: async (text) => {
          const { r, s, yParity } = Signature.from(await wallet.signMessage(text));
          return r + s.slice(2) + (yParity === 0 ? "00" : "01");
        },
      };
      expect((await Avatar.fromWallet(plain)).publicKey).to.equal(publicKey);
      const asked: string[] = [];
      const provider = {
        request: async ({ method, params }: { method: string; params?: readonly unknown[] | object }) => {
          asked.push(method);
          return wallet.signMessage(toUtf8String((params as string[])[0]!));
        },
      };
      expect((await Avatar.fromWallet(walletSigner(provider, wallet.address))).publicKey).to.equal(publicKey);
      expect(asked).to.deep.equal(["personal_sign", "personal_sign"]);
    });

    it("asks for a text that says what the signature is, and for whom", () => {
      const text = walletKeyText(wallet.address, 1);
      expect(text).to.include("This signature IS the key of your avatar").and.to.include("Anywhere else, refuse");
      expect(text).to.include(wallet.address);
    });

    it("is refused where the wallet signs each time anew, something else, with another key, or as a contract", async () => {
      const { address } = wallet;
      let times = 0;
      const liars: TextSigner[] = [
        // What MPC and other wallets do that do not sign by RFC 6979: the second one is good, and another one.
        { address, signText: (text) => wallet.signMessage(times++ === 0 ? text : `${text} `) },
        { address, signText: (text) => wallet.signMessage(`${text}!`) },
        { address, signText: (text) => Wallet.createRandom().signMessage(text) },
        { address, signText: async () => `0x${"12".repeat(96)}` },
        { address, signText: async () => "yes" },
      ];
      for (const liar of liars) {
        expect((await failure(Avatar.fromWallet(liar), WalletError)).code).to.equal("wallet_signature");
      }
    });

    it("says that its user refused, or that the wallet failed", async () => {
      const saying = (error: object) => walletSigner({ request: () => Promise.reject(error) }, wallet.address);
      const rejected = await failure(Avatar.fromWallet(saying({ code: 4001, message: "no" })), WalletError);
      expect(rejected.code).to.equal("wallet_rejected");
      const failed = await failure(Avatar.fromWallet(saying({ code: -32603, message: "internal" })), WalletError);
      expect(failed).to.include({ code: "wallet_failed" });
      expect(failed.message).to.include("internal");
      const mute = walletSigner({ request: async () => null }, wallet.address);
      expect((await failure(Avatar.fromWallet(mute), WalletError)).code).to.equal("wallet_failed");
      await failure(() => walletSigner({ request: async () => null }, "0x12"), InputError);
      for (const index of [0, 1.5, -1, 1e9]) await failure(Avatar.fromWallet(wallet, { index }), InputError);
    });
  });

  describe("a passkey", () => {
    it("is told to be missing where there is no browser", async () => {
      const names = { rpId: "example.com", rpName: "Example", userName: "alice" };
      const error = await failure(Avatar.create().toPasskey(names), KeystoreError);
      expect(error.code).to.equal("passkey_unsupported");
    });

    it("of a damaged keystore is not even asked for", async () => {
      const good = {
        ...{ type: "syngraph-passkey", version: 1, publicKey: Avatar.create().publicKey, rpId: "example.com" },
        ...{ credentialId: "AAAA", prfSalt: "AAAA", iv: "AAAA", ciphertext: "AAAA" },
      };
      const bad = [
        null,
        "text",
        { ...good, type: "another" },
        { ...good, version: 2 },
        { ...good, publicKey: "0x02" },
        { ...good, rpId: "" },
        { ...good, iv: 7 },
        { ...good, ciphertext: "not base64!" },
      ];
      for (const value of bad) {
        const error = await failure(Avatar.fromPasskey(value as PasskeyKeystore), KeystoreError);
        expect(error.code, JSON.stringify(value)).to.equal("keystore_invalid");
      }
      const unopened = await failure(Avatar.fromPasskey(good as PasskeyKeystore), KeystoreError);
      expect(unopened.code).to.equal("passkey_unsupported");
    });
  });
});
