import {
  ProtocolError,
  base1024Alphabet,
  bindingKey,
  compressedPoint,
  contractPublicKey,
  decodeBase1024Signature,
  encodeBase1024,
  head,
  identityKey,
  linkId,
  parsePublicKey,
  parseSignature,
  publicKeyOf,
  recoverPublicKey,
  signText,
} from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { AbiCoder, SigningKey, concat, dataSlice, encodeBase64, getBytes, keccak256, verifyMessage } from "ethers";

import { person, signLink, withHighS, withV } from "../helpers/contractLinks.ts";

const alice = person("alice");
const mallory = person("mallory");
const signature = signText(alice.privateKey, "hello");

describe("parseSignature", () => {
  it("reads bytes, hex and standard Base64, and keeps the form that was published", () => {
    for (const form of [
      signature.raw,
      getBytes(signature.raw),
      signature.base64,
      `0x${signature.raw.slice(2).toUpperCase()}`,
    ]) {
      expect(parseSignature(form)).to.deep.equal(signature);
    }
    expect(parseSignature(signature.canonical)).to.deep.equal({
      raw: signature.canonical,
      base64: encodeBase64(signature.canonical),
      canonical: signature.canonical,
    });
  });

  it("refuses a high s, by which a chain would have two heads", () => {
    expect(() => parseSignature(withHighS(signature.raw))).to.throw(ProtocolError, "EIP-2");
  });

  it("takes an s of exactly half the order, and refuses one more", () => {
    const half = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";
    const r = dataSlice(signature.raw, 0, 32);
    parseSignature(concat([r, `0x${half}`, "0x1b"]));
    expect(() => parseSignature(concat([r, `0x${half.slice(0, -1)}1`, "0x1b"]))).to.throw(ProtocolError, "EIP-2");
  });

  it("refuses another v, and another length", () => {
    for (const v of [2, 26, 29, 35, 255]) {
      expect(() => parseSignature(withV(signature.raw, v))).to.throw(ProtocolError, `not supported: ${v}`);
    }
    for (const bytes of [dataSlice(signature.raw, 0, 64), `${signature.raw}00`, "0x", ""]) {
      expect(() => parseSignature(bytes)).to.throw(ProtocolError, "instead of 65");
    }
  });

  it("refuses Base64 that is not the standard one, whole and padded", () => {
    const { base64 } = signature;
    for (const text of [
      base64.slice(0, -1),
      `${base64}=`,
      ` ${base64}`,
      `${base64}\n`,
      `-_${base64.slice(2)}`,
      "0x0",
    ]) {
      expect(() => parseSignature(text)).to.throw(ProtocolError);
    }
  });

  it("names the field that it was read for", () => {
    expect(() => parseSignature("?", "wallet_signature")).to.throw(ProtocolError, /^wallet_signature: /);
  });
});

describe("signText", () => {
  it("signs as wallets do (EIP-191), deterministically", () => {
    expect(verifyMessage("hello", signature.raw)).to.equal(alice.address);
    expect(signText(alice.privateKey, "hello")).to.deep.equal(signature);
    expect(Number(dataSlice(signature.raw, 64))).to.be.within(27, 28);
  });
});

describe("recoverPublicKey", () => {
  it("finds who signed", () => {
    expect(recoverPublicKey("hello", signature.raw)).to.deep.equal(alice.key);
    expect(recoverPublicKey("hullo", signature.raw)).not.to.deep.equal(alice.key);
  });

  it("refuses what recovers to nobody", () => {
    for (const nobody of [`0x${"00".repeat(64)}1b`, `0x${"ff".repeat(32)}${"11".repeat(32)}1b`]) {
      expect(() => recoverPublicKey("hello", nobody)).to.throw(ProtocolError, "recovers to no public key");
    }
  });
});

describe("head and linkId", () => {
  const signed = signLink(alice, { platform: "github", identity: "alice" });

  it("do not depend on how v was written", () => {
    const { raw, canonical } = signed.signature;
    expect(head(raw)).to.equal(keccak256(canonical));
    expect(head(canonical)).to.equal(head(raw));
    expect(linkId(signed.link, canonical)).to.equal(linkId(signed.link, raw));
  });

  it("commit to the parity, and the linkId to the text", () => {
    const { canonical } = signed.signature;
    const flipped = withV(canonical, 1 - Number(dataSlice(canonical, 64)));
    expect(head(flipped)).not.to.equal(head(canonical));
    expect(linkId({ ...signed.link, identity: "mallory" }, canonical)).not.to.equal(signed.id);
  });
});

describe("identityKey and bindingKey", () => {
  it("are the hashes that the contract makes", () => {
    const abi = AbiCoder.defaultAbiCoder();
    const key = keccak256(abi.encode(["string", "string"], ["github", "é"]));
    expect(identityKey("github", "é")).to.equal(key);
    expect(bindingKey(alice.address, "github", "é")).to.equal(
      keccak256(abi.encode(["address", "bytes32"], [alice.address, key])),
    );
  });

  it("do not confuse where the platform ends and the identity begins", () => {
    expect(identityKey("git", "hubalice")).not.to.equal(identityKey("github", "alice"));
    expect(bindingKey(alice.address, "github", "alice")).not.to.equal(bindingKey(mallory.address, "github", "alice"));
  });
});

describe("parsePublicKey", () => {
  const { compressed, uncompressed } = alice.key;

  it("reads every form that Next.ID's clients write", () => {
    const bare = `0x${uncompressed.slice(4)}`;
    for (const form of [compressed, uncompressed, bare]) {
      for (const text of [form, form.slice(2), form.toUpperCase(), form.slice(2).toUpperCase()]) {
        expect(parsePublicKey(text), text).to.deep.equal(alice.key);
      }
    }
  });

  it("refuses other lengths, other prefixes and points off the curve", () => {
    const offCurve = [`0x02${"ff".repeat(32)}`, `0x02${"00".repeat(31)}05`, `${uncompressed.slice(0, -2)}00`];
    const others = ["", "0x", compressed.slice(0, -2), `${compressed}00`, `0x05${compressed.slice(4)}`, "alice"];
    for (const text of [...others, `0x06${uncompressed.slice(4)}`, ` ${compressed}`, alice.address, ...offCurve]) {
      expect(() => parsePublicKey(text), text).to.throw(ProtocolError, /^public_key: /);
    }
  });

  it("is the key of a private key, as the contract takes it and as its events have it", () => {
    expect(publicKeyOf(alice.privateKey)).to.deep.equal(alice.key);
    const point = contractPublicKey(alice.key);
    expect(keccak256(point).slice(-40)).to.equal(alice.address.slice(2).toLowerCase());
    for (const { key } of [alice, mallory, person("even"), person("odd")]) {
      const xy = contractPublicKey(key);
      expect(compressedPoint(dataSlice(xy, 0, 32), dataSlice(xy, 32))).to.equal(key.compressed);
    }
    expect(new SigningKey(alice.privateKey).compressedPublicKey).to.equal(compressed);
  });
});

describe("base1024", () => {
  const encoded = encodeBase1024(getBytes(signature.raw));

  it("writes a signature as 52 symbols, and reads it back", () => {
    expect([...encoded]).to.have.length(52);
    expect(decodeBase1024Signature(encoded)).to.deep.equal(getBytes(signature.raw));
  });

  it("reads every symbol", () => {
    for (let start = 0; start < 1024; start += 52) {
      const symbols = Array.from({ length: 52 }, (_, index) => base1024Alphabet()[(start + index) % 1024]!).join("");
      expect(encodeBase1024(decodeBase1024Signature(symbols))).to.equal(symbols);
    }
  });

  it("pads other lengths with zero bits", () => {
    expect(encodeBase1024(Uint8Array.of())).to.equal("");
    expect([...encodeBase1024(Uint8Array.of(255))]).to.deep.equal([base1024Alphabet()[0b1111111100]]);
    expect([...encodeBase1024(Uint8Array.of(0, 0, 0, 0, 1))]).to.deep.equal(
      [0, 0, 0, 1].map((value) => base1024Alphabet()[value]),
    );
  });

  it("passes over the variation selectors that platforms add", () => {
    expect(decodeBase1024Signature([...encoded].join("\u{fe0f}") + "\u{fe0f}")).to.deep.equal(getBytes(signature.raw));
  });

  it("refuses other lengths and other symbols, and names the field", () => {
    const symbols = [...encoded];
    for (const text of ["", symbols.slice(1).join(""), `${encoded}${symbols[0]}`]) {
      expect(() => decodeBase1024Signature(text, "wallet_signature")).to.throw(
        ProtocolError,
        /^wallet_signature: .*52/,
      );
    }
    for (const symbol of ["a", "é", "\ud83c", "🀀", "\u200d"]) {
      expect(() => decodeBase1024Signature(symbols.with(9, symbol).join(""))).to.throw(ProtocolError, "no base1024");
    }
  });
});
