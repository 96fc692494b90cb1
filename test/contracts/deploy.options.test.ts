import { expect } from "chai";

import { parseAttesters, parseDeploySettings } from "../../scripts/lib/deploySettings.ts";
import { isDevAccount, isLoopback } from "../../scripts/lib/networks.ts";
import { person } from "../helpers/contractLinks.ts";

describe("parseAttesters", () => {
  it("reads addresses and the origins of their endpoints", () => {
    const [one, two] = [person("one").address, person("two").address];
    expect(parseAttesters(`${one.toLowerCase()}=https://one.example/api, ${two}`)).to.deep.equal([
      { address: one, endpoint: "https://one.example" },
      { address: two, endpoint: "" },
    ]);
    expect(parseAttesters("")).to.deep.equal([]);
  });

  it("refuses what is no address, and an endpoint that is no http URL", () => {
    const { address } = person("one");
    for (const text of [
      "alice",
      `${address}=one.example`,
      `${address}=file:///etc/passwd`,
      `${address.slice(0, -1)}=`,
    ]) {
      expect(() => parseAttesters(text), text).to.throw();
    }
  });
});

describe("parseDeploySettings", () => {
  it("reads who governs, the delay and the quorum, and leaves out what is not said", () => {
    const [admin, governor, guardian] = [person("a").address, person("b").address, person("c").address];
    expect(
      parseDeploySettings({
        ADMIN: admin.toLowerCase(),
        GOVERNOR: governor,
        GUARDIAN: guardian,
        GOVERNANCE_DELAY: "0",
        QUORUM: "3",
      }),
    ).to.deep.equal({ admin, governor, guardian, delay: 0, quorum: 3, attesters: [] });
    expect(parseDeploySettings({ ADMIN: "", QUORUM: "", GOVERNANCE_DELAY: "" })).to.deep.equal({ attesters: [] });
  });

  it("refuses what is malformed, and names it", () => {
    for (const [name, text] of [
      ["ADMIN", "alice.eth"],
      ["GOVERNOR", "0x12"],
      ["GUARDIAN", person("a").address.slice(0, -1)],
      ["GOVERNANCE_DELAY", "2 days"],
      ["GOVERNANCE_DELAY", "-1"],
      // Milliseconds: the admin would be locked out for five years.
      ["GOVERNANCE_DELAY", "172800000"],
      ["QUORUM", "0"],
      ["QUORUM", "65536"],
      ["QUORUM", "1.5"],
    ] as const) {
      expect(() => parseDeploySettings({ [name]: text }), `${name}=${text}`).to.throw(`${name}: ${text} is no `);
    }
  });
});

describe("networks", () => {
  it("knows anvil's accounts by their addresses, in any case", () => {
    for (const address of [
      "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
      "0x70997970c51812dc3a010c7d01b50e0d17dc79c8",
      "0x8626f6940e2eb28930efb4cef49b2d1f2c9c1199",
    ]) {
      expect(isDevAccount(address), address).to.equal(true);
    }
    expect(isDevAccount(person("deployer").address)).to.equal(false);
  });

  it("tells this machine from others by the URL", () => {
    for (const url of ["http://127.0.0.1:8545", "http://localhost", "http://[::1]:1", "http://127.9.9.9"]) {
      expect(isLoopback(url), url).to.equal(true);
    }
    for (const url of [
      "https://mainnet.base.org",
      "http://127.0.0.1.example",
      "http://localhost.example",
      "http://10.0.0.1",
      "http://127.0.0.1@evil.example",
    ]) {
      expect(isLoopback(url), url).to.equal(false);
    }
  });
});
