import type { Link } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { type Engine, createEngine } from "../../api/platforms/engine.ts";
import type { Claim } from "../../api/platforms/types.ts";
import { type HttpStandIn, startHttp } from "../standins/upstream.ts";
import { claimOf, expectRefusal, newLink, newSigner, publishedText } from "./claims.ts";
import { fixture, messageOf } from "./fixtures/discord.ts";
import { readsInputs } from "./normalForms.ts";
import { referenceFixture } from "./vectors.ts";

const KELVIN = "\u212a";
const MESSAGE = fixture.canonicalLocation;

describe("discord", () => {
  describe("identity", () => {
    readsInputs("discord", "identity", {
      accepted: [
        ["Sannie", "sannie"],
        ["@sannie", "sannie"],
        [" sannie#0 ", "sannie"],
        ["Sannie#0250", "sannie#0250"],
        ["John Doe#1234", "john doe#1234"],
        ["..a_", "..a_"],
      ],
      refused: [
        "",
        "@",
        "a",
        "a".repeat(33),
        "sannie#",
        "sannie#25",
        "sannie#0000",
        "san#nie#0250",
        "@@sannie",
        `${KELVIN}elvin`,
        `${KELVIN}elvin#0001`,
        "s\u0430nnie",
        "a b",
        "a:b#1234",
        "a\nb#1234",
        "https://discord.com/a",
      ],
    });
  });

  describe("location", () => {
    readsInputs("discord", "proof_location", {
      accepted: [
        [MESSAGE, MESSAGE],
        [MESSAGE.replace("https://", ""), MESSAGE],
        [MESSAGE.replace("discord.com", "canary.discord.com"), MESSAGE],
        [MESSAGE.replace("discord.com", "ptb.discordapp.com"), MESSAGE],
        [referenceFixture("discord", "Sannie#0250").location, MESSAGE],
      ],
      refused: [...fixture.foreignLocations, `${MESSAGE}\n`.repeat(2), MESSAGE.replace("/9", "/\uff19")],
    });
  });

  describe("check", () => {
    const victim = newSigner();
    let upstream: HttpStandIn;
    let engine: Engine;
    let link: Link;
    let claim: Claim;
    let message: Record<string, unknown>;

    beforeEach(async () => {
      upstream = await startHttp(() => ({ body: message }));
      engine = createEngine({ upstreams: { discord: upstream.origin }, tokens: { discord: "t" }, timeout: 500 });
      link = newLink(victim, "discord", fixture.identity);
      claim = claimOf(victim, link, MESSAGE);
      message = posted();
    });

    afterEach(() => upstream.close());

    function posted(handle = fixture.handle): Record<string, unknown> {
      const proofs = [{ avatar: victim.publicKey.compressed, text: publishedText(victim, link) }];
      return messageOf({ handle, accountId: fixture.accountId, proofs });
    }

    it("takes an old name with its discriminator for itself only", async () => {
      message = posted("Sannie#0250");
      await expectRefusal(engine.check(claim), "final", /belongs to Sannie#0250, not to sannie/);
      link = newLink(victim, "discord", "sannie#0250");
      message = posted("Sannie#0250");
      await engine.check(claimOf(victim, link, MESSAGE));
    });

    it("refuses a webhook and a bot that go by the user's name", async () => {
      message = { ...posted(), webhook_id: "1" };
      await expectRefusal(engine.check(claim), "final", /by a webhook/);
      message = { ...posted(), author: { ...(posted().author as object), bot: true } };
      await expectRefusal(engine.check(claim), "final", /by a bot/);
    });

    it("refuses a system message with the text in it", async () => {
      message = { ...posted(), type: 7 };
      await expectRefusal(engine.check(claim), "medium", /none that a user wrote \(type 7\)/);
    });

    it("takes no other message for the one that was asked for", async () => {
      message = { ...posted(), id: "961458176719487077" };
      await expectRefusal(engine.check(claim), "soft", /another message/);
    });

    it("says that the node may be missing Discord's privileged intent", async () => {
      // A fault of this node's, which must not count against the proof: all of a message is hidden from the bot then.
      message = { ...posted(), content: "" };
      await expectRefusal(engine.check(claim), "soft", /may not read what messages say/);
      message = { ...posted(), content: "", attachments: [{ id: "1" }] };
      await expectRefusal(engine.check(claim), "medium", /the message has no text/);
    });

    it("records that a message was edited", async () => {
      expect((await engine.check(claim)).record.facts).to.deep.equal({});
      message = { ...posted(), edited_timestamp: "2022-04-08T00:00:00.000000+00:00" };
      expect((await engine.check(claim)).record.facts).to.deep.equal({ edited: "2022-04-08T00:00:00.000000+00:00" });
    });
  });
});
