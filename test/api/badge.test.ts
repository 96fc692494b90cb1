import { expect } from "chai";
import { XMLParser, XMLValidator } from "fast-xml-parser";

import { badgeSvg } from "../../api/pages/badge.ts";
import { get } from "../helpers/api.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { bindGist } from "./gists.ts";
import { expectError } from "./proofs.ts";
import { append, attested, claim, somebody } from "./stranger.ts";

/** The texts of a badge, as XML says them. */
async function readSvg(response: Response) {
  expect(response.status).to.equal(200);
  const text = await response.text();
  expect(XMLValidator.validate(text), text).to.equal(true);
  const { svg } = new XMLParser({ ignoreAttributes: false }).parse(text);
  return { title: svg.title, label: svg["@_aria-label"], texts: svg.g[1].text.map((field: never) => field["#text"]) };
}

describe("GET /badge/…", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });

  const jsonOf = async (platform: string, identity: string, query = "") => {
    const { status, body } = await get(test.stack, `/badge/${platform}/${encodeURIComponent(identity)}.json?${query}`);
    expect(status, JSON.stringify(body)).to.equal(200);
    return body;
  };

  const svgOf = (platform: string, identity: string, query = "", headers = {}) =>
    fetch(`${test.stack.apiUrl}/badge/${platform}/${encodeURIComponent(identity)}.svg?${query}`, { headers });

  it("says what an account's proof rests on, and where to check it", async () => {
    const { person } = await bindGist(test, "badge-alice");
    const badge = await jsonOf("GitHub", "@Badge-Alice");
    expect(badge).to.deep.include({
      ...{ platform: "github", identity: "badge-alice", state: "verified", evidence: "account", level: 4 },
      ...{ avatar: person.key.compressed, label: "GitHub badge-alice", message: "verified by a post" },
      ...{ schemaVersion: 1, color: "#14662f" },
    });
    expect(new URL(badge.profile).pathname).to.equal(`/avatar/${person.key.compressed}`);
    const response = await svgOf("github", "badge-alice");
    expect(response.headers.get("content-type")).to.equal("image/svg+xml; charset=utf-8");
    expect(response.headers.get("cache-control")).to.equal("public, max-age=60");
    expect(response.headers.get("cross-origin-resource-policy")).to.equal("cross-origin");
    const etag = response.headers.get("etag")!;
    const { title, label, texts } = await readSvg(response);
    expect(title).to.equal(label);
    expect(title).to.match(/^GitHub badge-alice: verified by a post\. The account published the proof; /);
    expect(texts).to.deep.equal(["GitHub badge-alice", "verified by a post"]);
    const unless = { "if-none-match": etag, "cache-control": "max-age=0" };
    expect((await svgOf("github", "badge-alice", "", unless)).status).to.equal(304);
    // In Chinese it is another one.
    const chinese = await svgOf("github", "badge-alice", "lang=zh", unless);
    expect((await readSvg(chinese)).texts).to.deep.equal(["GitHub badge-alice", "已通过发帖验证"]);
  });

  it("tells signatures and records from posts", async () => {
    const [person, wallet] = [somebody(), somebody()];
    const own = claim(person, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet });
    const domain = attested(person, { platform: "dns", identity: "badge.example", accountId: "", after: own });
    await append(test, [own, domain]);
    expect(await jsonOf("ethereum", wallet.address)).to.include({ message: "verified by signature", level: 5 });
    expect(await jsonOf("dns", "badge.example")).to.include({ message: "verified by a record", level: 3 });
  });

  it("is not verified by a claim, and no longer valid after it was", async () => {
    const person = somebody();
    expect(await jsonOf("github", "badge-nobody")).to.include({ state: "unverified", avatar: null, evidence: null });
    const boast = claim(person, { platform: "github", identity: "badge-boast" });
    const real = attested(person, { platform: "github", identity: "badge-gone", after: boast });
    await append(test, [boast, real]);
    expect(await jsonOf("github", "badge-boast")).to.include({ state: "unverified", message: "not verified" });
    expect(await jsonOf("github", "badge-gone")).to.include({ state: "verified" });
    const etag = (await svgOf("github", "badge-gone")).headers.get("etag")!;
    await append(test, [claim(person, { action: "delete", platform: "github", identity: "badge-gone", after: real })]);
    const unless = { "if-none-match": etag, "cache-control": "max-age=0" };
    const { texts } = await readSvg(await svgOf("github", "badge-gone", "", unless));
    expect(texts).to.deep.equal(["GitHub badge-gone", "no longer valid"]);
    expect(await jsonOf("github", "badge-gone")).to.include({ state: "invalid", avatar: null, color: "#a61b1b" });
  });

  it("may be asked for one avatar's, and is the newest one's else", async () => {
    const [before, after] = [somebody(), somebody()];
    const fields = { platform: "github", identity: "badge-moved" };
    const old = Math.floor(Date.now() / 1000) - 1_000;
    await append(test, [attested(before, { ...fields, createdAt: old, accountId: "71" })]);
    await append(test, [attested(after, { ...fields, accountId: "72" })]);
    expect(await jsonOf("github", "badge-moved")).to.include({ state: "verified", avatar: after.key.compressed });
    const of = (key: string) => jsonOf("github", "badge-moved", `avatar=${key}`);
    expect(await of(after.key.uncompressed)).to.include({ state: "verified" });
    expect(await of(before.key.compressed)).to.include({ state: "disputed", message: "disputed", level: 2 });
    expect(await of(somebody().key.compressed)).to.include({ state: "unverified", avatar: null });
  });

  it("refuses what no account can be called, and names it", async () => {
    const refused: [path: string, message: string][] = [
      ["/badge/myspace/tom.svg", 'platform "myspace" is not known'],
      ["/badge/farcaster/%23123.json", 'platform "farcaster" has no accounts to prove'],
      ["/badge/github/a%20b.svg", 'identity "a b" is not a GitHub login'],
      ["/badge/github/%3Csvg%20onload=alert(1)%3E.svg", "is not a GitHub login"],
      ["/badge/github/alice.svg?lang=xx", "Param error: lang: must be en or zh"],
      ["/badge/github/alice.json?avatar=0x12", 'Param error: avatar: "0x12" is no public key'],
      [`/badge/github/${"x".repeat(9_000)}.svg`, "is not a GitHub login"],
    ];
    for (const [path, message] of refused) expectError(await get(test.stack, path), 400, message);
    expectError(await get(test.stack, "/badge/github/alice"), 404, "not found");
  });

  it("is text alone, whatever it says", async () => {
    const response = await svgOf("ens", "🎭小明.eth");
    const { texts } = await readSvg(response);
    expect(texts).to.deep.equal(["ENS 🎭小明.eth", "not verified"]);
    expect(response.headers.get("content-security-policy")).to.match(/^default-src 'self';/);
    const hostile = `</text><script>alert(1)</script>"'&\u202e`;
    const svg = badgeSvg({ ...(await jsonOf("github", "x")), label: hostile, message: hostile, title: hostile });
    expect(XMLValidator.validate(svg), svg).to.equal(true);
    expect(svg).not.to.match(/<script|onload/);
  });
});
