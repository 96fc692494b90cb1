import { didKey, publicKeyOf } from "@syngraph/sdk/protocol";
import { expect } from "chai";

describe("didKey", () => {
  it("names a key as the did:key method does", () => {
    // A test vector of https://w3c-ccg.github.io/did-key-spec/ for secp256k1.
    const key = publicKeyOf("0x9085d2bef69286a6cbb51623c8fa258629945cd55ca705cc4e66700396894e0c");
    expect(didKey(key)).to.equal("did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme");
  });
});
