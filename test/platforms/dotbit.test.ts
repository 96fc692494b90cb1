import type { Link } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { type Engine, createEngine } from "../../api/platforms/engine.ts";
import type { Claim } from "../../api/platforms/types.ts";
import { type HttpStandIn, startHttp } from "../standins/upstream.ts";
import { claimOf, expectRefusal, newLink, newSigner, sign } from "./claims.ts";
import { fixture } from "./fixtures/dotbit.ts";
import { readsInputs } from "./normalForms.ts";

const NAME = fixture.identity;

describe("dotbit", () => {
  describe("identity", () => {
    readsInputs("dotbit", "identity", {
      accepted: [
        ["MitchAtMask.bit", NAME],
        ["mitchatmask.BIT", NAME],
        ["@mitchatmask.bit", NAME],
        ["https://d.id/mitchatmask.bit", NAME],
        ["sub.mitchatmask.bit", "sub.mitchatmask.bit"],
        ["\u4f60\u597d.bit", "\u4f60\u597d.bit"],
        ["\ud83c\udfad.bit", "\ud83c\udfad.bit"],
      ],
      refused: [
        "",
        ".bit",
        "bit",
        "mitch",
        "mitch.eth",
        "a..bit",
        "a b.bit",
        "a/b.bit",
        "a.bit/../b",
        "a@b.bit",
        "a#b.bit",
        "\u212aelvin.bit",
        "\uff41lice.bit",
        "al\u200bice.bit",
        "\u202ealice.bit",
        "\u00c9lan.bit",
        "cafe\u0301.bit",
        "https://d.id.evil.example/alice.bit",
        `${"a".repeat(200)}.bit`,
      ],
    });
  });

  describe("check", () => {
    const victim = newSigner();
    const key = victim.publicKey.compressed;
    let upstream: HttpStandIn;
    let engine: Engine;
    let link: Link;
    let claim: Claim;
    let text: string;

    beforeEach(async () => {
      upstream = await startHttp((request) =>
        fixture.answer!(request, { handle: NAME, accountId: fixture.accountId, proofs: [{ avatar: key, text }] }),
      );
      engine = createEngine({ upstreams: { dotbit: upstream.origin }, timeout: 500 });
      link = newLink(victim, "dotbit", NAME);
      claim = claimOf(victim, link, "");
      text = `${key}:${sign(victim, link)}`;
    });

    afterEach(() => upstream.close());

    it("asks the indexer as its documentation says", async () => {
      await engine.check(claim);
      expect(upstream.requests.map(({ method, url, body }) => [method, url.pathname, body])).to.deep.equal([
        ["POST", "/v1/account/info", `{"account":"${NAME}"}`],
        ["POST", "/v1/account/records", `{"account":"${NAME}"}`],
      ]);
    });

    it("takes the key with 0x and without, compressed and whole", async () => {
      const { uncompressed } = victim.publicKey;
      for (const written of [key, key.slice(2), key.toUpperCase().replace("0X", "0x"), uncompressed]) {
        text = `${written}:${sign(victim, link)}`;
        expect((await engine.check(claim)).signature.base64).to.equal(sign(victim, link));
      }
    });

    it("refuses a record that names another key, although the signature is the avatar's", async () => {
      text = `${newSigner().publicKey.compressed}:${sign(victim, link)}`;
      await expectRefusal(engine.check(claim), "final", /carries the key 0x\w+ instead of/);
    });

    it("records what the chain says of the name", async () => {
      expect((await engine.check(claim)).record.facts).to.deep.equal({
        account_id: "0x5f560ec1edc638d7dab7c7a1ca8c3b0f6ed1848b",
        expires_at: 1942315542,
        status: 0,
      });
    });

    it("tells a name without an account from an indexer in trouble", async () => {
      const server = await startHttp(() => ({ body: { errno, errmsg: "db error", data: null } }));
      const troubled = createEngine({ upstreams: { dotbit: server.origin }, timeout: 500 });
      let errno = 20007;
      await expectRefusal(troubled.check(claim), "medium", /no such account/);
      errno = 10002;
      await expectRefusal(troubled.check(claim), "soft", /10002 db error/);
      await server.close();
    });
  });
});
