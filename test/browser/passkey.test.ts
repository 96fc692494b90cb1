import { writeFile } from "node:fs/promises";

import {
  type SubkeyDomain,
  signSubkeyDigest,
  subkeyAuthorizationHash,
  subkeyId,
  subkeyRevocationHash,
  toContractSubkey,
  webAuthnProof,
} from "@syngraph/sdk/protocol";
import { expect } from "chai";
import type { Browser } from "playwright-core";

import { launchBrowser } from "../helpers/browser.ts";
import { type BrowserPasskey, PasskeySite, createPasskey } from "../helpers/browserPasskey.ts";
import { person } from "../helpers/contractLinks.ts";
import { WEBAUTHN_VECTOR_FILE } from "../helpers/contractVectors.ts";
import { startSubkeys } from "../helpers/contractSubkeys.ts";

const alice = person("alice");

/** Whether to store what the browser made as the shared vector. */
const isWriting = process.env.WRITE_VECTORS === "1";

function authorizationOf({ publicKey, rpId }: Pick<BrowserPasskey, "publicKey" | "rpId">) {
  const subkey = { algorithm: "es256" as const, publicKey, rpId };
  return { avatar: alice.address, subkey, name: "Chromium's passkey", expiresAt: 0, nonce: 0 };
}

describe("A browser's passkey", () => {
  const site = new PasskeySite();
  let browser: Browser;
  let chain: Awaited<ReturnType<typeof startSubkeys>>;
  let domain: SubkeyDomain;

  before(async function () {
    this.timeout(120_000);
    await site.listen();
    browser = await launchBrowser();
    chain = await startSubkeys();
    ({ domain } = chain);
  });
  after(async () => {
    await chain?.connection.close();
    await browser?.close();
    await site.close();
  });

  it("is authorised by its own assertion, acts, and renounces", async () => {
    const { registry } = chain;
    const passkey = await createPasskey(browser, site, "localhost");
    const authorization = authorizationOf(passkey);
    const { subkey } = authorization;
    const digest = subkeyAuthorizationHash(domain, authorization);
    const assertion = await passkey.assert(digest);
    const call = { ...authorization, subkey: toContractSubkey(subkey) };
    await registry.authorize(call, signSubkeyDigest(alice.privateKey, digest), webAuthnProof(assertion));
    expect(await registry.isValid(alice.address, subkeyId(subkey))).to.equal(true);

    const signed = webAuthnProof(await passkey.assert(`0x${"ab".repeat(32)}`));
    const check = [alice.address, call.subkey, `0x${"ab".repeat(32)}`, signed] as const;
    expect(await registry.isValidSignature(...check)).to.equal(true);

    const end = subkeyRevocationHash(domain, { ...authorization, nonce: 1 });
    await registry.renounce(alice.address, call.subkey, 1, webAuthnProof(await passkey.assert(end)));
    expect(await registry.isValidSignature(...check)).to.equal(false);

    if (isWriting) {
      const vector = { origin: `Chromium ${browser.version()}`, domain, authorization, assertion };
      await writeFile(WEBAUTHN_VECTOR_FILE, `${JSON.stringify(vector, null, 1)}\n`);
    }
  });

  it("of another site is refused under this one's name, and this one's for what it did not sign", async () => {
    const { registry } = chain;
    const [own, mallorys] = [
      await createPasskey(browser, site, "localhost"),
      await createPasskey(browser, site, "mallory.localhost"),
    ];
    const pretended = authorizationOf({ ...mallorys, rpId: "localhost" });
    const digest = subkeyAuthorizationHash(domain, pretended);
    const other = subkeyAuthorizationHash(domain, { ...authorizationOf(own), name: "another" });
    for (const [authorization, proof] of [
      [pretended, webAuthnProof(await mallorys.assert(digest))],
      [authorizationOf(own), webAuthnProof(await own.assert(other))],
    ] as const) {
      const signature = signSubkeyDigest(alice.privateKey, subkeyAuthorizationHash(domain, authorization));
      const call = { ...authorization, subkey: toContractSubkey(authorization.subkey) };
      await expect(registry.authorize(call, signature, proof)).to.be.revertedWithCustomError(
        registry,
        "SubkeyRegistryInvalidPossession",
      );
    }
  });
});
