import { type KeyObject, generateKeyPairSync } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

import type { Link } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import express from "express";

import { type Engine, createEngine } from "../../api/platforms/engine.ts";
import { instanceActorRoutes } from "../../api/routes/instanceActor.ts";
import { serve } from "../../api/routes/route.ts";
import { claimOf, expectRefusal, newLink, newSigner, publishedText, sign } from "../platforms/claims.ts";
import { type HostileNetwork, startHostileNetwork } from "../standins/hostileNetwork.ts";
import { type FedifyNote, serveFedify } from "./fedify.ts";

const HOST = "social.example.com";
const OTHER = "other.example.com";
const SECURE = "secure.example.com";

/** A domain that leaves its accounts to a server below it. */
const DOMAIN = "fedi.example.com";
const SERVER = "social.fedi.example.com";

describe("activitypub against Fedify", () => {
  const victim = newSigner();
  const notes = new Map<string, Map<string, FedifyNote>>();
  let internet: HostileNetwork;
  let engine: Engine;
  let link: Link;

  before(async () => {
    internet = await startHostileNetwork();
    for (const host of [HOST, OTHER]) notes.set(host, serveFedify(internet, host));
    notes.set(SECURE, serveFedify(internet, SECURE, { secure: true }));
    notes.set(SERVER, serveFedify(internet, SERVER, { handleHost: DOMAIN }));
    serveFedify(internet, DOMAIN, { redirect: SERVER });
    serveFedify(internet, "evil.example.net", { redirect: HOST });
    internet.name("internal.example.net", ["10.0.0.1"]);
    engine = createEngine({ network: internet.network, timeout: 5000 });
  });

  after(() => internet?.close());

  beforeEach(() => {
    link = newLink(victim, "activitypub", `alice@${HOST}`);
  });

  /** Publishes a note on a host and gives its address. */
  function publish(note: Partial<FedifyNote> = {}, host = HOST): string {
    const html = `<p>${publishedText(victim, link).replaceAll("\n", "<br>")}</p>`;
    notes.get(host)!.set(link.uuid, { author: "alice", html, ...note });
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
    await expectRefusal(check(publish({}, OTHER)), "final", /the note is on other\.example\.com/);
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

  it("confirms an account of a domain whose server is on another host, by both of its names", async () => {
    link = newLink(victim, "activitypub", `alice@${DOMAIN}`);
    const location = publish({}, SERVER);
    const evidence = await check(location);
    expect(evidence.accountId).to.equal(`https://${SERVER}/users/alice`);
    expect(evidence.record.handle).to.equal(`alice@${DOMAIN}`);
    link = newLink(victim, "activitypub", `alice@${SERVER}`);
    expect((await check(publish({}, SERVER))).accountId).to.equal(evidence.accountId);
  });

  it("follows no redirect to another site", async () => {
    link = newLink(victim, "activitypub", "alice@evil.example.net");
    await expectRefusal(
      check(publish()),
      "soft",
      /answered with a redirect to social\.example\.com, which is not its own/,
    );
  });

  it("dials no private address, whatever an account's host leads to", async () => {
    link = newLink(victim, "activitypub", "alice@internal.example.net");
    await expectRefusal(
      check("https://internal.example.net/notes/1"),
      "soft",
      /internal\.example\.net could not be asked/,
    );
    expect(internet.dialled).not.to.include("10.0.0.1");
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
      app.use(serve(instanceActorRoutes({ instanceActor: signer })));
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
      return createEngine({ network: internet.network, signer: { ...signer, privateKey }, timeout: 5000 });
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
