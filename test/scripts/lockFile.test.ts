import { readFile } from "node:fs/promises";

import { expect } from "chai";

import { lockFaults } from "../../scripts/lib/lockFile.ts";

type Packages = Parameters<typeof lockFaults>[0];

describe("lock file", () => {
  let packages: Record<string, Packages[string]>;
  beforeEach(async () => {
    ({ packages } = JSON.parse(await readFile("package-lock.json", "utf8")) as { packages: typeof packages });
  });

  it("names the hash of every package, and every optional one", () => {
    expect(lockFaults(packages)).to.deep.equal([]);
  });

  it("is found out where a hash is missing or weak", () => {
    delete packages["node_modules/ws"]!.integrity;
    packages["sdk/node_modules/commander"]!.integrity = "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=";
    expect(lockFaults(packages)).to.have.members([
      "node_modules/ws has no hash (integrity: none)",
      "sdk/node_modules/commander has no hash (integrity: sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=)",
    ]);
  });

  it("is found out where a package comes from elsewhere than npm's registry", () => {
    packages["node_modules/ws"]!.resolved = "https://registry.npmjs.org.example/ws.tgz";
    packages["node_modules/pg"]!.resolved = "https://registry.npmjs.org/pg/-/pg-8.23.1.tgz";
    expect(lockFaults(packages)).to.deep.equal([
      "node_modules/ws comes from https://registry.npmjs.org.example/ws.tgz, not from https://registry.npmjs.org/",
    ]);
  });

  it("is found out where a binary for another system is left out", () => {
    delete packages["node_modules/@rolldown/binding-darwin-arm64"];
    delete packages["node_modules/@nomicfoundation/edr-win32-x64-msvc"];
    // Another version of it is further out, and another package's.
    delete packages["node_modules/vite/node_modules/@esbuild/win32-x64"];
    expect(packages).to.include.keys("node_modules/@esbuild/win32-x64");
    expect(lockFaults(packages).map((fault) => fault.replace(/ [\d.]+,/, ","))).to.deep.equal([
      "node_modules/@nomicfoundation/edr may use @nomicfoundation/edr-win32-x64-msvc, which is not in it",
      "node_modules/rolldown may use @rolldown/binding-darwin-arm64, which is not in it",
      "node_modules/vite/node_modules/esbuild may use @esbuild/win32-x64, which is not in it",
    ]);
  });
});
