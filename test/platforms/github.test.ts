import { type Link, signPayload } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { type Engine, createEngine } from "../../api/platforms/engine.ts";
import type { Claim } from "../../api/platforms/types.ts";
import { type GitHubStandIn, startGitHub } from "../standins/github.ts";
import { claimOf, expectRefusal, newLink, newSigner, publishedText, sign } from "./claims.ts";
import { proofVector, referenceFixture } from "./vectors.ts";

const GIST = "5b3acc09d25242950e4b7ea0ee707ada";
const OWNER = { login: "Alice", id: 1191636 };

describe("github", () => {
  let upstream: GitHubStandIn;
  let engine: Engine;

  beforeEach(async () => {
    upstream = await startGitHub();
    engine = createEngine({ upstreams: { github: upstream.origin }, timeout: 500 });
  });

  afterEach(() => upstream.close());

  describe("check", () => {
    const victim = newSigner();
    const attacker = newSigner();
    let claim: Claim;
    let link: Link;

    beforeEach(() => {
      link = newLink(victim, "github", "alice");
      claim = claimOf(victim, link, GIST);
    });

    const name = `${victim.publicKey.compressed}.json`;

    it("asks as GitHub's documentation wants, with the token where there is one", async () => {
      upstream.publish(GIST, { owner: OWNER, files: { [name]: publishedText(victim, link) } });
      await engine.check(claim);
      const asked = upstream.requests.at(-1)!;
      expect(asked.url.pathname).to.equal(`/gists/${GIST}`);
      expect(asked.headers).to.include({
        accept: "application/vnd.github+json",
        "x-github-api-version": "2022-11-28",
        "user-agent": "syngraph",
      });
      expect(asked.headers).not.to.have.any.keys("authorization", "cookie");
      await createEngine({ upstreams: { github: upstream.origin }, tokens: { github: "secret" } }).check(claim);
      expect(upstream.requests.at(-1)!.headers.authorization).to.equal("Bearer secret");
    });

    it("refuses a file named after the victim whose content is the attacker's own valid proof", async () => {
      // This is what Next.ID's server takes: it verifies the file's signature with the file's key over the file's text.
      const own = newLink(attacker, "github", "alice");
      upstream.publish(GIST, { owner: OWNER, files: { [name]: publishedText(attacker, own) } });
      const message = new RegExp(`carries the key ${attacker.publicKey.compressed} instead of`);
      await expectRefusal(engine.check(claim), "final", message);
    });

    it("refuses that file also where it names the victim's key", async () => {
      const own = newLink(attacker, "github", "alice");
      const text = publishedText(attacker, own).replace(attacker.publicKey.compressed, victim.publicKey.compressed);
      upstream.publish(GIST, { owner: OWNER, files: { [name]: text } });
      await expectRefusal(engine.check(claim), "final", new RegExp(`its uuid is ${own.uuid} instead of ${link.uuid}`));
    });

    it("refuses a file that names no key", async () => {
      const document = { ...(JSON.parse(publishedText(victim, link)) as object), persona: undefined };
      upstream.publish(GIST, { owner: OWNER, files: { [name]: JSON.stringify(document) } });
      await expectRefusal(engine.check(claim), "medium", /names no persona/);
    });

    it("says when to ask again, and does not ask before", async () => {
      const twice = createEngine({ upstreams: { github: upstream.origin }, limits: { backoff: 1 } });
      upstream.trouble("fails");
      expect((await expectRefusal(twice.check(claim), "soft", /HTTP 500/)).retryAfter).to.equal(null);
      upstream.trouble("limits the rate with 429");
      expect((await expectRefusal(twice.check(claim), "soft", /HTTP 429/)).retryAfter).to.equal(30);
      const asked = upstream.requests.length;
      expect((await expectRefusal(twice.check(claim), "soft", /wants to be left alone/)).retryAfter).to.equal(30);
      expect(upstream.requests).to.have.length(asked);
    });

    it("never verifies over the text that the file says was signed", async () => {
      const own = newLink(victim, "github", "alice", { createdAt: link.createdAt - 1 });
      const document = { ...(JSON.parse(publishedText(victim, link)) as object), signature: sign(victim, own) };
      const text = JSON.stringify({ ...document, sign_payload: signPayload(own) });
      upstream.publish(GIST, { owner: OWNER, files: { [name]: text } });
      const message = new RegExp(
        `the signature in the gist's file 0x\\w+\\.json is for another link: its uuid is ${own.uuid} instead of ` +
          `${link.uuid}, its created_at is 1759999999 instead of 1760000000`,
      );
      await expectRefusal(engine.check(claim), "final", message);
    });

    it("refuses another account's gist, and does not even fetch the rest of it", async () => {
      const owner = { login: "mallory", id: 666 };
      upstream.publish(GIST, { owner, files: { [name]: publishedText(victim, link) }, shortened: {} });
      await expectRefusal(engine.check(claim), "final", /^the gist belongs to mallory, not to alice$/);
      expect(upstream.requests).to.have.length(1);
    });

    it("refuses a gist without an owner, and a secret one", async () => {
      const files = { [name]: publishedText(victim, link) };
      upstream.publish(GIST, { owner: null, files });
      await expectRefusal(engine.check(claim), "medium", /has no owner/);
      upstream.publish(GIST, { owner: OWNER, files, public: false });
      await expectRefusal(engine.check(claim), "medium", /is secret/);
    });

    it("refuses a fork, which one click makes of an attacker's gist", async () => {
      const files = { [name]: publishedText(victim, link) };
      upstream.publish(GIST, { owner: OWNER, files, forkOf: "aa5a315d61ae9438b18d" });
      await expectRefusal(engine.check(claim), "medium", /is a fork: its words are another's/);
    });

    it("names the key that the gist carries instead of the avatar's", async () => {
      const other = `${attacker.publicKey.compressed}.json`;
      upstream.publish(GIST, { owner: OWNER, files: { [other]: publishedText(attacker, link) } });
      const message = new RegExp(`has no file ${name}: it carries the key ${attacker.publicKey.compressed}$`);
      await expectRefusal(engine.check(claim), "medium", message);
    });

    it("reads a shortened file whole, without sending the token along", async () => {
      const withToken = createEngine({ upstreams: { github: upstream.origin }, tokens: { github: "secret" } });
      upstream.publish(GIST, { owner: OWNER, files: { [name]: publishedText(victim, link) }, shortened: {} });
      const { record } = await withToken.check(claim);
      expect(record.answers.map(({ source }) => new URL(source).pathname)).to.deep.equal([
        `/gists/${GIST}`,
        `/raw/${GIST}/${name}`,
      ]);
      expect(record.answers.map(({ sha256 }) => sha256)).to.deep.equal(upstream.sent);
      expect(upstream.requests.map(({ url }) => url.pathname)).to.deep.equal([
        `/gists/${GIST}`,
        `/raw/${GIST}/${name}`,
      ]);
      expect(upstream.requests[1]!.headers).not.to.have.property("authorization");
    });

    it("does not follow a shortened file to another host", async () => {
      const elsewhere = await startGitHub();
      try {
        for (const rawOrigin of [elsewhere.origin, "http://169.254.169.254", "https://gist.githubusercontent.com"]) {
          const files = { [name]: publishedText(victim, link) };
          elsewhere.publish(GIST, { owner: OWNER, files });
          upstream.publish(GIST, { owner: OWNER, files, shortened: { rawOrigin } });
          await expectRefusal(engine.check(claim), "soft", /which is not the platform's/);
        }
        expect(elsewhere.requests).to.have.length(0);
      } finally {
        await elsewhere.close();
      }
    });
  });

  describe("a gist of Next.ID's own time", () => {
    const { link, avatar, message, signature } = proofVector("github_gist_nykma");

    beforeEach(() => {
      const document = {
        version: "1",
        persona: avatar.compressed,
        github_username: "nykma",
        sign_payload: message,
        signature,
        created_at: String(link.createdAt),
        uuid: link.uuid,
      };
      const files = { [`${avatar.compressed}.json`]: JSON.stringify(document) };
      upstream.publish(GIST, { owner: { login: "nykma", id: 1191636 }, files });
    });

    it("verifies with the uuid and time that were signed", async () => {
      const evidence = await engine.check({ link, avatar, location: GIST });
      expect(evidence.signature.base64).to.equal(signature);
      expect(evidence.accountId).to.equal("1191636");
    });

    it("fails with the ones that Next.ID's server took for it", async () => {
      const other = { ...link, ...referenceFixture("github", "nykma") };
      const look = engine.check({ link: other, avatar, location: GIST });
      await expectRefusal(look, "final", /its uuid is ea7279e4-b00c-4447-b784-c8f45895fdc8 instead of 909ee81f-/);
    });
  });
});
