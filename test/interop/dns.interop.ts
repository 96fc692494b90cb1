import type { Link } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { type Engine, createEngine } from "../../api/platforms/engine.ts";
import { claimOf, expectRefusal, newLink, newSigner, publishedText, sign } from "../platforms/claims.ts";
import { type Bind, startBind } from "./bind.ts";

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
    bind = await startBind(ZONE, [
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
    ]);
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

/** A text as a zone file has it: quoted strings, here of at most 100 bytes. */
function zoneText(text: string): string {
  return text
    .match(/.{1,100}/gs)!
    .map((part) => `"${part}"`)
    .join(" ");
}
