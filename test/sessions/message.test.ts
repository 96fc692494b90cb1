import { expect } from "chai";
import { SiweMessage } from "siwe";

import { ApiError } from "../../api/errors.ts";
import { MAX_MESSAGE, readMessage } from "../../api/sessions/message.ts";
import { newPerson } from "../helpers/api.ts";

const NOW = Date.parse("2026-11-21T12:00:00Z") / 1000;
const at = (seconds: number) => new Date((NOW + seconds) * 1000).toISOString();

const GOOD = {
  domain: "app.example",
  address: newPerson().key.address,
  uri: "https://app.example/in",
  version: "1",
  chainId: 31337,
  nonce: "0123456789abcdef",
  issuedAt: at(0),
};

const written = (fields: Partial<SiweMessage> = {}) => new SiweMessage({ ...GOOD, ...fields }).prepareMessage();
const read = (text: string, domains?: string[]) =>
  readMessage(text, { chainId: 31337, now: NOW, ...(domains && { domains }) });

function expectRefused(text: string, status: number, words: RegExp, domains?: string[]): void {
  try {
    read(text, domains);
  } catch (error) {
    expect(error).to.be.instanceOf(ApiError);
    expect((error as ApiError).message).to.match(words);
    expect((error as ApiError).status).to.equal(status);
    return;
  }
  expect.fail(`it was taken: ${text}`);
}

describe("a message to sign in with (EIP-4361)", () => {
  it("is read as it was signed, with statement, resources and all times", () => {
    const resources = ["urn:syngraph:binding:github", "https://app.example/terms"];
    const text = written({
      ...{ statement: "Sign in to App.", resources, requestId: "7" },
      ...{ notBefore: at(-5), expirationTime: at(300) },
    });
    const { domain, address, nonce, resources: found, uri, text: same } = read(text, ["app.example"]);
    expect({ domain, address, nonce, found }).to.deep.equal({
      ...{ domain: "app.example", address: GOOD.address, nonce: GOOD.nonce, found: resources },
    });
    expect(uri.origin).to.equal("https://app.example");
    expect(same).to.equal(text);
  });

  it("is for a domain that is asked for, to the port and the last letter", () => {
    for (const domain of ["evil.example", "app.example.evil.example", "app.example:8443", "sub.app.example"]) {
      expectRefused(written({ domain, uri: `https://${domain}/in` }), 401, /is for .* and this is app/, [
        "app.example",
      ]);
    }
    expectRefused(written({ uri: "https://evil.example/in" }), 401, /is not on its domain/, ["app.example"]);
    expectRefused(written({ uri: "https://app.example@evil.example/" }), 401, /is not on its domain/);
    expectRefused(written({ uri: "urn:app.example" }), 401, /is not on its domain/);
    expectRefused(written({ scheme: "http" }), 401, /scheme http/);
    expectRefused(written({ chainId: 1 }), 401, /is for chain 1/);
  });

  it("is neither over nor to come, give or take a minute between clocks", () => {
    for (const issuedAt of [at(59), at(-600)]) expect(() => read(written({ issuedAt }))).not.to.throw();
    expectRefused(written({ issuedAt: at(61) }), 401, /in the future/);
    expectRefused(written({ issuedAt: at(-661) }), 401, /more than 10 minutes old/);
    expect(() => read(written({ expirationTime: at(-59) }))).not.to.throw();
    expectRefused(written({ expirationTime: at(-61) }), 401, /expired at/);
    expect(() => read(written({ notBefore: at(59) }))).not.to.throw();
    expectRefused(written({ notBefore: at(61) }), 401, /not valid before/);
  });

  it("is of the one form, whatever a lenient reader would see in it", () => {
    const text = written();
    expectRefused("", 400, /EIP-4361/);
    expectRefused(`${text}\n`, 400, /EIP-4361/);
    expectRefused(text.replace("Version: 1", "Version: 2"), 400, /version/);
    expectRefused(text.replace(GOOD.address, GOOD.address.toLowerCase()), 400, /EIP-4361/);
    expectRefused(text.replace("Nonce: ", "Nonce: x\nNonce: "), 400, /EIP-4361/);
    expectRefused(text.replace(/Issued At: .*/, "Issued At: yesterday"), 400, /EIP-4361/);
    expectRefused(text.replace("app.example wants", "app.example\u0000 wants"), 400, /EIP-4361/);
    expectRefused("a".repeat(MAX_MESSAGE + 1), 400, /longer than 2048/);
  });
});
