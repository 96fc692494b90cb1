import { type KeyObject, generateKeyPairSync } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

import type { Link } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import express from "express";

import { type Engine, createEngine } from "../../api/platforms/engine.ts";
import { instanceActorRoutes } from "../../api/routes/instanceActor.ts";
import { claimOf, expectRefusal, newLink, newSigner, publishedText, sign } from "../platforms/claims.ts";
import { type Fediverse, type FedifyNote, startFediverse } from "./fedify.ts";

const HOST = "social.example";
const OTHER = "other.example";
const SECURE = "secure.example";

describe("activitypub against Fedify", () => {
  const victim = newSigner();
  let fediverse: Fediverse;
  let engine: Engine;
  let link: Link;

  before(async () => {
    fediverse = await startFediverse([HOST, OTHER, SECURE], [SECURE]);
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

  describe("a server that answers signed requests only", () => {
    let server: Server;
    let location: string;
    let signer: { id: string; keyId: string; privateKey: KeyObject };

    before(async () => {
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      const app = express();
      server = app.listen(0, "127.0.0.1");
      await new Promise((resolve) => server.once("listening", resolve));
      const id = `http://127.0.0.1:${(server.address() as AddressInfo).port}/actor`;
      signer = { id, keyId: `${id}#main-key`, privateKey };
      app.use(instanceActorRoutes({ instanceActor: signer }));
    });

    after(() => {
      server.closeAllConnections();
      server.close();
    });

    beforeEach(() => {
      link = newLink(victim, "activitypub", `alice@${SECURE}`);
      location = publish({}, SECURE);
    });

    function engineOf(privateKey: KeyObject): Engine {
      const upstreams = { activitypub: fediverse.upstream };
      return createEngine({ upstreams, signer: { ...signer, privateKey }, timeout: 5000 });
    }

    it("answers this node by the key that its actor publishes", async () => {
      const evidence = await engineOf(signer.privateKey).check(claimOf(victim, link, location));
      expect(evidence.accountId).to.equal(`https://${SECURE}/users/alice`);
    });

    it("answers neither an unsigned request nor one by another key", async () => {
      await expectRefusal(check(location), "soft", /HTTP 401.*this node has no ACTIVITYPUB_KEY/);
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      const look = engineOf(privateKey).check(claimOf(victim, link, location));
      await expectRefusal(look, "soft", /HTTP 401\)$/);
    });
  });
});
