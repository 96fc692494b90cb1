import { type Link, isSolanaSignature, parseSolanaAddress, signPayload } from "@syngraph/sdk/protocol";
import { ED25519_TORSION_SUBGROUP } from "@noble/curves/ed25519";
import { expect } from "chai";
import { decodeBase58, encodeBase58, encodeBase64, getBytes, hexlify, toBeHex } from "ethers";
import nacl from "tweetnacl";

import { verifySolanaWallet } from "../../api/platforms/solana.ts";
import { CheckError } from "../../api/platforms/types.ts";
import { newSolanaWallet } from "../helpers/solanaWallet.ts";
import nextid from "../vectors/nextid.json" with { type: "json" };
import { newLink, newSigner } from "./claims.ts";

const avatar = newSigner();

/** The order of ed25519's group (RFC 8032, section 5.1). */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The signature with the group's order added to S: the same equation, other bytes. */
function withGreatS(signature: Uint8Array): Uint8Array {
  const s = BigInt(hexlify(Uint8Array.from(signature.slice(32)).reverse())) + ORDER;
  return Uint8Array.from([...signature.slice(0, 32), ...getBytes(toBeHex(s, 32)).reverse()]);
}

describe("verifySolanaWallet", () => {
  const wallet = newSolanaWallet();
  let link: Link;
  let signature: Uint8Array;
  beforeEach(() => {
    link = newLink(avatar, "solana", wallet.address);
    signature = wallet.sign(signPayload(link));
  });

  const refused = (text: string, message: string, other = link) =>
    expect(() => verifySolanaWallet(other, text))
      .to.throw(CheckError, message)
      .with.property("severity", "final");

  it("takes the wallet's signature of the avatar's text in Base58 and Base64, and keeps Base58", () => {
    expect(signPayload(link)).to.include(`"persona":"${avatar.publicKey.compressed}"`);
    for (const text of [encodeBase58(signature), encodeBase64(signature)]) {
      expect(verifySolanaWallet(link, text)).to.deep.equal({ verified: true, signature: encodeBase58(signature) });
    }
  });

  it("takes the signature of the vector, as other libraries do", () => {
    const { fields, message, wallet_signature_base58: base58 } = nextid.own[0]!;
    const { identity } = fields!;
    expect(isSolanaSignature(message!, base58!, identity!)).to.equal(true);
    const bytes = getBytes(toBeHex(decodeBase58(base58!), 64));
    expect(nacl.sign.detached.verify(Buffer.from(message!), bytes, parseSolanaAddress(identity!))).to.equal(true);
    expect(isSolanaSignature(`${message} `, base58!, identity!)).to.equal(false);
  });

  it("refuses another wallet's, and the wallet's for another avatar, an older link and a delete", () => {
    refused(encodeBase58(newSolanaWallet().sign(signPayload(link))), "not signed by");
    const others: Partial<Link>[] = [
      { avatar: newSigner().publicKey.compressed },
      { createdAt: link.createdAt - 1 },
      { action: "delete" },
      { prev: encodeBase64(new Uint8Array(65)) },
    ];
    for (const change of others) refused(encodeBase58(signature), "not signed by", { ...link, ...change });
  });

  it("refuses the second form that anybody could make of a signature (S above the group's order)", () => {
    const second = withGreatS(signature);
    // It is one: tweetnacl does not look at S.
    const [text, key] = [Buffer.from(signPayload(link)), parseSolanaAddress(wallet.address)];
    expect(nacl.sign.detached.verify(text, second, key)).to.equal(true);
    refused(encodeBase58(second), "not signed by");
  });

  it("refuses keys of small order, for which anybody signs anything, and what is no key", () => {
    const forged = Uint8Array.from([1, ...new Uint8Array(63)]);
    expect(ED25519_TORSION_SUBGROUP).to.have.length(8);
    for (const point of ED25519_TORSION_SUBGROUP) {
      const identity = encodeBase58(getBytes(`0x${point}`));
      expect(() => parseSolanaAddress(identity)).to.throw("not a public key");
      refused(encodeBase58(forged), "not a public key", { ...link, identity });
    }
    // y = p + 1, a second way to write the zero of the group; and a y that no point has.
    for (const bytes of [`0xee${"ff".repeat(30)}7f`, `0x02${"00".repeat(31)}`]) {
      expect(() => parseSolanaAddress(encodeBase58(bytes))).to.throw("not a public key");
    }
  });

  it("refuses a commitment of small order", () => {
    const bytes = Uint8Array.from([...getBytes(`0x${ED25519_TORSION_SUBGROUP[0]}`), ...signature.slice(32)]);
    refused(encodeBase58(bytes), "not signed by");
  });

  it("says that there is none, or that it cannot be read", () => {
    refused("", "wallet_signature not found");
    const base58 = encodeBase58(signature);
    for (const text of [
      base58.slice(1),
      `${base58}1`,
      `0${base58.slice(1)}`,
      "1".repeat(200),
      hexlify(signature),
      " ",
    ]) {
      expect(() => verifySolanaWallet(link, text)).to.throw(CheckError, "signature validation failed");
    }
    refused(encodeBase64(signature.slice(1)), "64 bytes in Base58 or standard Base64");
  });
});
