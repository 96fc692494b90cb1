import { type Link, aliasProof, signPayload } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { decodeBase64, hexlify } from "ethers";

import { verifyOtherAvatar } from "../../api/platforms/nextid.ts";
import { CheckError } from "../../api/platforms/types.ts";
import { newLink, newSigner, sign, signOtherwise } from "./claims.ts";

const avatar = newSigner();
const other = newSigner();

describe("verifyOtherAvatar", () => {
  let link: Link;
  beforeEach(() => {
    link = newLink(avatar, "nextid", other.publicKey.compressed);
  });

  const refused = (signature: string, message: string, changed = link) =>
    expect(() => verifyOtherAvatar(changed, signature))
      .to.throw(CheckError, message)
      .with.property("severity", "final");

  it("takes the other avatar's signature in Base64, and in hex with and without 0x, as the contract wants it", () => {
    expect(signPayload(link)).to.include(`"persona":"${avatar.publicKey.compressed}"`);
    const base64 = sign(other, link);
    const hex = hexlify(decodeBase64(base64));
    const expected = { verified: true, signature: aliasProof(other.publicKey.compressed, hex) };
    for (const text of [base64, hex, hex.slice(2), `0x${hex.slice(2).toUpperCase()}`]) {
      expect(verifyOtherAvatar(link, text)).to.deep.equal(expected);
    }
  });

  it("refuses a stranger's and the avatar's own, and says whose it is", () => {
    for (const signer of [newSigner(), avatar]) {
      refused(
        sign(signer, link),
        `not signed by ${other.publicKey.compressed} over this payload, but by ${signer.publicKey.compressed}`,
      );
    }
  });

  it("refuses the other avatar's for another avatar, an older link and a delete", () => {
    const changes: Partial<Link>[] = [
      { avatar: newSigner().publicKey.compressed },
      { createdAt: link.createdAt - 1 },
      { action: "delete" },
    ];
    for (const change of changes) refused(sign(other, { ...link, ...change }), "not signed by");
  });

  it("refuses an avatar that is its own alias", () => {
    const own = { ...link, identity: avatar.publicKey.compressed };
    refused(sign(avatar, own), "no alias of itself", own);
    refused(sign(avatar, own), "no alias of itself", { ...own, avatar: avatar.publicKey.uncompressed });
  });

  it("refuses high s, what is too short, and what is none", () => {
    refused(signOtherwise(other, link, { highS: true }), "upper half");
    for (const text of ["0x00", "AAAA", "not base64!", "00".repeat(64)]) refused(text, "target_signature");
    refused("", "target_signature not found");
  });
});
