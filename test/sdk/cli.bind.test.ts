import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { PayloadReply } from "@syngraph/sdk/client";
import { parseSignature, publicKeyOf, recoverPublicKey, signText } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet } from "ethers";

import { type Finished, runCli, startCli } from "./runCli.ts";
import { StubApi, accepted, included, refused } from "./stubApi.ts";
import { useStubServer } from "./stubServer.ts";

const KEY = Wallet.createRandom().privateKey;
const AVATAR = publicKeyOf(KEY);
const WALLET = Wallet.createRandom().privateKey;
const WALLET_ADDRESS = publicKeyOf(WALLET).address.toLowerCase();
const GIST_SHAPE = "^(?:https://gist\\.github\\.com/(?:[\\w-]+/)?)?[0-9a-f]{1,40}$";
/** What the node tells of the platforms, as far as these tests go. */
const PLATFORMS = {
  platforms: ["ethereum", "solana", "nextid", "github", "dns"].map((id) => ({
    ...{ id, name: id, status: "live", identity_rule: "an identity", identity_shapes: [], profile: null },
    side: ["ethereum", "solana"].includes(id) ? "wallet" : id === "nextid" ? "avatar" : "post",
    location: id === "github" ? { rule: "a gist's id or its address", shapes: [GIST_SHAPE] } : null,
    compose: id === "github" ? "https://gist.github.com/" : null,
  })),
};
const GIST = "5b3acc09d25242950e4b7ea0ee707ada";

function expectBound({ code, stderr, stdout }: Finished): void {
  expect(stderr).not.to.include("error");
  expect(code).to.equal(0);
  for (const key of [KEY, WALLET]) expect(stdout + stderr).not.to.include(key.slice(2));
}

function expectError({ code, stderr }: Finished, message: string): void {
  expect(stderr.trimEnd().split("\n").at(-1))
    .to.match(/^error: /)
    .and.to.include(message);
  expect(stderr).not.to.match(/^ +at /m);
  expect(code).to.equal(1);
}

/** A lie that changes fields of the text to sign. */
const alter = (change: Record<string, unknown>) => (payload: PayloadReply) => ({
  ...payload,
  sign_payload: JSON.stringify({ ...(JSON.parse(payload.sign_payload) as object), ...change }),
});

describe("syngraph command that signs", function () {
  this.timeout(60_000);
  const server = useStubServer();
  let folder: string;
  let api: StubApi;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "syngraph-cli-"));
    api = new StubApi(server);
    api.documents["/v1/platforms"] = PLATFORMS;
  });
  afterEach(() => rm(folder, { recursive: true }));

  const environment = () => ({
    SYNGRAPH_API: server.origin,
    SYNGRAPH_KEYSTORE: join(folder, "avatar.json"),
    SYNGRAPH_KEY: KEY,
    SYNGRAPH_WALLET_KEY: WALLET,
  });
  const run = (args: readonly string[], input = "") => runCli(args, environment(), input);

  describe("bind ethereum", () => {
    it("signs with avatar and wallet", async () => {
      const finished = await run(["bind", "ethereum", "--json"]);
      expectBound(finished);
      expect(api.handed).to.have.length(1);
      const { submission, signedByAvatar, signedByWallet } = api.handed[0]!;
      expect({ signedByAvatar, signedByWallet }).to.deep.equal({ signedByAvatar: true, signedByWallet: true });
      expect(submission).to.include({ action: "create", identity: WALLET_ADDRESS, public_key: AVATAR.compressed });
      const { action, platform, identity, uuid } = submission;
      const { link_id, ...rest } = JSON.parse(finished.stdout) as Record<string, unknown>;
      expect(link_id).to.match(/^0x[0-9a-f]{64}$/);
      expect(rest).to.deep.equal({
        ...{ action, platform, identity, avatar: AVATAR.compressed, uuid, included: true, status: "confirmed" },
        ...{ chain_id: 1, tx_hash: `0x${"ab".repeat(32)}`, block: 7 },
      });
    });

    it("waits where the server took the link, until it is on chain", async () => {
      api.verdicts = [accepted];
      api.states = [{ state: "accepted" }, { state: "sent" }, { state: "included" }];
      const finished = await run(["bind", "ethereum"]);
      expectBound(finished);
      expect(finished.stderr).to.include("accepted, waiting").and.to.include("sent to the chain");
      expect(server.received.filter(({ url }) => url.startsWith("/v1/submissions/"))).to.have.length(3);
    });

    it("waits while it is on chain as a claim, and says what is missing", async () => {
      api.verdicts = [accepted];
      const claim = { state: "included", status: "claimed", attestations: 1, quorum: 2 };
      api.states = [claim, { state: "included" }];
      const finished = await run(["bind", "ethereum"]);
      expectBound(finished);
      expect(finished.stderr).to.include("on chain as a claim: 1 of 2 attesters have seen the proof");
      expect(server.received.filter(({ url }) => url.startsWith("/v1/submissions/"))).to.have.length(2);
    });

    it("ends with the reason where the chain refused it", async () => {
      api.verdicts = [accepted];
      api.states = [{ state: "refused", reason: "stale head" }];
      expectError(await run(["bind", "ethereum"]), "the link was refused: stale head");
    });
  });

  describe("revoke", () => {
    it("signs a delete", async () => {
      api.prev = signText(KEY, "anything").base64;
      expectBound(await run(["revoke", "github", "Alice"]));
      expect(api.handed[0]!.submission).to.include({ action: "delete", platform: "github", identity: "alice" });
      expect(api.handed[0]).to.include({ signedByAvatar: true, signedByWallet: false });
    });

    it("passes the server's refusal on", async () => {
      api.verdicts = [refused("there is no proof to delete")];
      expectError(await run(["revoke", "dns", "a.org"]), "there is no proof to delete");
    });
  });

  describe("a server that lies about what to sign", () => {
    const LIES: [string, (payload: PayloadReply) => PayloadReply, string][] = [
      ["another action", alter({ action: "delete" }), `its action is "delete" and not "create"`],
      ["another identity", alter({ identity: `0x${"11".repeat(20)}` }), "its identity is"],
      ["another platform", alter({ platform: "solana" }), `its platform is "solana"`],
      ["another avatar", alter({ persona: publicKeyOf(WALLET).compressed }), "its persona is"],
      ["a uuid that is not the reply's", alter({ uuid: "353449e6-3a6f-4ac8-ae65-ba14bf466baf" }), "its uuid is"],
      ["a time that is not the reply's", alter({ created_at: "1770000000" }), "its created_at is"],
      ["a prev that is no signature", alter({ prev: "AAAA" }), "its prev is neither"],
      ["one more field", alter({ zz_transfer: "everything" }), "its zz_transfer is"],
      ["a text with blanks", (payload) => ({ ...payload, sign_payload: `${payload.sign_payload} ` }), "another way"],
      ["no JSON", (payload) => ({ ...payload, sign_payload: "I owe you 1000 ETH" }), "no JSON object"],
      ["a uuid that is none", (payload) => ({ ...payload, uuid: `x","action":"delete` }), "its uuid is none"],
      [
        "a time in the far future",
        (payload) => ({ ...alter({ created_at: "1999999999" })(payload), created_at: "1999999999" }),
        "minutes off",
      ],
    ];
    for (const [what, lie, message] of LIES) {
      it(`gets no signature for ${what}`, async () => {
        api.lie = lie;
        const finished = await run(["bind", "ethereum"]);
        expectError(finished, "nothing was signed");
        expect(finished.stderr).to.include(message);
        expect(api.handed).to.deep.equal([]);
      });
    }

    it("gets no signature into a post that says something else", async () => {
      const lies: [string, (post: string) => string][] = [
        ["dns", (post) => post.replace(/uuid:[^;]*/, "uuid:353449e6-3a6f-4ac8-ae65-ba14bf466baf")],
        ["dns", (post) => `${post};x:y`],
        ["github", (post) => post.replace(AVATAR.compressed, publicKeyOf(WALLET).compressed)],
        ["github", (post) => post.replace(`"version"`, `"i_hereby_sell": "all", "version"`)],
        ["github", () => "not json"],
      ];
      for (const [platform, lie] of lies) {
        api.lie = (payload) => ({ ...payload, post_content: { default: lie(payload.post_content.default!) } });
        const name = platform === "dns" ? "example.com" : "alice";
        const finished = await run(["bind", platform, name, "--gist", GIST].slice(0, platform === "dns" ? 3 : 5));
        expectError(finished, "what the server wants published does not fit the link");
        expect(finished.stdout).to.equal("");
      }
      expect(api.handed).to.deep.equal([]);
    });
  });

  describe("bind github", () => {
    it("prints the gist, and tries until it is there", async () => {
      api.verdicts = [refused("the gist has no such file"), refused("GitHub did not answer", 502), included];
      const finished = await run(["bind", "github", "Alice", "--gist", GIST, "--every", "0.05", "--json"]);
      expectBound(finished);
      const [published, result] = finished.stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)) as [{ publish: string; file: string; content: string }, { identity: string }];
      expect(published).to.include({ publish: "gist", file: `${AVATAR.compressed}.json` });
      const gist = JSON.parse(published.content) as Record<string, string>;
      expect(recoverPublicKey(gist.sign_payload!, gist.signature!).compressed).to.equal(AVATAR.compressed);
      expect(gist).to.include({ persona: AVATAR.compressed, github_username: "alice" });
      expect(result.identity).to.equal("alice");
      expect(api.handed.map(({ submission }) => submission.proof_location)).to.deep.equal([GIST, GIST, GIST]);
      expect(api.handed[0]!.submission.extra!.signature).to.equal(gist.signature);
      expect(finished.stderr).to.include("not there yet: the gist has no such file");
    });

    it("asks for the gist's address", async () => {
      expectBound(await run(["bind", "github", "alice"], `https://gist.github.com/alice/${GIST}\n`));
      expect(api.handed[0]!.submission.proof_location).to.equal(`https://gist.github.com/alice/${GIST}`);
    });

    it("ends with 2 where it gets none", async () => {
      for (const input of ["", "https://example.com/\n"]) {
        const finished = await run(["bind", "github", "alice"], input);
        expect(finished.code).to.equal(2);
        expect(finished.stderr).to.include("a gist's id or its address");
      }
      expect(api.handed).to.deep.equal([]);
    });

    it("gives up after the time it was given, with the server's reason", async () => {
      api.verdicts = [refused("the gist belongs to mallory")];
      const args = ["bind", "github", "alice", "--location", GIST, "--every", "0.05", "--wait", "2"];
      expectError(await run(args), "the gist belongs to mallory");
      expect(api.handed.length).to.be.greaterThan(1);
    });

    it("notices that a try was taken though its reply got lost", async () => {
      api.verdicts = [(response) => response.destroy()];
      api.states = [{ state: "included" }];
      expectBound(await run(["bind", "github", "alice", "--gist", GIST, "--every", "0.05"]));
      expect(api.handed).to.have.length(1);
    });
  });

  describe("bind dns", () => {
    const args = ["bind", "dns", "Example.COM.", "--every", "0.05"];

    it("prints a TXT record in strings that DNS can carry", async () => {
      api.prev = signText(KEY, "a link before").base64;
      const finished = await run([...args, "--json"]);
      expectBound(finished);
      const published = JSON.parse(finished.stdout.split("\n")[0]!) as Record<string, string> & { strings: string[] };
      expect(published).to.include({ publish: "txt", name: "example.com" });
      const match = /^ps:true;v:1;sig:([^;]+);ca:\d+;uuid:[^;]+;prev:([^;]+)$/.exec(published.record!);
      expect(match?.[2]).to.equal(api.prev);
      expect(parseSignature(match![1]!).base64).to.equal(api.handed[0]!.submission.extra!.signature);
      expect(published.strings.map((part) => part.slice(1, -1)).join("")).to.equal(published.record);
      for (const part of published.strings) expect(part.length).to.be.at.most(257);
      expect((await run(args)).stdout).to.match(/^example\.com\. 300 IN TXT "ps:true;/);
    });

    it("stops cleanly at Ctrl-C, and goes on with the same record next time", async () => {
      api.verdicts = [refused("no TXT record")];
      const { child, finished } = startCli(args, environment());
      await new Promise<void>((resolve) => {
        let seen = "";
        child.stderr!.on("data", (chunk: Buffer) => {
          seen += chunk.toString();
          if (seen.includes("not there yet")) resolve();
        });
      });
      child.kill("SIGINT");
      const first = await finished;
      expect(first).to.include({ code: 130, signal: null });
      expect(first.stderr.trimEnd().split("\n").at(-1)).to.equal("error: interrupted");

      api.verdicts = [included];
      const second = await run(args);
      expectBound(second);
      expect(second.stdout.split("\n")[0]).to.equal(first.stdout.trimEnd());
      expect(api.handed.at(-1)!.submission.uuid).to.equal(api.handed[0]!.submission.uuid);
      expect(await readdir(join(folder, "pending"))).to.deep.equal([]);
    });

    it("makes a new record where the chain moved on, and says so while it waits", async () => {
      api.verdicts = [
        (response, submission) => {
          api.prev = signText(KEY, "another link").base64;
          refused("bad signature")(response, submission);
        },
      ];
      expectError(await run(args), "another link was added to the chain since");
      api.verdicts = [included];
      expectBound(await run(args));
      expect(new Set(api.handed.map(({ submission }) => submission.uuid))).to.have.property("size", 2);
    });
  });
});
