import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { publicKeyOf } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet } from "ethers";

import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { runCli, startCli } from "./runCli.ts";

const GIST = "0123456789abcdef0123456789abcdef";
const LOGIN = "cli-alice";
const DOMAIN = "cli.example.com";

describe("syngraph command over the whole registry", function () {
  this.timeout(120_000);
  const key = Wallet.createRandom().privateKey;
  const wallet = Wallet.createRandom();
  const avatar = publicKeyOf(key);
  let test: TestStack;
  let folder: string;

  before(async () => {
    test = await sharedStack();
    folder = await mkdtemp(join(tmpdir(), "syngraph-cli-"));
  });
  after(() => rm(folder, { recursive: true }));

  const environment = () => ({
    SYNGRAPH_API: test.stack.apiUrl,
    SYNGRAPH_KEY: key,
    SYNGRAPH_KEYSTORE: join(folder, "avatar.json"),
    SYNGRAPH_WALLET_KEY: wallet.privateKey,
  });

  async function run(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await runCli(args, environment());
    expect(code, stderr).to.equal(0);
    return stdout;
  }

  /** Starts a bind, publishes what it prints once it was refused, and waits for its end. */
  async function bind(args: string[], publish: (printed: Record<string, string>) => void): Promise<void> {
    const { child, finished } = startCli([...args, "--every", "0.2", "--json"], environment());
    const [line] = (await once(createInterface({ input: child.stdout! }), "line")) as [string];
    for await (const message of createInterface({ input: child.stderr! })) {
      if (message.startsWith("not there yet")) break;
    }
    publish(JSON.parse(line) as Record<string, string>);
    expect((await finished).code).to.equal(0);
  }

  const isBound = (platform: string, identity: string) => test.registry.isBound(avatar.address, platform, identity);

  it("binds a wallet", async () => {
    await run("bind", "ethereum");
    expect(await isBound("ethereum", wallet.address.toLowerCase())).to.equal(true);
  });

  it("binds a GitHub account by the gist that it prints", async () => {
    await bind(["bind", "github", LOGIN, "--gist", GIST], ({ file, content }) =>
      test.github.publish(GIST, { owner: { login: LOGIN, id: 4711 }, files: { [file!]: content! } }),
    );
    expect(await isBound("github", LOGIN)).to.equal(true);
  });

  it("binds a domain by the record that it prints", async () => {
    await bind(["bind", "dns", DOMAIN], ({ record }) => test.dns.publish(DOMAIN, [[record!]]));
    expect(await isBound("dns", DOMAIN)).to.equal(true);
  });

  it("shows them, by identity and by avatar", async () => {
    for (const name of [LOGIN, wallet.address, avatar.compressed, avatar.address]) {
      const shown = await run("show", name);
      expect(shown).to.include(avatar.compressed);
      expect(shown)
        .to.match(/github +cli-alice +confirmed/)
        .and.to.match(/dns +cli\.example\.com +confirmed/);
    }
  });

  it("takes one back, and verifies the chain of all four links", async () => {
    await run("revoke", "github", LOGIN);
    expect(await isBound("github", LOGIN)).to.equal(false);
    const { links } = JSON.parse(await run("chain", avatar.compressed, "--json")) as {
      links: { action: string; platform: string; verification: { ok: boolean } }[];
    };
    expect(links.map(({ action, platform }) => `${action} ${platform}`)).to.deep.equal([
      "create ethereum",
      "create github",
      "create dns",
      "delete github",
    ]);
    expect(links.every(({ verification }) => verification.ok)).to.equal(true);
  });
});
