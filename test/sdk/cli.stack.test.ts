import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { publicKeyOf, wrapSignature } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet, ZeroHash, encodeBase58, parseEther, toQuantity } from "ethers";

import { newSolanaWallet } from "../helpers/solanaWallet.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { type TestFactory, deployWalletFactory } from "../helpers/walletFactory.ts";
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
  /** How many transactions the wallet has sent. */
  const sent = () => test.provider.getTransactionCount(wallet.address);

  it("binds a wallet", async () => {
    await run("bind", "ethereum");
    expect(await isBound("ethereum", wallet.address.toLowerCase())).to.equal(true);
  });

  it("reads the chain without the node, and needs no API for it", async () => {
    const args = ["chain", avatar.compressed, "--rpc", test.stack.rpcUrl, "--registry", test.registry.target as string];
    const { code, stdout, stderr } = await runCli([...args, "--json"], { SYNGRAPH_API: "http://127.0.0.1:1" });
    expect(code, stderr).to.equal(0);
    const reading = JSON.parse(stdout) as { links: Record<string, unknown>[]; public_key: string; verified: boolean };
    expect(reading).to.include({ verified: true, public_key: avatar.compressed });
    expect(reading.links[0]).to.include({ platform: "ethereum", sequence: 1, status: "confirmed" });
    const asked = ["bound", avatar.compressed, "ethereum", wallet.address.toLowerCase(), ...args.slice(2)];
    expect((await runCli(asked)).stdout).to.match(/^ethereum 0x[0-9a-f]{40} is confirmed since 20/);
    const other = await runCli(asked.with(2, "github"));
    expect(other).to.include({ code: 1 });
    expect(other.stdout).to.match(/^github 0x[0-9a-f]{40} is none\n/);
  });

  it("binds a GitHub account by the gist that it prints", async () => {
    await bind(["bind", "github", LOGIN, "--gist", GIST], ({ file, content }) =>
      test.github.publish(GIST, { owner: { login: LOGIN, id: 4711 }, files: { [file!]: content! } }),
    );
    expect(await isBound("github", LOGIN)).to.equal(true);
  });

  it("binds a domain by the record that it prints, and before that has attesters look alone", async () => {
    const look = async () => {
      const { code, stdout, stderr } = await runCli(["bind", "dns", DOMAIN, "--check", "--json"], environment());
      const [printed, seen] = stdout.trim().split("\n");
      return { code, stderr, record: JSON.parse(printed!).record as string, seen: JSON.parse(seen!) };
    };
    const before = await look();
    expect(before).to.deep.include({ code: 1 });
    expect(before.seen).to.include({ found: false, quorum: null });
    expect(before.stderr).to.include(before.seen.reason);
    test.dns.publish(DOMAIN, [[before.record]]);
    const after = await look();
    expect(after).to.deep.include({ code: 0, record: before.record });
    expect(after.seen).to.include({ found: true, attestations: 1, quorum: 1 });
    expect(await isBound("dns", DOMAIN), "bound by a look").to.equal(false);
    await run("bind", "dns", DOMAIN);
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

  it("binds another avatar, which signs too, and draws both", async () => {
    const other = Wallet.createRandom().privateKey;
    const { code, stderr } = await runCli(["alias"], { ...environment(), SYNGRAPH_OTHER_KEY: other });
    expect(code, stderr).to.equal(0);
    const alias = publicKeyOf(other).compressed;
    expect(await isBound("nextid", alias)).to.equal(true);
    const drawn = await run("graph", "dns", DOMAIN);
    expect(drawn.split("\n").slice(0, 2)).to.deep.equal([
      `dns ${DOMAIN}`,
      `└─ nextid ${avatar.compressed}  level 4 · proof, account, nextid`,
    ]);
    expect(drawn).to.include(`─ nextid ${alias}  level 5 · alias, signatures, nextid`);
    const path = JSON.parse(await run("path", `dns,${DOMAIN}`, `nextid,${alias}`, "--json")) as { steps: unknown[] };
    expect(path.steps).to.have.length(2);
  });

  it("binds a Solana wallet by the signature that is pasted", async () => {
    const solana = newSolanaWallet();
    const { child, finished } = startCli(["bind", "solana", solana.address, "--json"], environment(), null);
    const [line] = (await once(createInterface({ input: child.stdout! }), "line")) as [string];
    const { text } = JSON.parse(line) as { text: string };
    child.stdin!.end(`${encodeBase58(solana.sign(text))}\n`);
    expect((await finished).code).to.equal(0);
    expect(await isBound("solana", solana.address)).to.equal(true);
  });

  describe("from the wallet's own key", () => {
    it("asks before it pays, and sends nothing unless that is confirmed, or where there is too little", async () => {
      const args = ["revoke", "dns", DOMAIN, "--direct", "--rpc", test.stack.rpcUrl];
      const poor = await runCli([...args, "--yes"], environment());
      expect(poor.code).to.equal(1);
      expect(poor.stderr).to.include("the wallet has too little on chain 31337");
      await test.provider.send("anvil_setBalance", [wallet.address, toQuantity(parseEther("1"))]);
      const { code, stderr } = await runCli(args, environment(), "no\n");
      expect(code).to.equal(1);
      expect(stderr).to.include("pays about 0.000").and.to.include("it was not confirmed");
      expect(await isBound("dns", DOMAIN)).to.equal(true);
    });

    it("takes a binding back, with the cost and the block in JSON", async () => {
      const lines = (await run("revoke", "dns", DOMAIN, "--direct", "--rpc", test.stack.rpcUrl, "--yes", "--json"))
        .trimEnd()
        .split("\n");
      const [{ estimate }, done] = lines.map((line) => JSON.parse(line)) as [
        { estimate: Record<string, string> },
        Record<string, unknown>,
      ];
      expect(estimate).to.include({ account: wallet.address, chain_id: 31337, outcome: "deleted" });
      expect(BigInt(estimate.cost!) > 0n).to.equal(true);
      const receipt = await test.provider.getTransactionReceipt(done.tx_hash as string);
      expect(receipt).to.include({ from: wallet.address, blockNumber: done.block, status: 1 });
      expect(await isBound("dns", DOMAIN)).to.equal(false);
    });

    it("names the wallet's avatar, with the cost before, and lets the wallet go by itself", async () => {
      const chain = ["--rpc", test.stack.rpcUrl, "--registry", test.registry.target as string];
      const args = ["wallet", "avatar", avatar.compressed, "--no-node", ...chain, "--yes", "--json"];
      const { code, stderr, stdout: named } = await runCli(args, { SYNGRAPH_WALLET_KEY: wallet.privateKey });
      expect(code, stderr).to.equal(0);
      const { estimate } = JSON.parse(named.split("\n")[0]!) as { estimate: { cost: string } };
      expect(BigInt(estimate.cost) > 0n).to.equal(true);
      const shown = await runCli(["wallet", "show", wallet.address, ...chain, "--json"]);
      expect(JSON.parse(shown.stdout)).to.deep.equal({ wallet: wallet.address, avatar: avatar.address });
      expect(await test.registry.getFunction("avatarOf")(wallet.address)).to.equal(avatar.address);
      await run("wallet", "release", avatar.compressed, "--rpc", test.stack.rpcUrl, "--yes");
      expect(await isBound("ethereum", wallet.address.toLowerCase())).to.equal(false);
    });

    it("binds it again where there is no node, but asks for what that takes", async () => {
      const without = { ...environment(), SYNGRAPH_API: "http://127.0.0.1:1" };
      const args = ["bind", "ethereum", "--direct", "--no-node", "--yes", "--rpc", test.stack.rpcUrl];
      const lacking = await runCli(args, without);
      expect(lacking).to.include({ code: 2, stdout: "" });
      expect(lacking.stderr).to.include("--registry");
      const { code, stderr } = await runCli([...args, "--registry", test.registry.target as string], without);
      expect(code, stderr).to.equal(0);
      expect(await isBound("ethereum", wallet.address.toLowerCase())).to.equal(true);
    });
  });

  describe("of a contract wallet that is not there yet (ERC-6492), from the payer's own key", () => {
    let factory: TestFactory;
    before(async () => {
      factory = await deployWalletFactory(test.provider);
      await test.provider.send("anvil_setBalance", [wallet.address, toQuantity(parseEther("1"))]);
    });

    /** A wallet to be bound, and the text that its owner has to sign: the command is given none, and keeps the binding. */
    async function begun() {
      const owner = Wallet.createRandom();
      const plan = await factory.plan("test/OwnedWallet", owner.address, ZeroHash);
      const bound = ["bind", "ethereum", plan.address, "--contract-wallet"];
      const args = [...bound, "--direct", "--rpc", test.stack.rpcUrl, "--json"];
      const { code, stdout } = await runCli(args, environment());
      expect(code).to.equal(2);
      const { text } = JSON.parse(stdout) as { text: string };
      const signature = async (signer = owner) => wrapSignature(await signer.signMessage(text), plan.deployer);
      const codeSize = async () => (await test.provider.getCode(plan.address)).length / 2 - 1;
      return { ...plan, args, signature, codeSize, identity: plan.address.toLowerCase() };
    }

    it("has it deployed and binds it, with both costs and both blocks in JSON", async () => {
      const { args, signature, identity } = await begun();
      const finished = await runCli([...args, "--signature", await signature(), "--yes"], environment());
      expect(finished.code, finished.stderr).to.equal(0);
      const lines = finished.stdout.trimEnd().split("\n");
      const [first, { deployed }, second, done] = lines.map((line) => JSON.parse(line));
      expect(first.estimate).to.include({ account: wallet.address, chain_id: 31337, deploys: identity });
      expect(second.estimate).to.include({ account: wallet.address, outcome: "confirmed" }).and.not.have.key("deploys");
      expect(deployed).to.include({ wallet: identity, chain_id: 31337 });
      for (const { tx_hash: hash, block } of [deployed, done]) {
        const receipt = await test.provider.getTransactionReceipt(hash);
        expect(receipt).to.include({ from: wallet.address, blockNumber: block, status: 1 });
      }
      expect(await isBound("ethereum", identity)).to.equal(true);
    });

    it("asks before each of the two, and sends nothing unless that is confirmed", async () => {
      const { args, signature, identity, codeSize } = await begun();
      const before = await sent();
      const { code, stderr } = await runCli([...args, "--signature", await signature()], environment(), "no\n");
      expect(code).to.equal(1);
      expect(stderr).to.include("it was not confirmed");
      expect([await sent(), await codeSize()]).to.deep.equal([before, 0]);

      const people = args.filter((arg) => arg !== "--json");
      const { child, finished } = startCli(people, environment(), null);
      let asked = 0;
      child.stderr!.on("data", (chunk: Buffer) => {
        if (!chunk.includes("Send it? [y/N]")) return;
        asked += 1;
        child.stdin!.write("y\n");
      });
      const told = await finished;
      expect(told.code, told.stderr).to.equal(0);
      expect(asked).to.equal(2);
      expect(told.stderr).to.include(`The wallet ${identity}, a contract that is not there yet, is deployed first.`);
      expect([await sent(), (await codeSize()) > 0]).to.deep.equal([before + 2, true]);
      expect(await isBound("ethereum", identity)).to.equal(true);
    });

    it("pays for no factory in whose wallet's name somebody else signed", async () => {
      const { args, signature, identity, codeSize } = await begun();
      const before = await sent();
      const forged = ["--signature", await signature(Wallet.createRandom()), "--yes"];
      const { code, stdout, stderr } = await runCli([...args, ...forged], environment());
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
      expect(stderr).to.include("does not take the signature (ERC-6492)");
      expect([await sent(), await codeSize()]).to.deep.equal([before, 0]);
      expect(await isBound("ethereum", identity)).to.equal(false);
    });
  });

  it("signs in, lists what was handed in, and signs out", async () => {
    await run("login");
    expect(JSON.parse(await run("session", "--json"))).to.include({ avatar: avatar.compressed });
    const items = (await run("submissions", "--json")).trimEnd().split("\n");
    const [latest] = items.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(latest).to.include({ platform: "solana", state: "included" });
    await run("logout");
    const { code, stderr } = await runCli(["submissions"], environment());
    expect({ code, stderr }).to.deep.equal({ code: 1, stderr: `error: nobody is signed in: run "syngraph login"\n` });
  });

  it("authorises a subkey on chain, lists it, and ends it", async () => {
    const subkey = Wallet.createRandom().privateKey;
    const args = ["subkey", "authorize", "--rp", "app.example", "--name", "phone", "--expires", "2099-01-31"];
    const authorized = await runCli(args, { ...environment(), SYNGRAPH_SUBKEY_KEY: subkey });
    expect(authorized.code, authorized.stderr).to.equal(0);
    const publicKey = publicKeyOf(subkey).compressed;
    const listed = JSON.parse(await run("subkey", "list", "--json")) as Record<string, unknown>;
    expect(listed).to.include({ public_key: publicKey, name: "phone", is_valid: true, on_chain: true });
    await run("subkey", "revoke", publicKey, "--rp", "app.example");
    expect(await run("subkey", "list", "--json")).to.equal("");
    // Anew, to be ended where only the subkey is.
    expect((await runCli(args, { ...environment(), SYNGRAPH_SUBKEY_KEY: subkey })).code).to.equal(0);
    const alone = { SYNGRAPH_API: test.stack.apiUrl, SYNGRAPH_SUBKEY_KEY: subkey };
    const revoke = ["subkey", "revoke", publicKey, "--rp", "app.example", "--by-subkey", "--avatar", avatar.compressed];
    const revoked = await runCli(revoke, alone);
    expect(revoked.code, revoked.stderr).to.equal(0);
    expect(await run("subkey", "list", "--json")).to.equal("");
  });

  it("tells events, platforms, and how the node stands", async () => {
    const args = [
      "events",
      "--since",
      "start",
      "--avatar",
      avatar.compressed,
      "--type",
      "link",
      "--count",
      "3",
      "--json",
    ];
    const events = (await run(...args)).trimEnd().split("\n");
    const told = events.map((line) => JSON.parse(line) as { action: string; platform: string });
    expect(told.map(({ action, platform }) => `${action} ${platform}`)).to.deep.equal([
      "create ethereum",
      "create github",
      "create dns",
    ]);
    expect(await run("platforms")).to.match(/\ngithub +GitHub +live +a post /);
    expect(JSON.parse(await run("status", "--json"))).to.include({ state: "ok" });
  });
});
