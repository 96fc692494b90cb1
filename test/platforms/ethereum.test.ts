import { type Link, signPayload } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { decodeBase64, hexlify } from "ethers";

import { verifyWalletSignature } from "../../api/platforms/ethereum.ts";
import { CheckError } from "../../api/platforms/types.ts";
import { newLink, newSigner, sign, signOtherwise } from "./claims.ts";

const avatar = newSigner();
const wallet = newSigner();
const stranger = newSigner();

describe("verifyWalletSignature", () => {
  let link: Link;

  beforeEach(() => {
    link = newLink(avatar, "ethereum", wallet.publicKey.address.toLowerCase());
  });

  it("accepts the wallet's signature of the avatar's text, in Base64 and in hex", () => {
    expect(signPayload(link)).to.include(`"persona":"${avatar.publicKey.compressed}"`);
    const signature = sign(wallet, link);
    const hex = hexlify(decodeBase64(signature));
    expect(verifyWalletSignature(link, signature)).to.deep.equal({ verified: true, signature: hex });
    expect(verifyWalletSignature(link, hex)).to.deep.equal({ verified: true, signature: hex });
  });

  it("refuses a stranger's and the avatar's own signature, and names both addresses", () => {
    for (const { signer } of [{ signer: stranger }, { signer: avatar }]) {
      const result = verifyWalletSignature(link, sign(signer, link));
      expect(result).to.deep.include({
        verified: false,
        message: `not signed by this wallet: found ${signer.publicKey.address} instead of ${wallet.publicKey.address}`,
      });
    }
  });

  it("refuses the wallet's signature for another avatar, an older link and a delete", () => {
    const others: Link[] = [
      { ...link, avatar: stranger.publicKey.compressed },
      { ...link, createdAt: link.createdAt - 1 },
      { ...link, action: "delete" },
    ];
    for (const other of others) {
      expect(verifyWalletSignature(link, sign(wallet, other))).to.have.property("verified", false);
    }
  });

  it("refuses the second form of a signature (high s)", () => {
    const result = verifyWalletSignature(link, signOtherwise(wallet, link, { highS: true }));
    expect(result).to.have.property("verified", false);
    expect(result).to.have.property("message").that.includes("upper half");
  });

  it("hands on what is no ECDSA signature, which a contract wallet may take", () => {
    const contractSignature = `0x${"00".repeat(64)}0102${"00".repeat(100)}`;
    const result = verifyWalletSignature(link, contractSignature);
    expect(result).to.deep.include({ verified: false, signature: contractSignature });
    expect(result).to.have.property("message").that.includes("Signature length invalid: 166 instead of 65");
  });

  it("says that there is none, or that it cannot be read", () => {
    expect(() => verifyWalletSignature(link, "")).to.throw(CheckError, "wallet_signature not found");
    for (const text of ["0x123", "not base64!", "AAA"]) {
      expect(() => verifyWalletSignature(link, text)).to.throw(CheckError, "error when decoding wallet sig");
    }
  });
});
