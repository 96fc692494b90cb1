import type { Link } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { type Engine, createEngine } from "../../api/platforms/engine.ts";
import { claimOf, expectRefusal, newLink, newSigner, publishedText, sign } from "../platforms/claims.ts";
import { type Fediverse, type FedifyNote, startFediverse } from "./fedify.ts";

const HOST = "social.example";
const OTHER = "other.example";

describe("activitypub against Fedify", () => {
  const victim = newSigner();
  let fediverse: Fediverse;
  let engine: Engine;
  let link: Link;

  before(async () => {
    fediverse = await startFediverse([HOST, OTHER]);
    engine = createEngine({ upstreams: { activitypub: fediverse.upstream }, timeout: 5000 });
  });

  after(() => fediverse?.close());

  beforeEach(() => {
    link = newLink(victim, "activitypub", `alice@${HOST}`);
  });

  /** Publishes a note on a host and gives its address. */
  function publish(note: Partial<FedifyNote> = {}, host = HOST): string {
    const html = `<p>${publishedText(victim, link).replaceAll("\n", "<br>")}</p>`;
    fediverse.notes.get(host)!.set(link.uuid, { author: "alice", html, ...note });
    return `https://${host}/notes/${link.uuid}`;
  }

  function check(location: string) {
    return engine.check(claimOf(victim, link, location));
  }

  it("confirms a note by the actor's own address", async () => {
    const location = publish();
    const evidence = await check(location);
    expect(evidence.signature.base64).to.equal(sign(victim, link));
    expect(evidence.accountId).to.equal(`https://${HOST}/users/alice`);
    expect(evidence.location).to.equal(location);
    expect(evidence.record.answers.map(({ status }) => status)).to.deep.equal(["200", "200", "200"]);
  });

  it("records an edit, and refuses what it left without the signature", async () => {
    const location = publish({ updated: "2026-01-02T00:00:00Z" });
    const { record } = await check(location);
    expect(Date.parse(String(record.facts.updated))).to.equal(Date.parse("2026-01-02T00:00:00Z"));
    publish({ html: "<p>never mind</p>", updated: "2026-01-03T00:00:00Z" });
    await expectRefusal(check(location), "medium", /no signature/);
  });

  it("takes a deleted note, 410 with a tombstone, as gone", async () => {
    const location = publish();
    await check(location);
    publish({ deleted: true });
    await expectRefusal(check(location), "medium", /nothing public at .+ \(HTTP 410\)/);
  });

  it("refuses another author's note with the same text", async () => {
    const message = new RegExp(`belongs to https://${HOST}/users/mallory, not to alice@${HOST}`);
    await expectRefusal(check(publish({ author: "mallory" })), "final", message);
  });

  it("refuses a note by the alice of another server", async () => {
    await expectRefusal(check(publish({}, OTHER)), "final", /the note is on other\.example/);
  });

  it("refuses a note for followers only", async () => {
    await expectRefusal(check(publish({ isPublic: false })), "medium", /not public/);
  });

  it("finds no account of a name that the server does not have", async () => {
    const location = publish();
    link = { ...link, identity: `nobody@${HOST}` };
    await expectRefusal(check(location), "medium", /nothing public at \/\.well-known\/webfinger \(HTTP 404\)/);
  });

  it("refuses a signature in a quote", async () => {
    const html = `<p>look:</p><blockquote>${publishedText(victim, link).replaceAll("\n", "<br>")}</blockquote>`;
    await expectRefusal(check(publish({ html })), "medium", /no signature/);
  });
});
