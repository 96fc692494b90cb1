import { composeHref, languagesOf } from "@syngraph/sdk";
import { expect } from "chai";

import { ether, gwei } from "../../web/src/bind/amounts.ts";

import { isolated } from "../../web/src/bind/isolated.ts";
import { MAX_LOOKS, waitAfter } from "../../web/src/bind/poll.ts";

const POST = "Sig: a+b/c=\n&text=<b>#? 🎭";

describe("What the wizard makes of a platform's data", () => {
  it("fills a post into an address, and nothing in it breaks out of its place", () => {
    const href = composeHref("https://x.com/intent/tweet?text={post}", { post: POST, identity: "alice" })!;
    const url = new URL(href);
    expect([...url.searchParams]).to.deep.equal([["text", POST]]);
    expect(url.hash).to.equal("");
    const own = { post: POST, identity: "alice@social.example" };
    expect(composeHref("https://{host}/share?text={post}", own)).to.match(/^https:\/\/social\.example\/share\?text=/);
    expect(composeHref("https://gist.github.com/", own)).to.equal("https://gist.github.com/");
  });

  it("opens nothing but https, whatever a server or an identity says", () => {
    const given = { post: POST, identity: "alice" };
    for (const compose of [
      "javascript:alert(1)//{post}",
      "http://x.com/",
      "data:text/html,{post}",
      "https://a@b.c/",
      "{post}",
    ]) {
      expect(composeHref(compose, given), compose).to.equal(null);
    }
    // Nor a page of somebody else's, nor what has more in it than the post that was looked through.
    for (const compose of [
      "https://evil.example/intent/tweet?text={post}",
      "https://x.com.evil.example/?text={post}",
      "https://x.com/intent/tweet?text={post}%0ASig:%20other",
      "https://x.com/intent/tweet?text={post}&url=https://evil.example",
      "https://x.com/intent/tweet?text={post}#more",
      "https://x.com/intent/tweet/{post}",
      "https://x.com/intent/tweet?text=I%20give%20up%20my%20account",
      "https://evil.example/{host}?text={post}",
    ]) {
      expect(composeHref(compose, { post: POST, identity: "a@social.example" }), compose).to.equal(null);
    }
    for (const identity of ["a@evil.example/x", "a@b@c.d:80", "a@", "a@localhost", "a@x.y?z", "a@x.y#z", "a@-.<b>"]) {
      expect(composeHref("https://{host}/share?text={post}", { post: POST, identity }), identity).to.equal(null);
    }
  });

  it("offers a post in the reader's language first, and no language twice", () => {
    const contents = { default: "Verify", en_US: "Verify", zh_CN: "验证" };
    expect(languagesOf(contents, "en")).to.deep.equal(["default", "zh_CN"]);
    expect(languagesOf(contents, "zh")).to.deep.equal(["zh_CN", "default"]);
    expect(languagesOf({ default: "x" }, "zh")).to.deep.equal(["default"]);
  });

  it("looks ever more rarely, and stops by itself", () => {
    const waits = Array.from({ length: MAX_LOOKS }, (_, looks) => waitAfter(looks + 1));
    expect(waits.slice(0, -1).every((wait, index) => wait! >= (waits[index - 1] ?? 0) && wait! <= 60)).to.equal(true);
    expect(waits[0]).to.be.at.least(2);
    expect(waits.at(-1)).to.equal(null);
    expect(waitAfter(1, true)).to.equal(60);
  });

  it("rounds costs up: nobody pays more than was said", () => {
    expect(ether(1_234_567_890_123_456n)).to.equal("0.001235");
    expect(ether(10n ** 18n)).to.equal("1");
    expect(ether(0n)).to.equal("0");
    expect(gwei(1_000_000_001n)).to.equal("1.001");
  });

  it("keeps a stranger's text from turning the sentence that it stands in", () => {
    expect(isolated("a\u202eb\u2069c")).to.equal("\u2068abc\u2069");
  });
});
