import type { Link } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { type Engine, createEngine } from "../../api/platforms/engine.ts";
import { claimOf, expectRefusal, newLink, newSigner, publishedText, sign } from "../platforms/claims.ts";
import { type Bind, type Zone, startBind } from "./bind.ts";
import { type Unbound, startUnbound } from "./unbound.ts";

const ZONE = "agent.test";

describe("dns against BIND", () => {
  const victim = newSigner();
  const attacker = newSigner();
  const prev = sign(victim, newLink(victim, "github", "alice"));
  const links = {
    first: newLink(victim, "dns", ZONE),
    later: newLink(victim, "dns", `later.${ZONE}`, { prev }),
    forged: newLink(victim, "dns", `forged.${ZONE}`),
    alias: newLink(victim, "dns", `alias.${ZONE}`),
    anything: newLink(victim, "dns", `anything.wild.${ZONE}`),
    crowded: newLink(victim, "dns", `crowded.${ZONE}`),
  };
  let bind: Bind;
  let engine: Engine;

  before(async function startServer() {
    this.timeout(20_000);
    const records = [
      `@ IN TXT ${zoneText("v=spf1 -all")}`,
      `@ IN TXT ${zoneText(publishedText(victim, links.first))}`,
      `later IN TXT ${zoneText(publishedText(victim, links.later))}`,
      `forged IN TXT ${zoneText(publishedText(victim, links.forged, sign(attacker, links.forged)))}`,
      "alias IN CNAME target",
      `target IN TXT ${zoneText(publishedText(victim, links.alias))}`,
      `*.wild IN TXT ${zoneText(publishedText(victim, links.anything))}`,
      ...Array.from({ length: 30 }, (_, index) => `crowded IN TXT ${zoneText(`${index} ${"x".repeat(200)}`)}`),
      `crowded IN TXT ${zoneText(publishedText(victim, links.crowded))}`,
      "empty IN A 127.0.0.1",
    ];
    bind = await startBind([{ name: ZONE, records }]);
    engine = createEngine({ upstreams: { dns: bind.upstream }, timeout: 5000 });
  });

  after(() => bind?.close());

  function check(link: Link) {
    return engine.check(claimOf(victim, link, ""));
  }

  it("confirms the published record beside another of the domain", async () => {
    const evidence = await check(links.first);
    expect(evidence.signature.base64).to.equal(sign(victim, links.first));
    expect(evidence.accountId).to.equal(ZONE);
    expect(evidence.record.facts).to.deep.equal({ dnssec: false });
  });

  it("confirms a later link, whose record of 254 bytes a zone file splits into several strings", async () => {
    expect(publishedText(victim, links.later)).to.have.length(254);
    await check(links.later);
  });

  it("reads through an alias, a wildcard, and over TCP where UDP is too small", async () => {
    await check(links.alias);
    await check(links.anything);
    await check(links.crowded);
  });

  it("refuses a wildcard's record under another name", async () => {
    const other = { ...links.anything, identity: `other.wild.${ZONE}` };
    await expectRefusal(check(other), "final", /another key or over another text/);
  });

  it("refuses another uuid", async () => {
    const other = { ...links.first, uuid: newLink(victim, "dns", ZONE).uuid };
    await expectRefusal(check(other), "medium", new RegExp(`no TXT record of agent\\.test has uuid ${other.uuid}`));
  });

  it("refuses another key's signature", async () => {
    const message = new RegExp(`${attacker.publicKey.compressed} instead of ${victim.publicKey.compressed}`);
    await expectRefusal(check(links.forged), "final", message);
  });

  it("tells a missing name and a name without TXT records from a server that refuses", async () => {
    await expectRefusal(check(newLink(victim, "dns", `nobody.${ZONE}`)), "medium", /has no TXT record/);
    await expectRefusal(check(newLink(victim, "dns", `empty.${ZONE}`)), "medium", /has no TXT record/);
    await expectRefusal(check(newLink(victim, "dns", "elsewhere.test")), "soft", /could not be read \(REFUSED\)/);
  });
});

describe("dns against a validating Unbound", () => {
  const victim = newSigner();
  const attacker = newSigner();
  const links = {
    signed: newLink(victim, "dns", "signed.test"),
    long: newLink(victim, "dns", "long.signed.test"),
    alias: newLink(victim, "dns", "alias.signed.test"),
    wild: newLink(victim, "dns", "anything.wild.signed.test"),
    unsigned: newLink(victim, "dns", "unsigned.test"),
    // What somebody on the way to the resolver would like it to believe.
    forged: newLink(attacker, "dns", "forged.test"),
  };
  const longText = `${publishedText(victim, links.long)};note:${"x".repeat(300)}`;
  const zones: Zone[] = [
    {
      name: "signed.test",
      signed: true,
      records: [
        `@ IN TXT ${zoneText(publishedText(victim, links.signed))}`,
        `long IN TXT ${zoneText(longText)}`,
        "alias IN CNAME target",
        `target IN TXT ${zoneText(publishedText(victim, links.alias))}`,
        `*.wild IN TXT ${zoneText(publishedText(victim, links.wild))}`,
      ],
    },
    { name: "unsigned.test", records: [`@ IN TXT ${zoneText(publishedText(victim, links.unsigned))}`] },
    {
      name: "forged.test",
      signed: true,
      records: ['@ IN TXT "what the owner published"'],
      tamper: (file) => file.replace('"what the owner published"', zoneText(publishedText(attacker, links.forged))),
    },
  ];
  let bind: Bind;
  let unbound: Unbound;
  let engine: Engine;

  before(async function startServers() {
    this.timeout(30_000);
    bind = await startBind(zones);
    unbound = await startUnbound(zones, bind);
    engine = createEngine({ upstreams: { dns: unbound.upstream }, timeout: 5000 });
  });

  after(async () => {
    await unbound?.close();
    await bind?.close();
  });

  async function factsOf(link: Link, by = engine) {
    return (await by.check(claimOf(victim, link, ""))).record.facts;
  }

  it("records that DNSSEC vouches for a signed zone, and for an unsigned one not", async () => {
    expect(await factsOf(links.signed)).to.deep.equal({ dnssec: true });
    expect(await factsOf(links.unsigned)).to.deep.equal({ dnssec: false });
  });

  it("joins the strings of a record of more than 255 bytes", async () => {
    expect(longText.length).to.be.greaterThan(255);
    expect(await factsOf(links.long)).to.deep.equal({ dnssec: true });
  });

  it("records the name that an alias leads to, and that a wildcard answered", async () => {
    expect(await factsOf(links.alias)).to.deep.equal({ dnssec: true, owner: "target.signed.test" });
    expect(await factsOf(links.wild)).to.deep.equal({ dnssec: true, wildcard: true });
  });

  it("refuses a wildcard's record under another name, although DNSSEC vouches for it", async () => {
    const other = { ...links.wild, identity: "other.wild.signed.test" };
    await expectRefusal(engine.check(claimOf(victim, other, "")), "final", /another key or over another text/);
  });

  it("does not believe forged records, which a resolver that does not validate would pass on", async () => {
    const claim = claimOf(attacker, links.forged, "");
    const gullible = createEngine({ upstreams: { dns: bind.upstream }, timeout: 5000 });
    expect((await gullible.check(claim)).record.facts).to.deep.equal({ dnssec: false });
    await expectRefusal(
      engine.check(claim),
      "soft",
      /forged\.test could not be read \(SERVFAIL: its DNSSEC signatures/,
    );
  });

  it("asks no other server where one found records forged", async () => {
    const both = createEngine({ upstreams: { dns: `${unbound.upstream},${bind.upstream}` }, timeout: 5000 });
    await expectRefusal(both.check(claimOf(attacker, links.forged, "")), "soft", /DNSSEC signatures do not verify/);
    expect(await factsOf(links.signed, both)).to.deep.equal({ dnssec: true });
  });

  it("tells a name that provably does not exist", async () => {
    const nobody = newLink(victim, "dns", "nobody.signed.test");
    await expectRefusal(
      engine.check(claimOf(victim, nobody, "")),
      "medium",
      /^nobody\.signed\.test has no TXT record$/,
    );
  });
});

/** A text as a zone file has it: quoted strings, here of at most 100 bytes. */
function zoneText(text: string): string {
  return text
    .match(/.{1,100}/gs)!
    .map((part) => `"${part}"`)
    .join(" ");
}
