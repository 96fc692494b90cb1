import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { readConfig } from "../../api/config.ts";

describe("the API's environment", () => {
  const folder = mkdtempSync(join(tmpdir(), "deployments-"));
  const names = ["ProofRegistry", "AttesterRegistry", "SubkeyRegistry"];
  const contracts = Object.fromEntries(names.map((name) => [name, { address: "0x1", block: 0 }]));
  writeFileSync(join(folder, "31337.json"), JSON.stringify({ chainId: 31337, contracts }));
  after(() => rmSync(folder, { recursive: true }));

  const read = (change: Record<string, string>) =>
    readConfig({
      ...{ DATABASE_URL: "postgres://127.0.0.1", RPC_URL_31337: "http://127.0.0.1", DEPLOYMENTS_DIR: folder },
      ...change,
    });

  it("says for which domains users sign in, also where the list is empty or ends with a comma", () => {
    expect(read({ SESSION_DOMAINS: "" }).sessionDomains).to.deep.equal(["localhost:3000", "127.0.0.1:3000"]);
    const PUBLIC_URL = "https://id.example.org";
    expect(read({ PUBLIC_URL, SESSION_DOMAINS: " , " }).sessionDomains).to.deep.equal(["id.example.org"]);
    expect(read({ SESSION_DOMAINS: "A.example, b.example:8443," }).sessionDomains).to.deep.equal([
      "a.example",
      "b.example:8443",
    ]);
  });

  it("says whom to believe about clients' addresses", () => {
    for (const [text, meant] of [
      ["", false],
      ["1", 1],
      ["loopback, 10.0.0.0/8, 2001:db8::1", "loopback, 10.0.0.0/8, 2001:db8::1"],
    ] as const) {
      expect(read({ TRUST_PROXY: text }).trustProxy).to.equal(meant);
    }
  });

  it("is refused by name where nothing good would come of it", () => {
    for (const [change, words] of [
      [{ TRUST_PROXY: "true" }, /^TRUST_PROXY: .*true is neither$/],
      [{ TRUST_PROXY: "10.0.0.1,proxy.internal" }, /^TRUST_PROXY: .*proxy\.internal is neither$/],
      [{ SESSION_DOMAINS: "https://a.example" }, /^SESSION_DOMAINS: https:\/\/a\.example is no domain/],
      [{ SESSION_DOMAINS: "a.example/login" }, /^SESSION_DOMAINS: /],
      [{ RPC_URL_31337: "rpc.example/secret" }, /^RPC_URL_31337: must be an http or https URL$/],
      // Longer than a timer can count, so that it would ring at once and for ever.
      [{ WATCH_INTERVAL_MS: "2147483648" }, /^WATCH_INTERVAL_MS: /],
      [{ SUBMIT_TIMEOUT_MS: "1e12" }, /^SUBMIT_TIMEOUT_MS: /],
    ] as const) {
      expect(() => read(change), JSON.stringify(change)).to.throw(words);
    }
  });
});
