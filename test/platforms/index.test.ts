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
