import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { expect } from "chai";

import { isLocation, nearest } from "../../sdk/src/cli/platforms.ts";
import { runCli } from "./runCli.ts";
import { StubApi } from "./stubApi.ts";
import { useStubServer } from "./stubServer.ts";

const BIN = fileURLToPath(new URL("../../sdk/bin/syngraph.ts", import.meta.url));

/** A platform that tells of these shapes of locations. */
const told = (...shapes: string[]) => ({ location: { rule: "", shapes } });

describe("syngraph command: completion", function () {
  this.timeout(60_000);
  const server = useStubServer();
  let api: StubApi;

  beforeEach(() => {
    api = new StubApi(server);
    const names = ["github", "gitlab", "dns", "evil\u001b[2J; rm -rf ~"];
    api.documents["/v1/platforms"] = {
      platforms: names.map((id) => ({
        ...{ id, name: id, status: "live", side: "post", identity_rule: "", identity_shapes: [] },
        ...{ location: null, compose: null, profile: null },
      })),
    };
  });

  /** What is offered after some words, the last one begun. */
  async function offered(...words: string[]): Promise<string[]> {
    const { code, stdout, stderr } = await runCli(["complete", "--", ...words], { SYNGRAPH_API: server.origin });
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    expect(lines.pop()).to.match(/^:\d+$/);
    return lines.map((line) => line.split("\t")[0]!);
  }

  it("knows commands, options and the node's platforms", async () => {
    expect(await offered("re")).to.deep.equal(["revoke"]);
    expect(await offered("avatar", "")).to.include.members(["new", "import", "export", "from-wallet"]);
    expect(await offered("bind", "--la")).to.deep.equal(["--language"]);
    expect(await offered("bind", "--ap")).to.deep.equal(["--api"]);
    expect(await offered("bind", "")).to.deep.equal(["github", "gitlab", "dns"]);
    expect(await offered("show", "alice", "--platform", "git")).to.deep.equal(["github", "gitlab"]);
  });

  it("offers no platform where the node does not answer, and no other server is asked", async () => {
    expect(await offered("bind", "--api", "http://127.0.0.1:1", "g")).to.deep.equal([]);
    expect(await offered("bind", "--api=http://127.0.0.1:1", "g")).to.deep.equal([]);
    expect(server.received).to.deep.equal([]);
  });

  it("works in bash by the script that it prints", async () => {
    const { stdout: script } = await runCli(["completion", "bash"]);
    // What bash and its package bash-completion do when Tab is pressed.
    const press = [
      `_get_comp_words_by_ref() { cur=sub; prev=syngraph; words=(syngraph sub); cword=1; }`,
      `compopt() { :; }`,
      script,
      `syngraph() { "${process.execPath}" "${BIN}" "$@"; }`,
      `__syngraph_complete`,
      `printf '%s\\n' "\${COMPREPLY[@]}"`,
    ].join("\n");
    const printed = execFileSync("bash", ["--norc", "-c", press], { encoding: "utf8" });
    expect(
      printed
        .trim()
        .split(/\s*\n/)
        .map((line) => line.trim()),
    ).to.deep.equal(["subkey", "submissions"]);
    for (const shell of ["zsh", "fish"]) {
      expect((await runCli(["completion", shell])).stdout).to.include("syngraph complete --");
    }
  });

  it("holds a location against the node's patterns, and is held up by none of them", () => {
    const text = `${"a".repeat(60)}!`;
    expect(isLocation(text, told("^b", "^a+!$"))).to.equal(true);
    expect(isLocation(text, told("^b"))).to.equal(false);
    // That would take longer than anybody lives.
    expect(isLocation(text, told("^(a+)+$"))).to.equal(true);
    expect(isLocation(text, told("("))).to.equal(true);
    expect(isLocation(text, { location: null })).to.equal(true);
  });

  it("finds the word that was meant, and none where there is none", () => {
    const names = ["github", "dns", "telegram", "twitter"];
    expect(nearest("githb", names)).to.equal("github");
    expect(nearest("Twiter", names)).to.equal("twitter");
    expect(nearest("dn", names)).to.equal("dns");
    expect(nearest("facebook", names)).to.equal(null);
  });
});
