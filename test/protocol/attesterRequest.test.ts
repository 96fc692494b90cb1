import { ProtocolError, publicKeyOf, recoverAttesterRequest, signAttesterRequest } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet } from "ethers";

const NOW = 1_770_000_000;
const BODY = '{"platform":"github"}';

describe("an attester's request", () => {
  const { privateKey } = Wallet.createRandom();
  const header = signAttesterRequest(privateKey, BODY, NOW);

  it("tells who asks", () => {
    const { address } = publicKeyOf(privateKey);
    for (const now of [NOW, NOW - 60, NOW + 60]) expect(recoverAttesterRequest(header, BODY, now)).to.equal(address);
  });

  it("is nobody's with another body or another time in it", () => {
    const { address } = publicKeyOf(privateKey);
    expect(recoverAttesterRequest(header, `${BODY} `, NOW)).not.to.equal(address);
    expect(recoverAttesterRequest(header.replace(String(NOW), String(NOW + 1)), BODY, NOW)).not.to.equal(address);
  });

  it("is good for a minute, and refused where it is none", () => {
    expect(() => recoverAttesterRequest(header, BODY, NOW + 61)).to.throw(ProtocolError, "is not of now");
    expect(() => recoverAttesterRequest(header, BODY, NOW - 61)).to.throw(ProtocolError, "is not of now");
    for (const other of ["", "Attester", "Bearer x", `${header}x`, header.replace("=", ""), header.toLowerCase()]) {
      expect(() => recoverAttesterRequest(other, BODY, NOW), other).to.throw(ProtocolError);
    }
  });
});
