import type { Link } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { type Engine, createEngine } from "../../api/platforms/engine.ts";
import type { Claim } from "../../api/platforms/types.ts";
import { type HttpStandIn, startHttp } from "../standins/upstream.ts";
import { claimOf, expectRefusal, newLink, newSigner, publishedText, sign } from "./claims.ts";
import type { UpstreamAnswer } from "./fixtures/fixture.ts";
import { readsInputs } from "./normalForms.ts";
import { parserCases, referenceFixture } from "./vectors.ts";

const KELVIN = "\u212a";
const PUBLIC = "https://www.w3.org/ns/activitystreams#Public";

const ACTOR = "https://social.example/users/alice";
const NOTE = "https://social.example/users/alice/statuses/1";

function actor(id: string, change: object = {}): object {
  return {
    id,
    type: "Person",
    preferredUsername: "alice",
    inbox: `${id}/inbox`,
    outbox: `${id}/outbox`,
    ...change,
  };
}

describe("activitypub", () => {
  describe("identity", () => {
    readsInputs("activitypub", "identity", {
      accepted: [
        ["Alice@Social.example", "alice@social.example"],
        ["@alice@social.example", "alice@social.example"],
        ["acct:alice@social.example", "alice@social.example"],
        [" @alice@social.example ", "alice@social.example"],
        ["https://social.example/@Alice", "alice@social.example"],
        ["social.example/@alice/", "alice@social.example"],
        ["a.b-c_d@social.example", "a.b-c_d@social.example"],
        ["alice@b\u00fccher.example", "alice@xn--bcher-kva.example"],
        ["alice@social.example.", "alice@social.example"],
        ["nykma@t.nyk.app", "nykma@t.nyk.app"],
      ],
      refused: [
        "",
        "alice",
        "@alice",
        "alice@",
        "@@alice@social.example",
        "alice@bob@social.example",
        "alice@localhost",
        "alice@127.0.0.1",
        "alice@[::1]",
        "alice@0x7f.1",
        "alice@social.example:8443",
        "alice@social.example/x",
        "alice@social.example?x",
        "alice@social.example#x",
        "al/ice@social.example",
        "al%69ce@social.example",
        "al\u0131ce@social.example",
        `${KELVIN}elvin@social.example`,
        `alice@${KELVIN}elvin.example`,
        "alice@\uff45xample.com",
        "alice.@social.example",
        "https://social.example/users/alice",
        "https://user@social.example/@alice",
        `${"a".repeat(65)}@social.example`,
      ],
    });
  });

  describe("location", () => {
    readsInputs("activitypub", "proof_location", {
      accepted: [
        [NOTE, NOTE],
        ["https://SOCIAL.example/notes/1?x=%20#y", "https://social.example/notes/1?x=%20"],
        ["https://social.example/a/../notes/1", "https://social.example/notes/1"],
        [referenceFixture("activitypub", "nykma@t.nyk.app").location, "98wr1tkc82"],
        ["109520000000000001", "109520000000000001"],
        ["01F8MHAMCHF6Y650WCRSCP4WMY", "01F8MHAMCHF6Y650WCRSCP4WMY"],
      ],
      refused: [
        "",
        "1",
        "../notes/1",
        "98wr1tkc82?x=1",
        "http://social.example/notes/1",
        "https://social.example",
        "https://social.example:8443/notes/1",
        "https://a@social.example/notes/1",
        "https://a:b@social.example/notes/1",
        "https://social.example\\@evil.example",
        "https://2130706433/notes/1",
        "https://0x7f000001/notes/1",
        "https://[::ffff:127.0.0.1]/notes/1",
        "https://localhost/notes/1",
        `https://social.example/${"a".repeat(2000)}`,
      ],
    });
  });

  describe("check", () => {
    const victim = newSigner();
    let upstream: HttpStandIn;
    let engine: Engine;
    let link: Link;
    let claim: Claim;
    /** What the servers of the fediverse have, by address. */
    let web: Map<string, UpstreamAnswer>;

    beforeEach(async () => {
      upstream = await startHttp(({ url }) => {
        return web.get(`https://${url.host}${url.pathname}${url.search}`) ?? null;
      });
      engine = createEngine({ upstreams: { activitypub: upstream.origin }, timeout: 500 });
      link = newLink(victim, "activitypub", "alice@social.example");
      claim = claimOf(victim, link, NOTE);
      web = new Map();
      finger("alice@social.example", ACTOR);
      put(ACTOR, actor(ACTOR));
      put(NOTE, note(NOTE));
    });

    afterEach(() => upstream.close());

    function put(address: string, body: object, type = "application/activity+json"): void {
      web.set(address, { headers: { "content-type": type }, body });
    }

    /** Has a host say of an account whose it is. */
    function finger(account: string, self: string, { subject = account, aliases = [] as string[] } = {}): void {
      const links = [{ rel: "self", type: "application/activity+json", href: self }];
      const resource = encodeURIComponent(`acct:${account}`);
      const address = `https://${account.split("@")[1]!}/.well-known/webfinger?resource=${resource}`;
      put(address, { subject: `acct:${subject}`, aliases, links }, "application/jrd+json");
    }

    function nodeInfo(name: string, href = "https://social.example/nodeinfo/2.1"): void {
      const links = [{ rel: "http://nodeinfo.diaspora.software/ns/schema/2.1", href }];
      put("https://social.example/.well-known/nodeinfo", { links }, "application/json");
      put(href, { version: "2.1", software: { name, version: "1" } }, "application/json");
    }

    function note(id: string, change: object = {}): object {
      const content = publishedText(victim, link).replaceAll("\n", "<br>");
      return { id, type: "Note", attributedTo: ACTOR, to: [PUBLIC], cc: [], content: `<p>${content}</p>`, ...change };
    }

    it("asks WebFinger, the actor and the note, each by its own type, and records all three", async () => {
      const { record, accountId, signature } = await engine.check(claim);
      expect(accountId).to.equal(ACTOR);
      expect(signature.base64).to.equal(sign(victim, link));
      expect(record.answers.map(({ source }) => source)).to.deep.equal([
        "https://social.example/.well-known/webfinger?resource=acct%3Aalice%40social.example",
        ACTOR,
        NOTE,
      ]);
      const [first, ...others] = upstream.requests.map(({ headers }) => headers.accept);
      expect(first).to.match(/^application\/jrd\+json/);
      for (const accept of others) expect(accept).to.match(/activity\+json.*ld\+json; profile="/);
    });

    it("records when a note was edited", async () => {
      put(NOTE, note(NOTE, { published: "2022-12-18T09:39:57Z", updated: "2022-12-19T09:39:57Z" }));
      const { record } = await engine.check(claim);
      expect(record.facts).to.deep.equal({ published: "2022-12-18T09:39:57Z", updated: "2022-12-19T09:39:57Z" });
    });

    it("takes members as JSON-LD lets them be written", async () => {
      for (const change of [
        { attributedTo: [ACTOR] },
        { attributedTo: { id: ACTOR, type: "Person" } },
        { to: PUBLIC, cc: undefined },
        { to: [], cc: "as:Public" },
        { to: ["https://social.example/users/alice/followers"], cc: ["Public"] },
      ]) {
        put(NOTE, note(NOTE, change));
        await engine.check(claim);
      }
      put(NOTE, note(NOTE), 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"');
      await engine.check(claim);
    });

    it("reads the post of Next.ID's own test, which has no blank behind its names", async () => {
      const [{ input }] = parserCases("activitypub_text") as [{ input: string }];
      const values = ["alice@social.example", victim.publicKey.compressed.slice(2), link.uuid, "null"];
      const text = values
        .reduce((filled, value) => filled.replace("%s", value), input)
        .replace("%d", String(link.createdAt))
        .replace("dGVzdDEyMw==", sign(victim, link));
      expect(text).to.match(/UUID:\S+\nPrevious:null\nCreatedAt:1760000000\n/);
      put(NOTE, note(NOTE, { content: text.replaceAll("\n", "<br>") }));
      await engine.check(claim);
      put(NOTE, note(NOTE, { content: text.replace(link.uuid, "x").replaceAll("\n", "<br>") }));
      await expectRefusal(engine.check(claim), "final", /its uuid is x instead of/);
    });

    describe("whose note it is", () => {
      it("refuses a note by several, or by nobody", async () => {
        const mallory = "https://social.example/users/mallory";
        for (const attributedTo of [[ACTOR, mallory], [mallory, ACTOR], [], undefined]) {
          put(NOTE, note(NOTE, { attributedTo }));
          await expectRefusal(engine.check(claim), "final", /belongs to .+, not to alice@social\.example/);
        }
      });

      it("refuses a note of another server that says it is alice's, and does not ask it", async () => {
        const elsewhere = "https://evil.example/notes/1";
        put(elsewhere, note(elsewhere));
        const look = engine.check({ ...claim, location: elsewhere });
        await expectRefusal(
          look,
          "final",
          /the note is on evil\.example, and alice@social\.example on social\.example/,
        );
        expect(upstream.requests.map(({ url }) => url.host)).not.to.include("evil.example");
      });

      it("refuses a copy of another server's note, and a file that somebody uploaded", async () => {
        put(NOTE, note("https://other.example/notes/1"));
        await expectRefusal(engine.check(claim), "medium", /says that it is not of social\.example/);
        put("https://social.example/media/1.json", note(NOTE), "application/json");
        const look = engine.check({ ...claim, location: "https://social.example/media/1.json" });
        await expectRefusal(look, "soft", /no ActivityStreams document/);
      });

      it("believes what is at the note's own id, not what is at the address that names it", async () => {
        const pasted = "https://social.example/@alice/1";
        put(pasted, note(NOTE));
        await engine.check({ ...claim, location: pasted });
        put(NOTE, note(NOTE, { content: "hello" }));
        await expectRefusal(engine.check({ ...claim, location: pasted }), "medium", /no signature/);
        web.delete(NOTE);
        await expectRefusal(engine.check({ ...claim, location: pasted }), "medium", /nothing public/);
        put(NOTE, note(`${NOTE}0`));
        await expectRefusal(engine.check({ ...claim, location: pasted }), "medium", /another id than its address/);
      });

      it("refuses an account that is only another name for the claimed one's", async () => {
        finger("alice@social.example", ACTOR, { subject: "alice@example.com" });
        await expectRefusal(
          engine.check(claim),
          "final",
          /belongs to alice@example\.com, not to alice@social\.example/,
        );
      });
    });

    describe("a host that leaves its accounts to another server", () => {
      beforeEach(() => {
        link = newLink(victim, "activitypub", "alice@example.com");
        claim = claimOf(victim, link, NOTE);
        put(NOTE, note(NOTE));
        finger("alice@example.com", ACTOR);
      });

      it("is believed where that server says the same", async () => {
        finger("alice@social.example", ACTOR, { subject: "alice@example.com" });
        expect((await engine.check(claim)).accountId).to.equal(ACTOR);
      });

      it("is believed where that server has it as an alias, as Fedify does", async () => {
        finger("alice@social.example", ACTOR, { aliases: ["acct:alice@example.com"] });
        expect((await engine.check(claim)).accountId).to.equal(ACTOR);
      });

      it("is refused where that server has no account of the actor's name", async () => {
        web.delete(
          `https://social.example/.well-known/webfinger?resource=${encodeURIComponent("acct:alice@social.example")}`,
        );
        await expectRefusal(engine.check(claim), "medium", /nothing public/);
      });

      it("is refused where that server knows the actor by its own name", async () => {
        const message = /example\.com says that alice@example\.com is https:.+, which belongs to alice@social\.example/;
        await expectRefusal(engine.check(claim), "final", message);
      });

      it("is refused where that server leads to another actor", async () => {
        finger("alice@social.example", "https://social.example/users/mallory", { subject: "alice@example.com" });
        await expectRefusal(engine.check(claim), "final", /which belongs to/);
      });
    });

    describe("what is not there", () => {
      it("tells accounts that moved or were suspended", async () => {
        put(ACTOR, actor(ACTOR, { movedTo: "https://new.example/users/alice" }));
        await expectRefusal(engine.check(claim), "medium", /has moved to https:\/\/new\.example\/users\/alice/);
        put(ACTOR, actor(ACTOR, { suspended: true }));
        await expectRefusal(engine.check(claim), "medium", /is suspended/);
      });

      it("takes a tombstone of status 200 for what it is", async () => {
        put(NOTE, { id: NOTE, type: "Tombstone" });
        await expectRefusal(engine.check(claim), "medium", /has deleted/);
      });

      it("refuses what is no note", async () => {
        put(NOTE, note(NOTE, { type: "Announce" }));
        await expectRefusal(engine.check(claim), "medium", /no note/);
        await expectRefusal(engine.check({ ...claim, location: ACTOR }), "medium", /no note/);
      });

      it("says that a server may want signed requests", async () => {
        web.set(NOTE, { status: 401, body: { error: "Request not signed" } });
        await expectRefusal(
          engine.check(claim),
          "soft",
          /HTTP 401.*signed requests, and this node has no ACTIVITYPUB_KEY/,
        );
      });
    });

    describe("bare ids, as Next.ID has them", () => {
      const ids: [software: string, id: string, path: string][] = [
        ["mastodon", "109520000000000001", "/users/alice/statuses/109520000000000001"],
        ["pleroma", "AQg2OKOvNpLWHpoNLs", "/notice/AQg2OKOvNpLWHpoNLs"],
        ["akkoma", "AQg2OKOvNpLWHpoNLs", "/notice/AQg2OKOvNpLWHpoNLs"],
        ["misskey", "98wr1tkc82", "/notes/98wr1tkc82"],
        ["gotosocial", "01F8MHAMCHF6Y650WCRSCP4WMY", "/users/alice/statuses/01F8MHAMCHF6Y650WCRSCP4WMY"],
      ];

      for (const [software, id, path] of ids) {
        it(`finds a note of ${software}`, async () => {
          nodeInfo(software);
          put(`https://social.example${path}`, note(NOTE));
          expect((await engine.check({ ...claim, location: id })).location).to.equal(id);
        });
      }

      it("asks for the address where the software is unknown", async () => {
        nodeInfo("somethingnew");
        await expectRefusal(engine.check({ ...claim, location: "98wr1tkc82" }), "medium", /give its address/);
      });

      it("follows NodeInfo nowhere else", async () => {
        nodeInfo("misskey", "https://internal.example/latest/meta-data");
        await expectRefusal(engine.check({ ...claim, location: "98wr1tkc82" }), "medium", /give its address/);
        expect(upstream.requests.map(({ url }) => url.host)).not.to.include("internal.example");
      });
    });
  });
});
