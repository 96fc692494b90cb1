import type { Link } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { type Engine, createEngine } from "../../api/platforms/engine.ts";
import type { Claim, Severity } from "../../api/platforms/types.ts";
import { type HttpStandIn, startHttp } from "../standins/upstream.ts";
import { claimOf, expectRefusal, newLink, newSigner, publishedText } from "./claims.ts";
import { fixture, historyOf, messageOf, refusal } from "./fixtures/slack.ts";
import { readsInputs } from "./normalForms.ts";
import { referenceFixture } from "./vectors.ts";

const KELVIN = "\u212a";
const MESSAGE = fixture.canonicalLocation;

describe("slack", () => {
  describe("identity", () => {
    readsInputs("slack", "identity", {
      accepted: [
        ["U04Q3NRDWHX", "U04Q3NRDWHX"],
        ["@u04q3nrdwhx", "U04Q3NRDWHX"],
        ["W012A3CDE", "W012A3CDE"],
        ["<@U04Q3NRDWHX>", "U04Q3NRDWHX"],
        ["<@U04Q3NRDWHX|ashfaqur>", "U04Q3NRDWHX"],
        ["https://ashfaqur.slack.com/team/U04Q3NRDWHX", "U04Q3NRDWHX"],
      ],
      refused: [
        "",
        "ashfaqur",
        "B04Q3NRDWHX",
        "U04",
        `U04Q3NRDWH${KELVIN}`,
        "U04Q3NRDWHX1234567890123",
        "U04Q3 NRDWHX",
        "https://ashfaqur.slack.com.evil.example/team/U04Q3NRDWHX",
        "https://evil.example/team/U04Q3NRDWHX",
      ],
    });
  });

  describe("location", () => {
    readsInputs("slack", "proof_location", {
      accepted: [
        [MESSAGE, MESSAGE],
        [referenceFixture("slack", "ashfaqur").location, MESSAGE],
        [MESSAGE.replace("https://", ""), MESSAGE],
        [MESSAGE.replace("ashfaqur", "big.enterprise"), MESSAGE.replace("ashfaqur", "big.enterprise")],
        [`${MESSAGE}?thread_ts=1677499644.698189&cid=C04Q3P6H7TK`, MESSAGE],
      ],
      refused: [...fixture.foreignLocations, `${MESSAGE}#x`],
    });
  });

  describe("check", () => {
    const victim = newSigner();
    let upstream: HttpStandIn;
    let engine: Engine;
    let link: Link;
    let claim: Claim;
    let body: object;

    beforeEach(async () => {
      upstream = await startHttp(() => ({ body }));
      engine = createEngine({ upstreams: { slack: upstream.origin }, tokens: { slack: "t" }, timeout: 500 });
      link = newLink(victim, "slack", fixture.identity);
      claim = claimOf(victim, link, MESSAGE);
      body = historyOf([posted()]);
    });

    afterEach(() => upstream.close());

    function posted(): Record<string, unknown> {
      const proofs = [{ avatar: victim.publicKey.compressed, text: publishedText(victim, link) }];
      return messageOf({ handle: fixture.handle, accountId: fixture.accountId, proofs });
    }

    it("asks for this message alone", async () => {
      await engine.check(claim);
      expect(Object.fromEntries(upstream.requests[0]!.url.searchParams)).to.deep.equal({
        channel: "C04Q3P6H7TK",
        latest: "1677499644.698189",
        oldest: "1677499644.698189",
        inclusive: "true",
        limit: "1",
      });
    });

    const errors: [error: string, severity: Severity, message: RegExp][] = [
      ["ratelimited", "soft", /does not answer now \(ratelimited\)/],
      ["invalid_auth", "soft", /invalid_auth/],
      ["missing_scope", "soft", /missing_scope/],
      ["internal_error", "soft", /internal_error/],
      ["channel_not_found", "medium", /no such channel/],
      ["not_in_channel", "medium", /invite it/],
    ];
    for (const [error, severity, message] of errors) {
      it(`takes the error ${error}, sent with status 200, as ${severity}`, async () => {
        body = refusal(error).body;
        await expectRefusal(engine.check(claim), severity, message);
      });
    }

    it("refuses an app that goes by the user's name", async () => {
      body = historyOf([{ ...posted(), bot_id: "B19LU7CSY" }]);
      await expectRefusal(engine.check(claim), "final", /by an app/);
    });

    it("refuses messages of a subtype, which Slack or an app writes", async () => {
      for (const subtype of ["bot_message", "channel_topic", "me_message", "file_comment"]) {
        body = historyOf([{ ...posted(), subtype }]);
        await expectRefusal(engine.check(claim), "medium", new RegExp(`\\(${subtype}\\)`));
      }
    });

    it("takes neither the message before nor what is left of a deleted one", async () => {
      body = historyOf([{ ...posted(), ts: "1677499644.698188" }]);
      await expectRefusal(engine.check(claim), "medium", /was deleted/);
      body = historyOf([{ ...posted(), subtype: "tombstone", user: "USLACKBOT" }]);
      await expectRefusal(engine.check(claim), "medium", /was deleted/);
    });

    it("reads Slack's escapes and links, once", async () => {
      const { text } = posted() as { text: string };
      const signature = /Sig: (\S+)/.exec(text)![1]!;
      body = historyOf([{ ...posted(), text: text.replace(signature, `<https://x.example|${signature}>`) }]);
      await engine.check(claim);
      // What was escaped stays text: it cannot become a link whose label is read.
      body = historyOf([{ ...posted(), text: text.replace(signature, `&lt;https://x.example|${signature}&gt;`) }]);
      await expectRefusal(engine.check(claim), "medium", /no signature/);
    });

    it("records that a message was edited", async () => {
      body = historyOf([{ ...posted(), edited: { user: fixture.identity, ts: "1677499650.000000" } }]);
      expect((await engine.check(claim)).record.facts).to.deep.equal({ edited: "1677499650.000000" });
    });
  });
});
