import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { publicKeyOf, recoverPublicKey } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet, decryptKeystoreJson } from "ethers";

import { signChain, walletStep } from "../browser/signedChain.ts";
import { type Finished, runCli, startCli } from "./runCli.ts";
import { StubApi, chainDocument } from "./stubApi.ts";
import { reply, useStubServer } from "./stubServer.ts";

const KEY = Wallet.createRandom().privateKey;
const AVATAR = publicKeyOf(KEY);
const WALLET = Wallet.createRandom().privateKey;
const PASSWORD = "correct horse battery";

/** A failure must be one line, without a stack and without the key or the password. */
function expectFailure({ code, stderr, stdout }: Finished, expected: number, message: string): void {
  expect(stderr).to.match(/^error: [^\n]*\n$/);
  expect(stderr).to.include(message);
  expect(code).to.equal(expected);
  expectNoSecret(stdout + stderr);
}

function expectNoSecret(output: string): void {
  for (const secret of [KEY, WALLET, PASSWORD]) expect(output).not.to.include(secret.replace(/^0x/, ""));
}

describe("syngraph command", function () {
  this.timeout(120_000);
  const server = useStubServer();
  let folder: string;
  let api: StubApi;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "syngraph-cli-"));
    api = new StubApi(server);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const run = (args: readonly string[], env: Record<string, string> = {}) =>
    runCli(args, { SYNGRAPH_API: server.origin, SYNGRAPH_KEYSTORE: join(folder, "avatar.json"), ...env });

  describe("usage", () => {
    it("explains commands and environment", async () => {
      const { code, stdout, stderr } = await run(["--help"]);
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
      for (const word of [
        "avatar",
        "bind",
        "alias",
        "revoke",
        "subkey",
        "show",
        "chain",
        "graph",
        "events",
        "login",
        "completion",
        "--api",
        "--keystore",
        "--json",
        "SYNGRAPH_KEY",
      ]) {
        expect(stdout).to.include(word);
      }
      const help = await run(["bind", "dns", "--help"]);
      expect(help.code).to.equal(0);
      expect(help.stdout).to.include("[identity]").and.to.include("--wait").and.to.include("--api");
      expect(help.stdout).to.include("Examples:").and.to.include("syngraph bind github alice");
    });

    it("ends with 2 and one line where it was called wrongly", async () => {
      const key = { SYNGRAPH_KEY: KEY };
      expectFailure(await run(["frobnicate"]), 2, "unknown command");
      expectFailure(await run(["bidn"]), 2, "(Did you mean bind?)");
      expectFailure(await run(["show"]), 2, "missing required argument");
      expectFailure(await run(["show", "alice", "--nope"]), 2, "unknown option");
      expectFailure(await run(["show", "alice", "--api", "ftp://x"]), 2, "no http or https address");
      expectFailure(await run(["chain", "alice"]), 2, "no public key");
      expectFailure(await run(["bind", "dns", "not a domain"], key), 2, "no domain name");
      expectFailure(await run(["bind", "github", "a/b"], key), 2, "no GitHub login");
      expectFailure(await run(["bind", "dns", "a.org", "--every", "-1"], key), 2, "number of seconds");
      expectFailure(await run(["bind", "ethereum"], key), 2, "no wallet");
      expectFailure(await run(["bind", "../x", "y"], key), 2, "no platform's name");
      expectFailure(await run(["bind", "nextid"], key), 2, "no key of the other avatar");
      expectFailure(await run(["graph", "dns", "a.org", "--level", "6"]), 2, "from 1 to 5");
      expectFailure(await run(["path", "alice", "dns,a.org"]), 2, "not of the form platform,identity");
      expect((await run(["bind"])).code).to.equal(2);
      expect(server.received).to.deep.equal([]);
    });
  });

  describe("avatar", () => {
    let file: string;
    beforeEach(() => {
      file = join(folder, "deep", "new.json");
    });
    const make = () => run(["avatar", "new", "--keystore", file, "--json"], { SYNGRAPH_PASSWORD: PASSWORD });

    it("makes a keystore that only its owner may read, and that the password opens", async () => {
      const { code, stdout, stderr } = await make();
      expect(code, stderr).to.equal(0);
      const shown = JSON.parse(stdout) as { avatar: string; address: string };
      expect((await stat(file)).mode & 0o777).to.equal(0o600);
      const json = await readFile(file, "utf8");
      const { privateKey } = await decryptKeystoreJson(json, PASSWORD);
      expect(publicKeyOf(privateKey)).to.include({ compressed: shown.avatar, address: shown.address });
      expect(stdout + stderr + json)
        .not.to.include(privateKey.slice(2))
        .and.not.to.include(PASSWORD);

      const again = await run(["avatar", "show", "--keystore", file, "--json"]);
      expect(JSON.parse(again.stdout)).to.deep.equal(shown);
    });

    it("never overwrites a file", async () => {
      await writeFile(join(folder, "avatar.json"), "precious");
      expectFailure(await run(["avatar", "new"], { SYNGRAPH_PASSWORD: PASSWORD }), 1, "exists already");
      expect(await readFile(join(folder, "avatar.json"), "utf8")).to.equal("precious");
    });

    it("signs a text that is piped in, byte for byte but for the line's end, and no other", async () => {
      const text = `{"action":"create","identity":"0x02…"}`;
      const { stdout, stderr } = await runCli(["avatar", "sign"], { SYNGRAPH_KEY: KEY }, `${text}\n`);
      expect(recoverPublicKey(text, stdout.trimEnd()).compressed).to.equal(AVATAR.compressed);
      expect(stderr).to.equal(`avatar ${AVATAR.compressed} signs: ${text}\n`);
      expectFailure(await runCli(["avatar", "sign"], { SYNGRAPH_KEY: KEY }, "\n"), 2, "no text to sign");
    });

    it("asks for a password that scripts must give", async () => {
      expectFailure(await run(["avatar", "new"]), 2, "SYNGRAPH_PASSWORD");
      expectFailure(await run(["avatar", "new"], { SYNGRAPH_PASSWORD: "short" }), 2, "at least 8 characters");
    });

    it("says so when the password is wrong, and signs nothing", async () => {
      await make();
      const env = { SYNGRAPH_PASSWORD: "another password" };
      expectFailure(await run(["revoke", "dns", "a.org", "--keystore", file], env), 1, "wrong password");
      expect(server.received).to.deep.equal([]);
    });

    it("refuses a keystore whose public key was exchanged", async () => {
      await make();
      const keystore = JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>;
      await writeFile(file, JSON.stringify({ ...keystore, "x-syngraph": { publicKey: AVATAR.compressed } }));
      const env = { SYNGRAPH_PASSWORD: PASSWORD };
      expectFailure(await run(["revoke", "dns", "a.org", "--keystore", file], env), 1, "was altered");
    });

    it("does not print a key from the environment, not even a broken one", async () => {
      const good = await run(["avatar", "show"], { SYNGRAPH_KEY: KEY });
      expect(good.stdout).to.include(AVATAR.compressed).and.to.include(AVATAR.address);
      expectNoSecret(good.stdout + good.stderr);
      for (const broken of [`${KEY}00`, KEY.slice(0, -2), `zz${KEY.slice(2)}`, `0x${"f".repeat(64)}`]) {
        const finished = await run(["avatar", "show"], { SYNGRAPH_KEY: broken });
        expectFailure(finished, 2, "SYNGRAPH_KEY is no private key");
        expect(finished.stderr).not.to.include(broken.slice(4, 20));
      }
    });
  });

  describe("show", () => {
    const pagination = { total: 1, per: 40, current: 1, next: 0 };
    const proof = {
      platform: "github",
      identity: "alice",
      alt_id: "7",
      created_at: "1770000000",
      last_checked_at: "1770000000",
      is_valid: true,
      invalid_reason: "",
      status: "confirmed",
      proof_location: "abc",
      attesters: ["0x70997970c51812dc3a010c7d01b50e0d17dc79c8"],
      link_id: "0x1",
      chain_id: 1,
    };

    it("lists who has an identity", async () => {
      const ids = [{ avatar: AVATAR.compressed, activated_at: "1770000000", proofs: [proof] }];
      api.documents["/v1/proof"] = { pagination, ids };
      const { code, stdout } = await run(["show", "alice", "--platform", "github"]);
      expect(code).to.equal(0);
      expect(stdout).to.match(/^avatar 0x0[23].*\n.*\ngithub +alice +confirmed +checked 2026-02-02T02:40:00Z/);
      const query = Object.fromEntries(server.received[0]!.query);
      expect(query).to.deep.equal({ identity: "alice", platform: "github", exact: "true", status: "any", page: "1" });
      expect(JSON.parse((await run(["show", "alice", "--json"])).stdout)).to.deep.equal(ids[0]);
    });

    it("says of what is suspended why it is not valid", async () => {
      const suspended = { ...proof, status: "suspended", is_valid: false, invalid_reason: "its proof is gone" };
      const ids = [{ avatar: AVATAR.compressed, activated_at: "1770000000", proofs: [suspended] }];
      api.documents["/v1/proof"] = { pagination, ids };
      const { code, stdout } = await run(["show", "alice"]);
      expect(code).to.equal(0);
      expect(stdout).to.match(/\ngithub +alice +suspended +its proof is gone/);
    });

    it("keeps escape sequences of a server away from the terminal", async () => {
      const hostile = { ...proof, identity: "alice\u001b[2J\u202e\r\nfake line", proof_location: "\u009b31m" };
      const ids = [{ avatar: AVATAR.compressed, activated_at: "1770000000", proofs: [hostile] }];
      api.documents["/v1/proof"] = { pagination, ids };
      const { stdout } = await run(["show", "alice"]);
      expect(stdout)
        .to.include("alice[2J fake line")
        .and.not.to.match(/[\u001b\u009b\u202e\r]/);
      const json = (await run(["show", "alice", "--json"])).stdout;
      expect(json).not.to.match(/[\u001b\u009b\u202e\r]/);
      expect(JSON.parse(json)).to.deep.equal(ids[0]);
      api.documents["/v1/proof"] = { pagination, ids: [{ ...ids[0]!, avatar: `${AVATAR.compressed}\nfake line` }] };
      expect((await run(["show", "alice"])).stdout).not.to.match(/^fake/m);
      server.handler = (_, response) => reply(response, 400, { message: "no\u001b]0;owned\u0007\nsecond" });
      expectFailure(await run(["show", "alice"]), 1, "no]0;owned second");
    });

    it("shows an avatar by key, and by address where no wallet has it", async () => {
      const binding = { ...proof, as_of: "1770000000" };
      const document = { avatar: AVATAR.compressed, address: AVATAR.address, length: 3, bindings: [binding] };
      api.documents["/v1/proof"] = { pagination, ids: [] };
      for (const name of [AVATAR.compressed, AVATAR.uncompressed, AVATAR.address]) {
        api.documents[`/v1/avatars/${name}`] = document;
        const { code, stdout } = await run(["show", name]);
        expect(code).to.equal(0);
        expect(stdout)
          .to.include(`${AVATAR.address}, 3 links`)
          .and.to.match(/github +alice +confirmed/);
      }
    });

    it("ends with 1 where there is nothing, and where the API is not there", async () => {
      api.documents["/v1/proof"] = { pagination, ids: [] };
      expectFailure(await run(["show", "bob", "--platform", "dns"]), 1, "nobody has dns bob");
      expectFailure(await run(["show", AVATAR.compressed]), 1, "there is no avatar");
      expectFailure(await run(["show", "bob", "--api", "http://127.0.0.1:1"]), 1, "could not be reached");
    });
  });

  it("gives up at Ctrl-C what waits for a server that does not answer", async () => {
    for (const args of [
      ["verify", "--rpc", server.origin],
      ["chain", AVATAR.compressed, "--rpc", server.origin, "--registry", AVATAR.address],
      ["status"],
    ]) {
      const { child, finished } = startCli(args, { SYNGRAPH_API: server.origin });
      server.handler = () => child.kill("SIGINT");
      const { code, stdout, stderr } = await finished;
      expect({ code, stdout }, args.join(" ")).to.deep.equal({ code: 130, stdout: "" });
      expect(stderr.trimEnd().split("\n").at(-1)).to.equal("error: interrupted");
    }
  });

  describe("chain", () => {
    const STEPS = [{ platform: "github", identity: "alice" }, walletStep(WALLET)];

    it("verifies every link on this machine", async () => {
      api.documents["/v1/proofchain"] = chainDocument(signChain(KEY, STEPS));
      const { code, stdout, stderr } = await run(["chain", AVATAR.compressed]);
      expect(code).to.equal(0);
      expect(stdout).to.match(/^1 +2026-\S+ +create +github +alice +claimed +verified$/m);
      expect(stdout).to.match(/^2 +2026-\S+ +create +ethereum +0x[0-9a-f]{40} +confirmed +verified$/m);
      expect(stderr).to.equal("2 of 2 items verified here\n");
    });

    it("ends with 1 where a server altered a link, or serves another avatar's chain", async () => {
      const items = signChain(KEY, STEPS);
      items[0]!.identity = "mallory";
      api.documents["/v1/proofchain"] = chainDocument(items);
      const altered = await run(["chain", AVATAR.compressed]);
      expect(altered.stdout).to.match(/mallory +claimed +the signed text does not say/);
      expectFailure(altered, 1, "1 of 2 items could not be verified");
      api.documents["/v1/proofchain"] = chainDocument(signChain(WALLET, STEPS));
      expectFailure(await run(["chain", AVATAR.compressed]), 1, "2 of 2 items");
    });

    it("does not take the server's word for the key behind an address", async () => {
      const { compressed, address } = publicKeyOf(WALLET);
      const document = { avatar: compressed, address, length: 2, bindings: [] };
      api.documents[`/v1/avatars/${AVATAR.address}`] = document;
      api.documents["/v1/proofchain"] = chainDocument(signChain(WALLET, STEPS));
      expectFailure(await run(["chain", AVATAR.address]), 1, "the server names the key 0x");
      api.documents[`/v1/avatars/${AVATAR.address}`] = {
        ...document,
        avatar: AVATAR.compressed,
        address: AVATAR.address,
      };
      api.documents["/v1/proofchain"] = chainDocument(signChain(KEY, STEPS));
      expect((await run(["chain", AVATAR.address])).code).to.equal(0);
    });

    it("ends with 1 where a link is bad, also where nobody reads to the end", async () => {
      api.documents["/v1/proofchain"] = chainDocument(signChain(WALLET, STEPS));
      const { child, finished } = startCli(["chain", AVATAR.compressed], { SYNGRAPH_API: server.origin });
      finished.catch(() => {});
      child.stdout!.destroy();
      expect(await once(child, "exit")).to.deep.equal([1, null]);
    });

    it("ends with 1 where there is no chain", async () => {
      api.documents["/v1/proofchain"] = chainDocument([]);
      expectFailure(await run(["chain", AVATAR.compressed]), 1, "no proof chain");
    });
  });
});
