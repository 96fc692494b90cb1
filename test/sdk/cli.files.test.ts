import { chmod, lstat, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { Avatar, keystorePublicKey } from "@syngraph/sdk";
import { expect } from "chai";
import { Wallet } from "ethers";

import { type Finished, runCli, startCli } from "./runCli.ts";
import { StubApi, refused } from "./stubApi.ts";
import { reply, useStubServer } from "./stubServer.ts";

const AVATAR = Avatar.create();
const WALLET = Wallet.createRandom();
const PASSWORD = "correct horse battery";
const TOKEN = "f00dfeedf00dfeedf00dfeedf00dfeed";
/** Quick to open: what stretching costs is tested elsewhere. */
const SCRYPT = { N: 2 };

/** Unix seconds, so much from now. */
const seconds = (later: number) => String(Math.floor(Date.now() / 1000) + later);
const sessionInfo = () => ({
  ...{ avatar: AVATAR.publicKey, address: AVATAR.address, signer: AVATAR.address },
  ...{ created_at: seconds(0), expires_at: seconds(3600) },
});
/** A session's file. */
const kept = (api: string, change: object = {}) =>
  JSON.stringify({ version: 1, api, token: TOKEN, ...sessionInfo(), ...change });
const uuidOf = (json: string) => (JSON.parse(json) as { link: { uuid: string } }).link.uuid;

function expectFailure({ code, stderr, stdout }: Finished, message: string): void {
  expect(stderr).to.match(/^error: [^\n]*\n$/);
  expect(stderr).to.include(message);
  expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
  for (const secret of [AVATAR.exportKey().slice(2), PASSWORD, TOKEN]) expect(stderr).not.to.include(secret);
}

describe("syngraph command: its files", function () {
  this.timeout(120_000);
  const server = useStubServer();
  let folder: string;
  let keystore: string;
  let session: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "syngraph-cli-"));
    keystore = join(folder, "avatar.json");
    session = join(folder, "session.json");
    await writeFile(keystore, await AVATAR.toKeystore(PASSWORD, { scrypt: SCRYPT }), { mode: 0o600 });
  });
  afterEach(() => rm(folder, { recursive: true }));

  const run = (args: readonly string[], env: Record<string, string> = {}, input = "") =>
    runCli(
      args,
      { SYNGRAPH_API: server.origin, SYNGRAPH_KEYSTORE: keystore, SYNGRAPH_PASSWORD: PASSWORD, ...env },
      input,
    );

  describe("keystores", () => {
    it("are not used where others may have exchanged them", async () => {
      await chmod(keystore, 0o620);
      expectFailure(await run(["avatar", "show"]), "others may change it");
      await chmod(keystore, 0o600);
      expect((await run(["avatar", "show"])).stdout).to.include(AVATAR.publicKey);
    });

    it("are not written through a link, also not one to nowhere", async () => {
      const [target, link] = [join(folder, "target"), join(folder, "link.json")];
      await symlink(target, link);
      expectFailure(await run(["avatar", "new", "--keystore", link]), "exists already");
      expectFailure(await run(["avatar", "export", "--plain", link]), "exists already");
      expect(await readdir(folder)).not.to.include("target");
    });

    it("are there whole or not at all, whenever the command is killed", async () => {
      const file = join(folder, "killed.json");
      const env = { SYNGRAPH_PASSWORD: PASSWORD };
      const { child, finished } = startCli(["avatar", "new", "--keystore", file], env);
      while (!(await readdir(folder)).includes("killed.json")) await sleep(1);
      child.kill("SIGKILL");
      await finished;
      expect(keystorePublicKey(await readFile(file, "utf8"))).not.to.equal(null);
      expect((await stat(file)).mode & 0o777).to.equal(0o600);
    });

    it("go out and come back, each with a password of its own", async () => {
      const copy = join(folder, "copy.json");
      const out = await run(["avatar", "export", copy], { SYNGRAPH_EXPORT_PASSWORD: "another password" });
      expect(out.code, out.stderr).to.equal(0);
      expect((await stat(copy)).mode & 0o777).to.equal(0o600);
      const back = ["avatar", "import", copy, "--keystore", join(folder, "back.json")];
      expectFailure(await run(back, { SYNGRAPH_IMPORT_PASSWORD: PASSWORD }), "wrong password");
      expect(await readdir(folder)).not.to.include("back.json");
      expect((await run(back, { SYNGRAPH_IMPORT_PASSWORD: "another password" })).stdout).to.include(AVATAR.publicKey);
    });

    it("are made of a private key that is piped in, which is not said again", async () => {
      const file = join(folder, "piped.json");
      const args = ["avatar", "import", "--keystore", file];
      const broken = await run(args, {}, `${AVATAR.exportKey()}00\n`);
      expect(broken.stderr).to.equal("error: what was given is no private key of 32 bytes in hex\n");
      expect(broken.code).to.equal(2);
      const { stdout, stderr } = await run(args, {}, `${AVATAR.exportKey()}\n`);
      expect(stdout).to.include(AVATAR.publicKey);
      expect(stdout + stderr + (await readFile(file, "utf8"))).not.to.include(AVATAR.exportKey().slice(2));
    });

    it("are made of a wallet's signature, the same as the page makes", async () => {
      const args = ["avatar", "from-wallet", "--keystore", join(folder, "wallet.json"), "--index", "2"];
      const { stdout } = await run(args, { SYNGRAPH_WALLET_KEY: WALLET.privateKey });
      expect(stdout).to.include((await Avatar.fromWallet(WALLET, { index: 2 })).publicKey);
    });
  });

  describe("sessions", () => {
    beforeEach(() => {
      server.handler = ({ method, path }, response) => {
        if (path === "/v1/sessions/nonce") {
          reply(response, 200, { nonce: "abcdefgh12345678", expires_at: seconds(60), chain_id: 1 });
        } else if (path === "/v1/sessions") reply(response, 200, { token: TOKEN, ...sessionInfo() });
        else if (method === "DELETE") reply(response, 401, { message: "the session has ended" });
        else {
          const pagination = { total: 0, per: 40, current: 1, next: 0 };
          reply(response, 200, { pagination, submissions: [] });
        }
      };
    });

    it("are kept for their owner alone, in place of a link that was put there", async () => {
      const target = join(folder, "target");
      await symlink(target, session);
      const { code, stdout, stderr } = await run(["login"]);
      expect(code, stderr).to.equal(0);
      expect(stdout + stderr).not.to.include(TOKEN);
      const file = await lstat(session);
      expect({ isFile: file.isFile(), mode: file.mode & 0o777 }).to.deep.equal({ isFile: true, mode: 0o600 });
      expect(await readdir(folder)).not.to.include("target");
      expect((await run(["submissions", "--json"])).code).to.equal(0);
    });

    it("are not used where others may read them, nor through a link", async () => {
      await writeFile(session, kept(server.origin), { mode: 0o640 });
      await chmod(session, 0o640);
      expectFailure(await run(["submissions"]), "others may read it");
      await chmod(session, 0o600);
      await symlink(session, join(folder, "linked"));
      await rm(session);
      await writeFile(join(folder, "elsewhere"), kept(server.origin), { mode: 0o600 });
      await symlink(join(folder, "elsewhere"), session);
      expectFailure(await run(["submissions"]), "it is a link");
      expect(server.received).to.deep.equal([]);
    });

    it("are shown to no other server, and not when they have ended", async () => {
      await writeFile(session, kept("https://syngraph.example"), { mode: 0o600 });
      expectFailure(await run(["submissions"]), "the session is one of https://syngraph.example");
      await writeFile(session, kept(server.origin, { expires_at: seconds(-1) }), { mode: 0o600 });
      expectFailure(await run(["submissions"]), "has ended");
      await writeFile(session, `{"version":1}`, { mode: 0o600 });
      expectFailure(await run(["submissions"]), "nobody is signed in");
      expect(server.received).to.deep.equal([]);
    });

    it("are forgotten also where the server has forgotten them", async () => {
      await writeFile(session, kept(server.origin), { mode: 0o600 });
      expect(await run(["logout"])).to.include({ code: 0, stdout: "signed out\n" });
      expect(await readdir(folder)).not.to.include("session.json");
    });
  });

  describe("bindings that were interrupted", () => {
    it("are not gone on with where somebody changed what was signed", async () => {
      const api = new StubApi(server);
      api.verdicts = [refused("no TXT record")];
      const args = ["bind", "dns", "a.org", "--every", "0.05", "--wait", "0.01"];
      await run(args);
      const [name] = await readdir(join(folder, "pending"));
      const file = join(folder, "pending", name!);
      expect((await stat(file)).mode & 0o777).to.equal(0o600);
      const before = await readFile(file, "utf8");
      expect((await run(["pending", "--json"])).stdout).to.include(uuidOf(before));

      const uuid = "353449e6-3a6f-4ac8-ae65-ba14bf466baf";
      await writeFile(file, before.replaceAll(uuidOf(before), uuid));
      expect((await run(["pending", "--json"])).stdout).to.equal("");
      const again = await run(args);
      expect(again.stderr).to.include("is not used: the saved binding cannot be resumed: the avatar did not sign");
      expect(again.stdout).not.to.include(uuid);
      expect(uuidOf(await readFile(file, "utf8"))).not.to.equal(uuid);
    });
  });
});
