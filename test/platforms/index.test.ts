import { type Link, signPayload } from "@syngraph/sdk/protocol";
import { expect } from "chai";

import { createEngine } from "../../api/platforms/engine.ts";
import { PLATFORMS, platformOf } from "../../api/platforms/index.ts";
import { type Draft, PlatformInputError } from "../../api/platforms/types.ts";
import templates from "../vectors/nextid-templates.json" with { type: "json" };
import { claimOf, expectRefusal, newLink, newSigner, sign } from "./claims.ts";

const signer = newSigner();
const KELVIN = "\u212a";
const CHECKSUMMED = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";

describe("PLATFORMS", () => {
  it("has each id once, as signed texts can name it", () => {
    const ids = PLATFORMS.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const id of ids) expect(id).to.match(/^[a-z0-9_-]{1,32}$/);
  });

  it("says of each platform either where to look or how the identity signs", () => {
    for (const { id, needsPost, lookup, readProof, verifyCounterSignature } of PLATFORMS) {
      expect(needsPost, id).to.equal(lookup !== undefined);
      expect(needsPost, id).to.equal(readProof !== undefined);
      expect(needsPost, id).to.equal(verifyCounterSignature === undefined);
    }
  });

  describe("platformOf", () => {
    it("finds a platform by the id in signed texts, and no other", () => {
      expect(platformOf("github")?.name).to.equal("GitHub");
      expect(platformOf("GitHub")).to.equal(undefined);
      expect(platformOf("__proto__")).to.equal(undefined);
    });
  });

  describe("normaliseIdentity", () => {
    const accepted: [platform: string, raw: string, normal: string][] = [
      ["github", "Alice", "alice"],
      ["github", " @alice ", "alice"],
      ["github", "https://github.com/Alice-B", "alice-b"],
      ["github", "github.com/alice/", "alice"],
      ["github", "http://www.github.com/alice", "alice"],
      ["github", "a".repeat(39), "a".repeat(39)],
      ["dns", "Example.COM", "example.com"],
      ["dns", "example.com.", "example.com"],
      ["dns", "https://example.com/", "example.com"],
      ["dns", "BÜCHER.example", "xn--bcher-kva.example"],
      ["dns", "bücher。example", "xn--bcher-kva.example"],
      ["dns", "xn--bcher-kva.example", "xn--bcher-kva.example"],
      ["dns", "faß.example", "xn--fa-hia.example"],
      ["ethereum", CHECKSUMMED, CHECKSUMMED.toLowerCase()],
      ["ethereum", CHECKSUMMED.toLowerCase(), CHECKSUMMED.toLowerCase()],
      ["ethereum", `0x${CHECKSUMMED.slice(2).toUpperCase()}`, CHECKSUMMED.toLowerCase()],
      ["ethereum", `https://etherscan.io/address/${CHECKSUMMED}`, CHECKSUMMED.toLowerCase()],
      ["twitter", "SannieInMeta", "sannieinmeta"],
      ["twitter", " @_Alice_1 ", "_alice_1"],
      ["twitter", "https://x.com/Alice", "alice"],
      ["twitter", "https://twitter.com/Alice/", "alice"],
      ["twitter", "mobile.twitter.com/Alice?lang=en", "alice"],
      ["twitter", "http://www.x.com/@alice", "alice"],
      ["twitter", "a".repeat(15), "a".repeat(15)],
      ["telegram", "@Durov", "durov"],
      ["telegram", "https://t.me/Alice_News", "alice_news"],
      ["telegram", "t.me/s/Alice_News/", "alice_news"],
      ["telegram", "https://telegram.me/alice_news", "alice_news"],
      ["tiktok", "@Scout.2015", "scout.2015"],
      ["tiktok", "https://www.tiktok.com/@scout_2015?lang=en", "scout_2015"],
      ["tiktok", "m.tiktok.com/@a", "a"],
      ["minds", "@Nykma", "nykma"],
      ["minds", "https://www.minds.com/Alice-B/", "alice-b"],
      ["steam", "76561198092541763", "76561198092541763"],
      ["steam", "https://steamcommunity.com/profiles/76561198092541763/", "76561198092541763"],
      ["keybase", "Max_Taco", "max_taco"],
      ["keybase", "https://keybase.io/maxtaco", "maxtaco"],
      ["keybase", "@a1", "a1"],
    ];
    for (const [platform, raw, normal] of accepted) {
      it(`reads ${JSON.stringify(raw)} on ${platform} as ${normal}`, () => {
        const { normaliseIdentity } = platformOf(platform)!;
        expect(normaliseIdentity(raw)).to.equal(normal);
        expect(normaliseIdentity(normal)).to.equal(normal);
      });
    }

    const refused: [platform: string, raw: string][] = [
      ["github", ""],
      ["github", "@"],
      ["github", "@@alice"],
      ["github", `${KELVIN}elvin`],
      ["github", "al\u0131ce"],
      ["github", "ali ce"],
      ["github", "alice\u0000"],
      ["github", "alice\nbob"],
      ["github", "a".repeat(40)],
      ["github", "alice/../bob"],
      ["github", "https://github.com.evil.example/alice"],
      ["github", "https://evil.example/github.com/alice"],
      ["dns", ""],
      ["dns", "."],
      ["dns", "com"],
      ["dns", "localhost"],
      ["dns", "a..b"],
      ["dns", "example.com.."],
      ["dns", "127.0.0.1"],
      ["dns", "0x7f.1"],
      ["dns", "[::1]"],
      ["dns", "a.com&name=b.com"],
      ["dns", "a.com/b"],
      ["dns", "https://a.com/path"],
      ["dns", "user@a.com"],
      ["dns", "a.com:53"],
      ["dns", "a%2ecom"],
      ["dns", "-a.com"],
      ["dns", "a_b.com"],
      ["dns", "xn--a.com"],
      ["dns", `${"a".repeat(64)}.com`],
      ["dns", `${"a.".repeat(130)}com`],
      ["dns", `${KELVIN}elvin.example`],
      ["dns", "\uff45xample.com"],
      ["ethereum", ""],
      ["ethereum", "0x1234"],
      ["ethereum", CHECKSUMMED.slice(2)],
      ["ethereum", CHECKSUMMED.replace("dA6B", "Da6B")],
      ["ethereum", `${CHECKSUMMED}00`],
      ["ethereum", `0x${KELVIN}${CHECKSUMMED.slice(3)}`],
      ["ethereum", "vitalik.eth"],
      ["twitter", ""],
      ["twitter", "a".repeat(16)],
      ["twitter", `${KELVIN}elvin`],
      ["twitter", "\uff21lice"],
      ["twitter", "\uff20alice"],
      ["twitter", "@@alice"],
      ["twitter", "alice-b"],
      ["twitter", "alice\nbob"],
      ["twitter", "ali\u200bce"],
      ["twitter", "https://x.com/alice/status/1"],
      ["twitter", "https://x.com/i/user/1"],
      ["twitter", "https://x.com.evil.example/alice"],
      ["twitter", "https://evil.example/x.com/alice"],
      ["twitter", "https://x.com@evil.example/alice"],
      ["twitter", "https://xXcom/alice"],
      ["telegram", "bob"],
      ["telegram", "1alice"],
      ["telegram", "123456789"],
      ["telegram", "a".repeat(33)],
      ["telegram", `${KELVIN}elvin`],
      ["telegram", "https://t.me/+AbCdEfGh"],
      ["telegram", "https://t.me/alice_news/1"],
      ["telegram", "https://t.me.evil.example/alice_news"],
      ["telegram", "https://t.me/alice_news?x=1#@"],
      ["tiktok", "alice."],
      ["tiktok", "."],
      ["tiktok", "a".repeat(25)],
      ["tiktok", `${KELVIN}elvin`],
      ["tiktok", "alice&format=xml"],
      ["tiktok", "https://www.tiktok.com/alice"],
      ["tiktok", "https://vm.tiktok.com/ZMabc/"],
      ["tiktok", "https://www.tiktok.com.evil.example/@alice"],
      ["minds", ""],
      ["minds", ".."],
      ["minds", "-alice"],
      ["minds", `${KELVIN}elvin`],
      ["minds", "alice,bob"],
      ["minds", "https://www.minds.com/newsfeed/1421043369127186449"],
      ["minds", "https://evil.example/alice"],
      ["steam", "BeFoRE-CS"],
      ["steam", "76561197960265728"],
      ["steam", "4503604054613827"],
      ["steam", "72057594170203971"],
      ["steam", "103582791429521408"],
      ["steam", "\uff176561198092541763"],
      ["steam", "076561198092541763"],
      ["steam", "STEAM_0:1:66138017"],
      ["steam", "https://steamcommunity.com/id/76561198092541763"],
      ["steam", "https://steamcommunity.com.evil.example/profiles/76561198092541763"],
      ["keybase", "a"],
      ["keybase", "_alice"],
      ["keybase", "al__ice"],
      ["keybase", "a".repeat(17)],
      ["keybase", "alice,bob"],
      ["keybase", "evil.example/x?"],
      ["keybase", `${KELVIN}elvin`],
      ["keybase", "https://keybase.io/team/alice"],
      ["keybase", "https://keybase.io.evil.example/alice"],
    ];
    for (const [platform, raw] of refused) {
      it(`refuses ${JSON.stringify(raw.slice(0, 60))} on ${platform}`, () => {
        const { normaliseIdentity } = platformOf(platform)!;
        expect(() => normaliseIdentity(raw))
          .to.throw(PlatformInputError)
          .with.property("field", "identity");
      });
    }

    it("refuses megabytes without looking at them", () => {
      for (const { normaliseIdentity } of PLATFORMS) {
        expect(() => normaliseIdentity("a.".repeat(1_000_000))).to.throw(PlatformInputError);
      }
    });
  });

  describe("normaliseLocation", () => {
    const accepted: [platform: string, raw: string, normal: string][] = [
      ["twitter", "1504363098328924163", "1504363098328924163"],
      ["twitter", "https://twitter.com/yeiwb/status/1504363098328924163", "1504363098328924163"],
      ["twitter", "https://mobile.twitter.com/yeiwb/statuses/20", "20"],
      ["twitter", "x.com/i/web/status/20", "20"],
      ["twitter", "https://x.com/i/status/20?s=46&t=abc", "20"],
      ["twitter", "https://x.com/yeiwb/status/20/photo/1#m", "20"],
      ["telegram", "https://t.me/Alice_News/361", "https://t.me/alice_news/361"],
      ["telegram", "telegram.me/alice_news/361?single", "https://t.me/alice_news/361"],
      ["tiktok", "6718335390845095173", "6718335390845095173"],
      ["tiktok", "https://www.tiktok.com/@scout_2015/video/6718335390845095173?_test=123", "6718335390845095173"],
      ["tiktok", "https://m.tiktok.com/v/6718335390845095173.html", "6718335390845095173"],
      ["minds", "https://www.minds.com/newsfeed/1421043369127186449", "1421043369127186449"],
      ["minds", "urn:activity:1421043369127186449", "1421043369127186449"],
      ["steam", "https://steamcommunity.com/id/whatever", ""],
      ["keybase", "https://alice.keybase.pub/NextID/0x02.json", ""],
    ];
    for (const [platform, raw, normal] of accepted) {
      it(`reads ${JSON.stringify(raw)} on ${platform} as ${JSON.stringify(normal)}`, () => {
        const { normaliseLocation } = platformOf(platform)!;
        expect(normaliseLocation(raw)).to.equal(normal);
        expect(normaliseLocation(normal)).to.equal(normal);
      });
    }
  });

  describe("postContent", () => {
    const prev = sign(signer, newLink(signer, "dns", "before.example"));

    function draftOf(platform: string, change: Partial<Link>): Draft {
      const link = newLink(signer, platform, "alice<&>.example", change);
      return { link, avatar: signer.publicKey, typedIdentity: "@Alice", signPayload: signPayload(link) };
    }

    it("is Next.ID's DNS record, byte for byte", () => {
      for (const change of [{}, { prev }]) {
        const draft = draftOf("dns", change);
        const expected = templates.dns.templates.default
          .replace("{created_at}", String(draft.link.createdAt))
          .replace("{uuid}", draft.link.uuid)
          .replace("{prev}", draft.link.prev ?? templates.dns.prev_when_none);
        expect(platformOf("dns")!.postContent(draft)).to.deep.equal({ default: expected });
      }
    });

    it("is Next.ID's gist, byte for byte", () => {
      const draft = draftOf("github", { prev });
      const { keys, values } = templates.github;
      const lines = keys.map((key) => {
        const value = values[key as keyof typeof values]
          .replace("0x{compressed_public_key_hex}", signer.publicKey.compressed)
          .replace("{identity lower-cased}", draft.link.identity)
          .replace("{sign_payload}", () => draft.signPayload)
          .replace("{created_at}", String(draft.link.createdAt))
          .replace("{uuid}", draft.link.uuid);
        const escaped = JSON.stringify(value).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
        return `\t"${key}": ${escaped}`;
      });
      const content = platformOf("github")!.postContent(draft).default;
      expect(content).to.equal(`{\n${lines.join(",\n")}\n}`);
      expect((JSON.parse(content) as { sign_payload: string }).sign_payload).to.equal(draft.signPayload);
    });

    for (const platform of ["twitter", "telegram", "tiktok", "minds", "steam"] as const) {
      it(`is Next.ID's text on ${platform}, byte for byte and in its languages`, () => {
        for (const change of [{}, { prev }]) {
          const draft = draftOf(platform, change);
          expect(platformOf(platform)!.postContent(draft)).to.deep.equal(nextidTexts(platform, draft));
        }
      });
    }

    it("shows the identity as it was typed, and of a pasted URL the name in it", () => {
      for (const [typed, shown] of [
        ["Alice", "Alice"],
        ["@ALICE", "ALICE"],
        ["https://x.com/Alice?s=20", "Alice"],
        ["mobile.twitter.com/@Alice/", "Alice"],
      ] as const) {
        const draft = { ...draftOf("twitter", { identity: "alice" }), typedIdentity: typed };
        expect(platformOf("twitter")!.postContent(draft).default).to.match(new RegExp(`^🎭 Verify @${shown} with`));
      }
    });

    it("is short enough for a bio on keybase, whose files nothing shows any more", () => {
      const draft = draftOf("keybase", { prev });
      expect(platformOf("keybase")!.postContent(draft)).to.deep.equal(nextidTexts("steam", draft));
    });

    it("is empty where nothing is published", () => {
      expect(platformOf("ethereum")!.postContent(draftOf("ethereum", {}))).to.deep.equal({ default: "" });
      expect(templates.ethereum.templates).to.deep.equal({ default: "" });
    });

    it("fills no slot that came in with a value", () => {
      const link = newLink(signer, "github", "{uuid}");
      const draft = { link, avatar: signer.publicKey, typedIdentity: "", signPayload: "{created_at}" };
      const content = JSON.parse(platformOf("github")!.postContent(draft).default) as Record<string, string>;
      expect(content.github_username).to.equal("{uuid}");
      expect(content.sign_payload).to.equal("{created_at}");
    });
  });
});

/** Next.ID's templates of a platform, filled in by the rules that stand beside them. */
function nextidTexts(platform: "twitter" | "telegram" | "tiktok" | "minds" | "steam", { link }: Draft) {
  const rules: { templates: Record<string, string>; prev_when_none?: string } = templates[platform];
  const texts = Object.entries(rules.templates).map(([language, template]) => [
    language,
    template
      .replace("{identity}", "Alice")
      .replace("{created_at}", String(link.createdAt))
      .replace("{uuid}", link.uuid)
      .replace("{prev_block}", link.prev === null ? "" : `\nPrevious: ${link.prev}`)
      .replace("{prev}", link.prev ?? rules.prev_when_none ?? "?"),
  ]);
  return Object.fromEntries(texts) as Record<string, string>;
}

describe("createEngine", () => {
  it("refuses upstreams that are no origin, so that no path is silently dropped", () => {
    for (const github of ["", "127.0.0.1:9001", "http://127.0.0.1/api/v3", "ftp://127.0.0.1", "http://a@127.0.0.1"]) {
      expect(() => createEngine({ upstreams: { github } }), github).to.throw("must be an http or https origin");
    }
    for (const dns of ["", "127.0.0.1", "tcp://127.0.0.1:53", "udp://127.0.0.1:53,"]) {
      expect(() => createEngine({ upstreams: { dns } }), dns).to.throw("must be udp://address:port");
    }
  });

  it("refuses claims of platforms without posts", async () => {
    const engine = createEngine();
    const wallet = newLink(signer, "ethereum", CHECKSUMMED.toLowerCase());
    await expectRefusal(engine.check(claimOf(signer, wallet, "")), "final", /Ethereum has no posts/);
    const unknown = newLink(signer, "myspace", "tom");
    await expectRefusal(engine.check(claimOf(signer, unknown, "")), "final", /platform not supported: myspace/);
  });
});
