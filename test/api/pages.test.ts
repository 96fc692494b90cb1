import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";

import { bindingKey } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import express from "express";
import { XMLValidator } from "fast-xml-parser";
import { type DefaultTreeAdapterTypes, parse } from "parse5";
import { pino } from "pino";

import type { Context } from "../../api/context.ts";
import { createPool } from "../../api/db/pool.ts";
import { createGraph } from "../../api/graph/graph.ts";
import type { Graph } from "../../api/graph/types.ts";
import { profileOf } from "../../api/pages/claims.ts";
import { profileHead } from "../../api/pages/head.ts";
import { BOLD, REGULAR, drawable, fitted } from "../../api/pages/fonts.ts";
import { Previews, previewSvg } from "../../api/pages/preview.ts";
import { fillPage } from "../../api/pages/template.ts";
import { answerPageError, servePages } from "../../api/routes/pages.ts";
import { ROOT } from "../../scripts/lib/stack/sources.ts";
import { get, newPerson } from "../helpers/api.ts";
import type { SignedLink } from "../helpers/contractLinks.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { expectError } from "./proofs.ts";
import { ATTESTER, append, attested, claim, indexed, now, saidBy, somebody, strangersRegistry } from "./stranger.ts";

type Node = DefaultTreeAdapterTypes.ChildNode;
type Element = DefaultTreeAdapterTypes.Element;

/** A page as a browser would read it. */
class Html {
  readonly elements: Element[];

  constructor(text: string) {
    const document = parse(text);
    this.elements = all(document.childNodes);
  }

  named(name: string): Element[] {
    return this.elements.filter(({ tagName }) => tagName === name);
  }

  /** The content of a meta element; undefined where there is none. */
  meta(name: string): string | undefined {
    const found = this.named("meta").filter((meta) => [at(meta, "name"), at(meta, "property")].includes(name));
    expect(found.length, name).to.be.lessThan(2);
    return found[0] && at(found[0], "content");
  }

  get title(): string {
    return textOf(this.named("title")[0]!);
  }

  get canonical(): string | undefined {
    const link = this.named("link").find((found) => at(found, "rel") === "canonical");
    return link && at(link, "href");
  }

  /** What it says to search engines. */
  get data() {
    const [script, ...more] = this.named("script").filter((found) => at(found, "type") === "application/ld+json");
    expect(more).to.deep.equal([]);
    return script && JSON.parse(textOf(script));
  }

  /** What is there before the page runs. */
  get summary(): string {
    return textOf(this.elements.find((found) => at(found, "id") === "root")!);
  }
}

function all(nodes: readonly Node[]): Element[] {
  return nodes.flatMap((node) => ("tagName" in node ? [node, ...all(node.childNodes)] : []));
}

function at({ attrs }: Element, name: string): string | undefined {
  return attrs.find((attribute) => attribute.name === name)?.value;
}

function textOf({ childNodes }: Element): string {
  return childNodes.map((node) => ("tagName" in node ? textOf(node) : "value" in node ? node.value : "")).join("");
}

/** All that a page is made of before it runs. */
const ELEMENTS = /^(?:html|head|meta|title|link|script|body|div|noscript|main|h1|p|bdi|ul|li|a|time|code)$/;

/** Fails where anything in a page runs, or leads to where it would. */
function expectInert(html: Html): void {
  const scripts = html.named("script").filter((script) => at(script, "type") !== "application/ld+json");
  expect(scripts.length).to.be.greaterThan(0);
  for (const script of scripts) {
    expect(textOf(script)).to.equal("");
    expect(at(script, "src")).to.match(/^\/(?:assets\/[\w-]+|theme)\.js$/);
  }
  for (const { tagName } of html.elements) expect(tagName).to.match(ELEMENTS);
  for (const { attrs } of html.elements) {
    for (const { name, value } of attrs) {
      expect(name).not.to.match(/^on|^style$/);
      if (name === "href") expect(value).to.match(/^(?:https?:\/\/|\/)/);
    }
  }
}

/** Asks for what is another than was sent before; undici would else forbid every cache to answer. */
const unless = (etag: string): RequestInit => ({ headers: { "if-none-match": etag, "cache-control": "max-age=0" } });

/** What turns the writing direction. */
const TURNS = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/;

describe("the page's addresses", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });

  const fetched = (path: string, init: RequestInit = {}) => fetch(test.stack.apiUrl + path, init);

  async function page(path: string, status = 200): Promise<Html> {
    const response = await fetched(path);
    expect(response.status, path).to.equal(status);
    expect(response.headers.get("content-type"), path).to.equal("text/html; charset=utf-8");
    expect(response.headers.get("cache-control"), path).to.equal("no-cache");
    expect(response.headers.get("content-security-policy"), path).to.match(/^default-src 'self';/);
    expect(response.headers.get("content-security-policy"), path).not.to.contain("unsafe");
    const html = new Html(await response.text());
    expectInert(html);
    return html;
  }

  it("are those that its own routes have, and no others", async () => {
    const own = [
      "/",
      "/me",
      "/me/bind/github",
      "/me/keys/",
      "/graph/github/alice",
      "/activity",
      "/operator",
      "/settings",
    ];
    for (const path of own) {
      const html = await page(path);
      expect(html.title, path).to.equal("Syngraph");
      expect(html.meta("description")!.length, path).to.be.greaterThan(20);
    }
    for (const path of ["/mee", "/graph", "/graph/github", "/nowhere", "/avatar", "/@", "/assets/none.js", "/index"]) {
      expectError(await get(test.stack, path), 404, `${path} not found`);
    }
    const posted = await fetched("/me", { method: "POST", body: "{}" });
    expect([posted.status, posted.headers.get("content-type")]).to.deep.equal([404, "application/json; charset=utf-8"]);
  });

  it("have files that may be kept for as long as their names say what is in them", async () => {
    const html = await page("/");
    const script = html
      .named("script")
      .flatMap((found) => at(found, "src") ?? [])
      .find((src) => src.startsWith("/assets/"))!;
    expect((await fetched(script)).headers.get("cache-control")).to.equal("public, max-age=31536000, immutable");
    const badge = await fetched("/embed/badge.js", { headers: { origin: "https://blog.example" } });
    expect(badge.headers.get("content-type")).to.match(/javascript/);
    expect(badge.headers.get("cache-control")).to.equal("public, max-age=3600");
    expect(badge.headers.get("access-control-allow-origin")).to.equal("*");
    // It is one file without parts, and small.
    const text = await badge.text();
    expect(text).not.to.match(/\bimport\b(?!\.meta)/);
    expect(text.length).to.be.lessThan(6_000);
    expect(badge.headers.get("etag")).to.match(/^W?\/?"/);
  });

  describe("of somebody", () => {
    const [person, wallet] = [somebody(), somebody()];
    const account = attested(person, {
      ...{ platform: "github", identity: "page-alice", proofLocation: `7${"0".repeat(31)}` },
    });
    const own = claim(person, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet, after: account });
    const domain = attested(person, { platform: "dns", identity: "page-alice.example", after: own, accountId: "" });
    const tweet = attested(person, { platform: "twitter", identity: "page_alice", after: domain });
    const boast = claim(person, { platform: "github", identity: "page-not-hers", after: tweet });
    before(() => append(test, [account, own, domain, tweet, boast]));

    it("say who they are, to crawlers too", async () => {
      const url = `http://localhost:${new URL(test.stack.apiUrl).port}/avatar/${person.key.compressed}`;
      for (const path of [
        `/avatar/${person.key.compressed}`,
        `/avatar/${person.address}`,
        `/@${person.key.uncompressed}`,
        "/@page-alice",
        "/%40page-alice/",
        "/@PAGE-Alice?platform=GitHub",
      ]) {
        const html = await page(path);
        expect(html.title, path).to.equal("page-alice (GitHub) · Syngraph");
        expect(html.canonical, path).to.equal(url);
        expect(html.meta("robots"), path).to.equal(undefined);
        const description = html.meta("description")!;
        expect(description).to.match(
          /^Also verified: page_alice \(X \(Twitter\)\), page-alice\.example \(DNS\), 0x\w{4}…\w{4} \(Ethereum\)\. /,
        );
        for (const name of ["og:title", "twitter:title"]) expect(html.meta(name)).to.equal("page-alice (GitHub)");
        for (const name of ["og:description", "twitter:description"]) expect(html.meta(name)).to.equal(description);
        expect(html.meta("og:url")).to.equal(url);
        expect(html.meta("og:type")).to.equal("profile");
        expect(html.meta("twitter:card")).to.equal("summary_large_image");
        expect(html.meta("og:image")).to.equal(html.meta("twitter:image"));
        expect(html.meta("og:image")!.startsWith(`${url}/preview.png?`)).to.equal(true);
        expect([html.meta("og:image:width"), html.meta("og:image:height")]).to.deep.equal(["1200", "630"]);
      }
      // The name is what was asked for.
      expect((await page("/@page-alice.example")).title).to.equal("page-alice.example (DNS) · Syngraph");
    });

    it("speak the reader's language, of the two that the page has, and tell caches so", async () => {
      const asked = async (path: string, language: string) => {
        const response = await fetched(path, { headers: { "accept-language": language } });
        expect(response.headers.get("vary"), language).to.match(/\bAccept-Language\b/i);
        const html = new Html(await response.text());
        expectInert(html);
        return { html, lang: at(html.named("html")[0]!, "lang"), etag: response.headers.get("etag")! };
      };
      const path = "/@page-alice";
      const chinese = await asked(path, "zh-CN,zh;q=0.9,en;q=0.8");
      expect([chinese.lang, chinese.html.meta("og:locale")]).to.deep.equal(["zh-Hans", "zh_CN"]);
      expect(chinese.html.title).to.equal("page-alice (GitHub) · Syngraph");
      expect(chinese.html.meta("description")).to.match(/^同时已验证：page_alice \(X \(Twitter\)\)、.*核实。$/);
      expect(chinese.html.meta("og:description")).to.equal(chinese.html.meta("description"));
      expect(chinese.html.data.mainEntity.description).to.equal(chinese.html.meta("description"));
      expect(chinese.html.summary).to.contain("page-alice（GitHub）：证明由该账号发布");
      expect(chinese.html.summary).not.to.match(/verified|checked|signed|Public key/);
      for (const language of [
        "en-GB,zh;q=0.5",
        "fr",
        "*",
        "",
        `zh"><script>alert(1)</script>`,
        "zh;q=0",
        "x,".repeat(2_000),
      ]) {
        const { lang, html } = await asked(path, language);
        expect([lang, html.meta("og:locale")], language.slice(0, 40)).to.deep.equal(["en", "en_US"]);
        expect(html.meta("description")).to.match(/^Also verified: /);
      }
      const other = await fetched(path, { headers: { ...unless(chinese.etag).headers, "accept-language": "en" } });
      expect(other.status, "the one language for the other").to.equal(200);
      const nobody = await asked("/@page-nobody-at-all", "zh");
      expect([nobody.lang, nobody.html.title]).to.deep.equal(["zh-Hans", "这里没有人 · Syngraph"]);
      expect(nobody.html.summary).to.contain("没有人证明过自己是 page-nobody-at-all。");
    });

    it("name in their data what is verified, and nothing that is only claimed", async () => {
      const { data, summary, elements } = await page(`/avatar/${person.key.compressed}`);
      expect(data["@type"]).to.equal("ProfilePage");
      expect(data.mainEntity["@type"]).to.equal("Person");
      expect(data.mainEntity.sameAs).to.have.members(["https://github.com/page-alice", "https://x.com/page_alice"]);
      expect(data.mainEntity.identifier).to.equal(person.key.compressed);
      expect(data.dateCreated).to.match(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(JSON.stringify(data) + summary).not.to.contain("not-hers");
      expect(summary).to.contain("page-alice (GitHub): The account published the proof");
      expect(summary).to.contain(`${wallet.wallet.slice(0, 6)}`);
      expect(summary).to.contain("Both sides signed it.");
      const links = elements.filter(({ tagName }) => tagName === "a");
      expect(links.map((link) => at(link, "href"))).to.include.members([
        `https://gist.github.com/7${"0".repeat(31)}`,
        "https://github.com/page-alice",
      ]);
      for (const link of links) expect(at(link, "rel")).to.equal("nofollow ugc noopener");
    });

    it("call nothing gone of which they looked up too little to say what it rests on", async () => {
      const reads = createPool(test.stack.databaseUrl);
      try {
        const graph = createGraph(reads);
        const narrow: Graph = { ...graph, incident: (ids, scope) => graph.incident(ids, { ...scope, cap: 1 }) };
        const told = (await profileOf({ reads, graph: narrow }, person.address.toLowerCase()))!.claims;
        expect(told.map(({ standing }) => standing)).to.deep.equal(["verified"]);
      } finally {
        await reads.end();
      }
    });

    it("are not sent again while they are the same", async () => {
      const path = `/avatar/${person.key.compressed}`;
      const etag = (await fetched(path)).headers.get("etag")!;
      const again = await fetched(path, unless(etag));
      expect([again.status, await again.text()]).to.deep.equal([304, ""]);
      const head = await fetched(path, { method: "HEAD" });
      expect([head.status, await head.text(), head.headers.get("etag")]).to.deep.equal([200, "", etag]);
    });

    it("change when something is taken back: what is not verified now is no name of theirs", async () => {
      const deleted = claim(person, { action: "delete", platform: "twitter", identity: "page_alice", after: boast });
      const etag = (await fetched(`/@page-alice`)).headers.get("etag")!;
      await append(test, [deleted]);
      const response = await fetched(`/@page-alice`, unless(etag));
      expect(response.status).to.equal(200);
      const html = new Html(await response.text());
      expect(html.data.mainEntity.sameAs).to.deep.equal(["https://github.com/page-alice"]);
      expect(html.meta("description")).not.to.contain("page_alice");
      await page("/@page_alice", 404);
    });

    it("show the picture that they name, in its size", async () => {
      const html = await page("/@page-alice");
      const { pathname, search } = new URL(html.meta("og:image")!);
      const image = await fetched(pathname + search);
      expect(image.status).to.equal(200);
      expect(image.headers.get("content-type")).to.equal("image/png");
      expect(image.headers.get("cache-control")).to.equal("public, max-age=300");
      const bytes = Buffer.from(await image.arrayBuffer());
      expect(bytes.subarray(0, 8).toString("latin1")).to.equal("\x89PNG\r\n\x1a\n");
      expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).to.deep.equal([1200, 630]);
      const etag = image.headers.get("etag")!;
      expect((await fetched(pathname + search, unless(etag))).status).to.equal(304);
      // It is another one where they are called otherwise; a name that is not theirs changes nothing.
      const path = `/avatar/${person.key.compressed}/preview.png`;
      const tags = await Promise.all(
        ["", "?platform=dns&identity=page-alice.example", "?platform=github&identity=not-theirs"].map(async (query) =>
          (await fetched(path + query)).headers.get("etag"),
        ),
      );
      expect(tags[0]).to.equal(etag);
      expect(tags[1]).not.to.equal(etag);
      expect(tags[2]).to.equal(etag);
      const key = newPerson().key.compressed;
      expectError(await get(test.stack, `/avatar/${key}/preview.png`), 404, "is known");
      expectError(await get(test.stack, "/avatar/nonsense/preview.png"), 400, "neither a public key nor an address");
    });
  });

  it("call nobody by what attesters saw gone", async () => {
    const person = somebody();
    const bound = attested(person, { platform: "github", identity: "page-gone" });
    await append(test, [bound]);
    expect((await page("/@page-gone")).title).to.equal("page-gone (GitHub) · Syngraph");
    const registry = await strangersRegistry(test);
    const word = saidBy({ linkId: bound.id, found: false, accountId: "" }, [[ATTESTER, now() + 10]]);
    const { hash } = await registry.suspend(bindingKey(person.address, "github", "page-gone"), bound.id, word);
    await indexed(test, hash);
    const html = await page("/@page-gone");
    expect(html.title).to.match(/^Avatar 0x\w{4}…\w{4} · Syngraph$/);
    expect(html.meta("description")).to.equal("Nothing is verified of this avatar now.");
    expect(html.data.mainEntity.sameAs).to.deep.equal([]);
    expect(html.summary).to.contain("page-gone (GitHub): It was proved once, and is no longer valid.");
    const badge = await get(test.stack, "/badge/github/page-gone.json");
    expect(badge.body).to.include({ state: "invalid", message: "no longer valid", avatar: null });
  });

  describe("of a name that several have", () => {
    const [one, other] = [somebody(), somebody()];
    const named = attested(other, { platform: "twitter", identity: "page_twins", accountId: "page-twins" });
    before(() =>
      append(test, [
        attested(one, { platform: "github", identity: "page-twins" }),
        named,
        attested(other, { platform: "minds", identity: "page-twins", after: named }),
      ]),
    );

    it("let readers choose, and are about nobody", async () => {
      const html = await page("/@page-twins");
      expect(html.title).to.equal("Who is page-twins? · Syngraph");
      expect(html.data).to.equal(undefined);
      expect(html.meta("og:image")).to.equal(undefined);
      const links = html.named("a").map((link) => at(link, "href"));
      expect(links).to.have.members([one, other].map(({ key }) => `/avatar/${key.compressed}`));
    });

    it("are of one where the platform says which", async () => {
      expect((await page("/@page-twins?platform=github")).title).to.equal("page-twins (GitHub) · Syngraph");
      expect((await page("/@page-twins?platform=minds")).title).to.equal("page-twins (Minds) · Syngraph");
    });
  });

  describe("of nobody", () => {
    it("have status 404 and still are the page", async () => {
      const key = newPerson().key.compressed;
      for (const path of [`/avatar/${key}`, "/@page-nobody", "/@page-nobody?platform=github", "/@nobody.example"]) {
        const html = await page(path, 404);
        expect(html.meta("robots"), path).to.equal("noindex");
        expect(html.canonical, path).to.equal(undefined);
        expect(html.data, path).to.equal(undefined);
      }
    });

    it("have status 400 where nobody can be called so", async () => {
      for (const path of [
        "/avatar/nonsense",
        "/avatar/0x00",
        "/@page-alice?platform=myspace",
        "/@a%20b%20c?platform=github",
        "/@%ff",
        "/@%00",
        `/@${"x".repeat(10_000)}`,
        `/avatar/${"f".repeat(10_000)}`,
        `/@alice?platform=${"x".repeat(10_000)}`,
      ]) {
        const html = await page(path, 400);
        expect(html.meta("robots"), path).to.equal("noindex");
        expect(html.title.length, path).to.be.lessThan(200);
      }
    });
  });

  describe("under attack", () => {
    const payloads = [
      `</script><script>alert(1)</script>`,
      `</title><img src=x onerror=alert(1)>`,
      `" onload="alert(1)" x="`,
      `'><svg/onload=alert(1)>`,
      `<!--/head--><!--summary--><!--`,
      "$& $` $' $<x> {{x}}",
      "\u202egnp.exe\u2066\u200f",
      "a\u0000b\u0001\u2028\u2029\ufffe\ud800",
      "&lt;script&gt;&amp;",
      "]]><x/>",
    ];

    it("echo nothing of what they are asked for but as text", async () => {
      for (const payload of payloads) {
        const encoded = encodeURIComponent(payload.toWellFormed());
        for (const path of [`/@${encoded}`, `/@page-alice?platform=${encoded}`, `/avatar/${encoded}`]) {
          const html = await page(path, 400);
          expect(html.summary + html.title, path).not.to.match(TURNS);
        }
      }
    });

    it("show what somebody got attested as text alone, in the page, its data and its picture", async () => {
      // The contract takes no `"`, `\`, `<`, `>` and `&` in an identity; it does in a location.
      const identities = [
        `'onmouseover='alert(1)`,
        "${alert(1)} $$ $` $' {{x}}",
        "\u202egnp.exe\u2066\u200f\u061c",
        `a${"\u0301".repeat(60)}`,
        "\ufeff\u200b\ufffe",
        "javascript:alert(1)//",
        "小明😀🏴\u{e0067}\u{e0062}",
        "W".repeat(255),
      ];
      const attacker = somebody();
      const links: SignedLink[] = [];
      for (const identity of identities) {
        const proofLocation = `javascript:alert(1)//"><script>alert(1)</script>'`;
        const after = links.at(-1);
        const fields = { platform: "github", identity, proofLocation, accountId: String(links.length) };
        links.push(attested(attacker, after ? { ...fields, after } : fields));
      }
      await append(test, links);
      const path = `/avatar/${attacker.key.compressed}`;
      const html = await page(path);
      expect(html.title).to.contain("(GitHub) · Syngraph");
      expect(html.title + html.summary + html.meta("description")).not.to.match(TURNS);
      // Nobody can have such an account, so that it has no address, and neither has the proof.
      expect(html.data.mainEntity.sameAs).to.deep.equal([]);
      expect(html.named("a")).to.deep.equal([]);
      expect(html.named("li")).to.have.length(identities.length);
      for (const identity of ["", ...identities]) {
        const image = await fetched(`${path}/preview.png?platform=github&identity=${encodeURIComponent(identity)}`);
        expect([image.status, image.headers.get("content-type")], identity).to.deep.equal([200, "image/png"]);
      }
    });

    it("are as inert with what no contract would take", () => {
      const key = newPerson().key;
      for (const [index, payload] of [...payloads, ...payloads.map((text) => text + "x".repeat(10_000))].entries()) {
        const language = index % 2 === 0 ? "en" : "zh";
        const told = {
          ...{
            platform: payload,
            on: payload,
            identity: payload,
            uri: `https://x.example/${payload}`,
            proofUri: payload,
          },
          ...{ standing: "verified" as const, evidence: "account" as const, level: 4 as const },
          ...{ createdAt: 1, lastCheckedAt: 1 },
        };
        const profile = { key, did: payload, changedAt: 1, claims: [told, { ...told, standing: "invalid" as const }] };
        const head = profileHead(profile, { publicUrl: "https://id.example", asked: told, version: "v", language });
        const template =
          '<html lang="en"><head><!--head--><title></title><!--/head--></head><body><div id="root"><!--summary--></div>';
        const html = new Html(fillPage(template, { ...head, canonical: `https://id.example/${payload}` }));
        expect(html.named("script")).to.have.length(1);
        expect(html.data.mainEntity["@id"]).to.equal(payload);
        for (const { attrs, tagName } of html.elements) {
          expect(tagName).to.match(ELEMENTS);
          for (const { name } of attrs)
            expect(name).to.match(/^(?:name|content|property|rel|href|id|class|type|datetime|lang)$/);
        }
        expect(html.title + html.summary).not.to.match(TURNS);
        const svg = previewSvg(profile, told, payload);
        expect(svg.length).to.be.lessThan(10_000);
        expect(XMLValidator.validate(svg), svg).to.equal(true);
        expect(svg).not.to.match(/<(?!\/?(?:svg|rect|text|g|path)\b)/);
      }
    });
  });
});

describe("the page's addresses while the database is away", () => {
  it("are the page all the same, which says so to people in their language, and nothing of where it was sought", async () => {
    const gone = createServer().listen(0, "127.0.0.1");
    await once(gone, "listening");
    const { port } = gone.address() as AddressInfo;
    gone.close();
    const reads = createPool(`postgres://secret-user@127.0.0.1:${port}/none`);
    const config = { webDir: join(ROOT, "web"), publicUrl: "http://localhost" };
    const app = express();
    app.locals.log = pino({ level: "silent" });
    const context = { config, reads, graph: createGraph(reads) } as unknown as Context;
    app.use(servePages(context));
    app.use(answerPageError(context));
    const server = app.listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      for (const path of [`/avatar/${newPerson().key.compressed}`, "/@alice", "/@alice?platform=github"]) {
        const response = await fetch(origin + path);
        expect([response.status, response.headers.get("content-type")], path).to.deep.equal([
          503,
          "text/html; charset=utf-8",
        ]);
        expect(response.headers.get("cache-control"), path).to.equal("no-cache");
        const text = await response.text();
        expect(new Html(text).meta("robots"), path).to.equal("noindex");
        expect(new Html(text).summary, path).to.contain("cannot be asked just now");
        expect(text, path).not.to.match(/secret-user|ECONNREFUSED/);
      }
    } finally {
      server.close();
      await reads.end();
    }
  });
});

function drawing(text: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>${text}</text></svg>`;
}

describe("pictures", () => {
  it("have a box for what cannot be drawn, and never more than fits", () => {
    expect(drawable("小明.bit 🏴😀 é ש", BOLD)).to.equal("□□.bit □😀 é ש");
    expect(drawable(`a${"\u0301".repeat(9)}b`, BOLD)).to.equal("□b");
    for (const text of ["W".repeat(10_000), "小".repeat(10_000), "ש".repeat(10_000), "😀".repeat(999)]) {
      const cut = fitted(text, REGULAR, 20);
      expect(REGULAR.widthOf(cut)).to.be.within(18, 20);
      expect(cut.endsWith("…")).to.equal(true);
    }
  });

  it("are drawn one after the other, once each, and too many at once are refused", async () => {
    const previews = new Previews();
    const [first, again] = await Promise.all([previews.png("a", drawing("a")), previews.png("a", drawing("a"))]);
    expect(first).to.equal(again);
    const asked = await Promise.allSettled(
      Array.from({ length: 40 }, (_, n) => previews.png(String(n), drawing(String(n)))),
    );
    const refused = asked.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    expect(refused.length).to.be.within(1, 39);
    for (const reason of refused) expect(reason).to.include({ name: "ApiError", status: 503, retryAfter: 1 });
    expect((await previews.png("39", drawing("39"))).length).to.be.greaterThan(0);
  });
});
