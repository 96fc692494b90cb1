import type { Link } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { type Engine, createEngine } from "../../api/platforms/engine.ts";
import { platformOf } from "../../api/platforms/index.ts";
import { CheckError, type Claim, type Published } from "../../api/platforms/types.ts";
import { type DnsStandIn, startDns } from "../standins/dns.ts";
import { claimOf, expectRefusal, newLink, newSigner, publishedText, sign } from "./claims.ts";
import { strings } from "./fixtures/dns.ts";
import { parserCases, proofVector } from "./vectors.ts";

const NAME = "xn--bcher-kva.example";

describe("dns", () => {
  let upstream: DnsStandIn;
  let engine: Engine;

  beforeEach(async () => {
    upstream = await startDns();
    engine = createEngine({ upstreams: { dns: upstream.upstream }, timeout: 400 });
  });

  afterEach(() => upstream.close());

  describe("check", () => {
    const victim = newSigner();
    let link: Link;
    let claim: Claim;

    beforeEach(() => {
      link = newLink(victim, "dns", NAME);
      claim = claimOf(victim, link, "");
    });

    it("joins the strings of one record, and never those of two", async () => {
      const text = publishedText(victim, link);
      upstream.publish(NAME, [[text.slice(0, 9), text.slice(9, 10), text.slice(10)]]);
      await engine.check(claim);
      upstream.publish(NAME, [[text.slice(0, 100)], [text.slice(100)]]);
      await expectRefusal(engine.check(claim), "medium", /no TXT record of xn--bcher-kva\.example has uuid/);
    });

    it("takes a record that was stored with its quotes", async () => {
      upstream.publish(NAME, [[`"${publishedText(victim, link)}"`]]);
      await engine.check(claim);
    });

    it("finds its record among a domain's others, over TCP where they are too many for UDP", async () => {
      const others = Array.from({ length: 20 }, (_, index) => [`v=spf1 include:_${index}.example ${"x".repeat(150)}`]);
      upstream.publish(NAME, [
        ...others,
        strings(publishedText(victim, newLink(victim, "dns", NAME))),
        strings(publishedText(victim, link)),
      ]);
      await engine.check(claim);
      expect(upstream.questions.map(({ transport }) => transport)).to.deep.equal(["udp", "tcp"]);
    });

    it("says which uuids are there instead", async () => {
      const other = newLink(victim, "dns", NAME);
      upstream.publish(NAME, [strings(publishedText(victim, other))]);
      const message = `no TXT record of ${NAME} has uuid ${link.uuid} (there is ${other.uuid})`;
      const error = await expectRefusal(engine.check(claim), "medium", /no TXT record/);
      expect(error.message).to.equal(message);
    });

    it("confirms a good record beside a bad one of the same uuid", async () => {
      upstream.publish(NAME, [
        strings(publishedText(victim, link, sign(newSigner(), link))),
        strings(publishedText(victim, link)),
      ]);
      await engine.check(claim);
    });

    it("refuses a record whose prev is not the link's, although the signature verifies", async () => {
      upstream.publish(NAME, [strings(publishedText(victim, link).replace("prev:null", `prev:${sign(victim, link)}`))]);
      await expectRefusal(engine.check(claim), "final", /its prev is [A-Za-z0-9+/]{87}= instead of null/);
    });

    it("refuses damaged records, and says where", async () => {
      const good = publishedText(victim, link);
      const cases: [string, RegExp][] = [
        [good.replace(";v:1", ";v:1;v:1"), /is damaged at "v:1"/],
        [`${good};`, /is damaged at ""/],
        [good.replace(";v:1", ";v:1:1"), /is damaged at "v:1:1"/],
        [good.replace(";v:1", ";v:2"), /not of version 1/],
        [good.replace("ps:true", "ps:false"), /not of version 1/],
        [good.replace(/;prev:null$/, ""), /lacks prev/],
        [good.replace(/;ca:\d+/, ""), /lacks ca/],
      ];
      for (const [text, message] of cases) {
        upstream.publish(NAME, [strings(text)]);
        await expectRefusal(engine.check(claim), "medium", message);
      }
    });

    it("records whether the resolver says that DNSSEC vouches for the record", async () => {
      upstream.publish(NAME, [strings(publishedText(victim, link))]);
      expect((await engine.check(claim)).record.facts).to.deep.equal({ dnssec: false });
      upstream.vouch(true);
      const { facts, answers } = (await engine.check(claim)).record;
      expect(facts).to.deep.equal({ dnssec: true });
      expect(answers[0]!.status).to.equal("NOERROR, authentic data");
    });

    it("takes what an alias leads to only where the text was signed for the asked name", async () => {
      const target = "other.example";
      upstream.alias(NAME, target);
      upstream.publish(target, [strings(publishedText(victim, link))]);
      await engine.check(claim);
      upstream.publish(target, [strings(publishedText(victim, link, sign(victim, { ...link, identity: target })))]);
      await expectRefusal(engine.check(claim), "final", /another key or over another text/);
    });

    it("tells a name that does not exist from a server that fails", async () => {
      const nobody = newLink(victim, "dns", "nobody.example");
      await expectRefusal(engine.check(claimOf(victim, nobody, "")), "medium", /^nobody\.example has no TXT record$/);
    });

    it("asks the next server where one is silent", async () => {
      const silent = await startDns();
      silent.trouble("never answers");
      upstream.publish(NAME, [strings(publishedText(victim, link))]);
      const both = createEngine({ upstreams: { dns: `${silent.upstream}, ${upstream.upstream}` }, timeout: 2000 });
      await both.check(claim).finally(() => silent.close());
      expect(silent.questions.length).to.be.greaterThan(0);
    });
  });

  it("reads the records of Next.ID's own tests", () => {
    const { readProof } = platformOf("dns")!;
    for (const { input, signature, previous } of parserCases("dns_txt")) {
      const read = () => readProof!(input) as Published;
      if (/prev:/.test(input)) {
        if (signature !== undefined) expect(read().signature.base64).to.equal(signature);
        expect(read().prev).to.equal(previous ?? null);
      } else expect(read).to.throw(CheckError, "lacks prev");
    }
  });

  it("verifies the record that Next.ID itself published", async () => {
    const { link, avatar, signature } = proofVector("dns_testcase_nextnext");
    const text = `ps:true;v:1;sig:${signature};ca:${link.createdAt};uuid:${link.uuid};prev:null`;
    upstream.publish(link.identity, [strings(text)]);
    expect((await engine.check({ link, avatar, location: "" })).signature.base64).to.equal(signature);
    const later = { ...link, createdAt: link.createdAt + 1 };
    const message = /its created_at is 1664267795 instead of 1664267796/;
    await expectRefusal(engine.check({ link: later, avatar, location: "" }), "final", message);
  });
});
