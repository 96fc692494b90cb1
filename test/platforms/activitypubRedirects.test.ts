import type { Link } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { createEngine } from "../../api/platforms/engine.ts";
import { type Handler, type HostileNetwork, PUBLIC, startHostileNetwork } from "../standins/hostileNetwork.ts";
import { claimOf, expectRefusal, newLink, newSigner, publishedText, sign } from "./claims.ts";

const HOST = "fedi.example.com";
/** Where that server keeps what its users upload. */
const FILES = "files.fedi.example.com";
const ACTOR = `https://${HOST}/users/alice`;
const EVERYBODY = "https://www.w3.org/ns/activitystreams#Public";

function send(response: Parameters<Handler>[1], body: object): void {
  response.writeHead(200, { "content-type": "application/activity+json" }).end(JSON.stringify(body));
}

describe("activitypub behind redirects", () => {
  const victim = newSigner();
  let internet: HostileNetwork;
  let link: Link;
  /** Where the server sends who asks for the note; null: it answers itself. */
  let redirect: string | null;

  beforeEach(async () => {
    link = newLink(victim, "activitypub", `alice@${HOST}`);
    redirect = null;
    internet = await startHostileNetwork();
    for (const host of [HOST, FILES]) internet.name(host, [PUBLIC]);
    const text = publishedText(victim, link).replaceAll("\n", "<br>");
    const note = (id: string) => ({ id, type: "Note", attributedTo: ACTOR, to: [EVERYBODY], content: text });
    internet.serve(HOST, (request, response) => {
      const path = request.url!.split("?")[0];
      if (path === "/.well-known/webfinger") {
        const links = [{ rel: "self", type: "application/activity+json", href: ACTOR }];
        send(response, { subject: `acct:alice@${HOST}`, links });
      } else if (path === "/users/alice") send(response, { id: ACTOR, type: "Person", preferredUsername: "alice" });
      else if (redirect !== null) response.writeHead(302, { location: redirect }).end();
      else send(response, note(`https://${HOST}${request.url}`));
    });
    // A file that mallory uploaded and named after the note that alice never wrote.
    internet.serve(FILES, (_request, response) => send(response, note(`https://${HOST}/notes/1`)));
  });
  afterEach(() => internet.close());

  function check() {
    const engine = createEngine({ network: internet.network, timeout: 2_000 });
    return engine.check(claimOf(victim, link, `https://${HOST}/notes/1`));
  }

  it("confirms what the author's own server answers", async () => {
    expect((await check()).signature.base64).to.equal(sign(victim, link));
  });

  it("confirms nothing that another host of the same site answers in its place", async () => {
    redirect = `https://${FILES}/upload.json`;
    await expectRefusal(check(), "soft", /fedi\.example\.com leads to files\.fedi\.example\.com, which is not where/);
  });
});
