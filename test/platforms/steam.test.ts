import { expect } from "chai";

import { createEngine } from "../../api/platforms/engine.ts";
import { platformOf } from "../../api/platforms/index.ts";
import { PlatformInputError } from "../../api/platforms/types.ts";
import { startHttp } from "../standins/upstream.ts";
import nextid from "../vectors/nextid.json" with { type: "json" };
import { expectRefusal } from "./claims.ts";
import type { Fixture } from "./fixtures/fixture.ts";
import { XML, noProfile, profile, fixture as steam } from "./fixtures/steam.ts";
import { changed, expectFailure, expectSuccess, lookAt } from "./scene.ts";

describe("steam", () => {
  it("takes only SteamID64s of persons", () => {
    const { cases } = nextid.parsers.find(({ kind }) => kind === "steam_id") as {
      cases: { input: string; universe?: number }[];
    };
    const { normaliseIdentity } = platformOf("steam")!;
    for (const { input, universe } of cases) {
      if (universe === 1) expect(normaliseIdentity(input)).to.equal(input);
      else expect(() => normaliseIdentity(input), input).to.throw(PlatformInputError);
    }
  });

  describe("custom URLs", () => {
    it("are resolved by Steam", async () => {
      for (const typed of [
        "BeFoRE-CS",
        "@BeFoRE-CS",
        "https://steamcommunity.com/id/BeFoRE-CS/",
        "steamcommunity.com/id/BeFoRE-CS",
      ]) {
        expect((await resolve(typed)).resolved, typed).to.equal(steam.identity);
      }
    });

    it("are not asked for where a SteamID64 was typed", async () => {
      for (const typed of [steam.identity, `https://steamcommunity.com/profiles/${steam.identity}/`]) {
        expect(await resolve(typed)).to.deep.equal({ resolved: steam.identity, asked: [] });
      }
    });

    it("may look like a SteamID64 of somebody else", async () => {
      await expectRefusal(resolve(`https://steamcommunity.com/id/${steam.identity}`), "medium", /no such profile/);
    });

    it("may belong to nobody", async () => {
      await expectRefusal(resolve("nobody"), "medium", /The specified profile could not be found/);
    });

    it("cannot make the node ask elsewhere", async () => {
      for (const typed of [
        "../profiles",
        "a/b",
        "a?b",
        "a%2fb",
        "https://evil.example/id/BeFoRE-CS",
        "a".repeat(33),
        "\u212aelvin",
      ]) {
        const error: unknown = await resolve(typed).catch((reason: unknown) => reason);
        expect(error, typed).to.be.instanceOf(PlatformInputError);
      }
    });

    it("resolve to nothing but a person's SteamID64", async () => {
      const group = profile({ handle: "103582791429521408", accountId: "", proofs: [] });
      const error: unknown = await resolve("BeFoRE-CS", group).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(PlatformInputError);
    });
  });

  it("follows Steam to the custom URL of an account, and nobody to another host", async () => {
    await expectSuccess(lookAt(moved((origin) => `${origin}/id/BeFoRE-CS/?xml=1`)));
    await expectFailure(lookAt(moved(() => "https://evil.example/id/x?xml=1")), "soft", /redirect to evil\.example/);
    await expectFailure(lookAt(moved((origin) => `${origin}/id/again`)), "soft", /redirect/);
  });

  it("knows a profile that is not there from one that Steam cannot load now", async () => {
    const failing = noProfile.replace(/CDATA\[[^\]]*/, "CDATA[Failed loading profile data, please try again later.");
    const look = lookAt(changed(steam, () => ({ headers: XML, body: failing })));
    await expectFailure(look, "soft", /Steam does not answer now: Failed loading profile data/);
  });

  it("expands none of a document's entities", async () => {
    const levels = Array.from({ length: 12 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join("");
    const laughs = (more: string) =>
      changed(steam, () => ({
        headers: XML,
        body: `<?xml version="1.0"?><!DOCTYPE p [<!ENTITY l0 "lol">${levels}${more}]>
<profile><steamID64>&l12;</steamID64><privacyState>public</privacyState><summary>&l12;</summary></profile>`,
      }));
    await expectFailure(lookAt(laughs("")), "final", /^the profile belongs to &l12;, not to/);
    await expectFailure(lookAt(laughs('<!ENTITY x SYSTEM "file:///etc/passwd">')), "soft", /Steam's answer is not XML/);
    const named = changed(steam, ({ body }) => ({
      headers: XML,
      body: String(body)
        .replace(/\?>/, `?><!DOCTYPE p [<!ENTITY me "${steam.identity}">]>`)
        .replace(/>\d{17}</, ">&me;<"),
    }));
    await expectFailure(lookAt(named), "final", /^the profile belongs to &me;, not to/);
  });

  it("refuses XML that is nested without end, or given twice", async () => {
    for (const body of [
      "<profile>".repeat(50_000),
      `${profileOf()}${profileOf()}`,
      "<__proto__><a>1</a></__proto__>",
    ]) {
      await expectFailure(lookAt(changed(steam, () => ({ headers: XML, body }))), "soft", /Steam's answer is not/);
    }
  });

  it("says that the profile is not public, or has no summary", async () => {
    const friends = changed(steam, ({ body, headers }) => ({
      ...(headers ? { headers } : {}),
      body: String(body).replace("public<", "friendsonly<"),
    }));
    await expectFailure(lookAt(friends), "medium", /not public \(it is friendsonly\)/);
    const blank = changed(steam, ({ body }) => ({
      headers: XML,
      body: String(body).replace(/<summary>.*<\/summary>/s, ""),
    }));
    await expectFailure(lookAt(blank), "medium", /has no summary/);
  });

  it("does not take a name for an account", async () => {
    // The name in the genuine answer is somebody else's SteamID64.
    const other = changed(steam, ({ body }) => ({
      headers: XML,
      body: String(body)
        .replace(/<steamID64>\d+/, "<steamID64>76561197960287930")
        .replace(/<steamID>.*<\/steamID>/, `<steamID><![CDATA[${steam.identity}]]></steamID>`),
    }));
    await expectFailure(lookAt(other), "final", /belongs to 76561197960287930/);
  });
});

function profileOf(): string {
  return profile({ handle: steam.identity, accountId: "", proofs: [] }).replace(/<\?.*\?>/, "");
}

/** Steam with one account of this custom URL. */
async function resolve(typed: string, body = profile({ handle: steam.identity, accountId: "", proofs: [] })) {
  const server = await startHttp(({ url }) =>
    url.pathname === "/id/BeFoRE-CS/" && url.search === "?xml=1"
      ? { headers: XML, body }
      : { headers: XML, body: noProfile },
  );
  try {
    const resolved = await createEngine({ upstreams: { steam: server.origin } }).resolveIdentity(
      platformOf("steam")!,
      typed,
    );
    return { resolved, asked: server.requests.map(({ url }) => url.pathname) };
  } finally {
    await server.close();
  }
}

/** Steam, where the account has a custom URL to which its profile moved. */
function moved(location: (origin: string) => string): Fixture {
  return {
    ...steam,
    answer: (request, published) =>
      request.url.pathname === "/id/BeFoRE-CS/"
        ? { headers: XML, body: profile(published!) }
        : { status: 302, headers: { location: location(request.url.origin) }, body: "" },
  };
}
