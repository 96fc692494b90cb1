import { readFileSync } from "node:fs";

import { subkeyAuthorizationHash, toContractSubkey, webAuthnProof } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { id } from "ethers";

import { useSubkeys } from "../helpers/contractSubkeys.ts";
import { WEBAUTHN_VECTOR_FILE, type WebAuthnVector } from "../helpers/contractVectors.ts";

const { origin, domain, authorization, assertion } = JSON.parse(
  readFileSync(WEBAUTHN_VECTOR_FILE, "utf8"),
) as WebAuthnVector;
const digest = subkeyAuthorizationHash(domain, authorization);
const proof = webAuthnProof(assertion);
const subkey = toContractSubkey(authorization.subkey);

for (const withoutP256 of [false, true]) {
  describe(`${origin}'s assertion, on a chain with${withoutP256 ? "out" : ""} the P-256 precompile`, () => {
    const world = useSubkeys({ withoutP256 });

    it("verifies over the digest that was its challenge, for its rp id, and over nothing else", async () => {
      const { harness } = world();
      expect(await harness.verify(subkey, digest, proof)).to.equal(true);
      expect(await harness.verify(subkey, id("another"), proof)).to.equal(false);
      expect(await harness.verify({ ...subkey, rpId: "example.com" }, digest, proof)).to.equal(false);
    });
  });
}
