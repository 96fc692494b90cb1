import { composeHref } from "@syngraph/sdk";
import { expect } from "chai";

import { PLATFORMS } from "../../api/platforms/index.ts";

/** Slots that whoever fills an address in knows. */
const SLOTS = new Set(["post", "identity", "host"]);

describe("Addresses to publish at", () => {
  it("are of https and their platform's own, with known slots where a value may stand", () => {
    for (const { id, compose } of PLATFORMS.filter((platform) => platform.compose !== undefined)) {
      const slots = [...compose!.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
      expect(
        slots.every((slot) => SLOTS.has(slot)),
        `${id}: ${slots.join()}`,
      ).to.equal(true);
      // What a user typed or a server wrote must not choose the site, but on the fediverse, where the site is the account's.
      const hostile = compose!.replace(/\{(\w+)\}/g, (_slot, name) =>
        name === "host" ? "social.example" : encodeURIComponent('@evil.example/\\#?"&text=x'),
      );
      const url = new URL(hostile);
      expect(url.protocol, id).to.equal("https:");
      expect(url.username + url.password + url.port, id).to.equal("");
      expect(url.hostname, id).not.to.include("evil");
      expect([...url.searchParams.keys()].length, id).to.equal(compose!.includes("?") ? 1 : 0);
      // Which the SDK knows of, too: it takes no server's word for where users write.
      expect(composeHref(compose!, { post: "Sig: a+b/c=\n🎭", identity: "alice@social.example" }), id).to.be.a(
        "string",
      );
    }
  });

  it("are given where something is published, and nowhere else", () => {
    for (const { id, compose, needsPost } of PLATFORMS) {
      if (compose !== undefined) expect(needsPost, id).to.equal(true);
    }
    expect(PLATFORMS.find(({ id }) => id === "github")?.compose).to.equal("https://gist.github.com/");
  });
});

describe("What may be typed", () => {
  it("is matched without flags, so that clients can be told", () => {
    for (const { id, identity, location, resolution } of PLATFORMS) {
      for (const shape of [...identity.shapes, ...(location?.shapes ?? []), ...(resolution?.shapes ?? [])]) {
        expect(shape.flags, `${id} ${shape.source}`).to.equal("");
        expect(new RegExp(shape.source).source, id).to.equal(shape.source);
      }
    }
  });
});
