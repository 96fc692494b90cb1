import { readFile } from "node:fs/promises";
import { type Server, createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";

import { expect } from "chai";
import type { Browser, BrowserContextOptions } from "playwright-core";

import { append, attested, claim, somebody } from "../api/stranger.ts";
import { type WatchedPage, launchBrowser, watchPage } from "../helpers/browser.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { expectQuiet } from "./page.ts";

/** How long a page may take to show something, in milliseconds. */
const PATIENCE = 15_000;

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** What axe-core finds in the page that is serious or worse. */
async function seriousFindings({ page }: WatchedPage): Promise<string[]> {
  await page.evaluate(await readFile(AXE, "utf8"));
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  });
}

/** A policy that lets nothing through but what it is given. */
function strict(more: string): string {
  return `default-src 'none'; img-src data:; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'; ${more}`;
}

function script({ stack }: TestStack): string {
  return `<script type="module" src="${stack.apiUrl}/embed/badge.js"></script>`;
}

function badge(attributes: string): string {
  return `<syngraph-badge ${attributes}></syngraph-badge>`;
}

describe("the public profile", function () {
  this.timeout(120_000);
  const [alice, wallet] = [somebody(), somebody()];
  const account = attested(alice, {
    ...{ platform: "github", identity: "profile-alice", proofLocation: `8${"0".repeat(31)}` },
  });
  const own = claim(alice, { platform: "ethereum", identity: wallet.wallet, cosigner: wallet, after: account });
  const domain = attested(alice, { platform: "dns", identity: "profile-alice.example", accountId: "", after: own });
  const gone = attested(alice, { platform: "twitter", identity: "profile_alice", after: domain });
  const deleted = claim(alice, { action: "delete", platform: "twitter", identity: "profile_alice", after: gone });
  const boast = claim(alice, { platform: "github", identity: "profile-boast", after: deleted });

  let test: TestStack;
  let browser: Browser;
  const opened: WatchedPage[] = [];
  before(async () => {
    test = await sharedStack();
    await append(test, [account, own, domain, gone, deleted, boast]);
    browser = await launchBrowser();
  });
  afterEach(async () => {
    for (const { context } of opened.splice(0)) await context.close();
  });
  after(() => browser?.close());

  async function open(href: string, options: BrowserContextOptions = {}, origin = test.stack.apiUrl) {
    const watched = await watchPage(browser, origin, options);
    opened.push(watched);
    watched.page.setDefaultTimeout(PATIENCE);
    await watched.page.goto(href);
    return watched;
  }

  it("says who somebody is and what each claim rests on, and checks the chain itself", async () => {
    const watched = await open("/@profile-alice");
    const { page } = watched;
    await page.getByText("All 6 links verified in this browser.").waitFor();
    expect(await page.title()).to.equal("profile-alice (GitHub) · Syngraph");
    expect(await page.getByRole("heading", { level: 1 }).allTextContents()).to.deep.equal(["profile-alice"]);
    await page.getByText("3 verified identities").waitFor();

    const github = page.getByRole("article", { name: "github profile-alice" });
    await github.getByText("A post by the account.").waitFor();
    await github.getByText("4 of 5: confident").waitFor();
    await github.getByText("signed in link 1").waitFor();
    const post = github.getByRole("link", { name: "See the post" });
    expect(await post.getAttribute("href")).to.equal(`https://gist.github.com/8${"0".repeat(31)}`);
    expect(await post.getAttribute("rel")).to.contain("noopener");
    await github.getByText("1 attester").click();
    const signed = page.getByRole("article", { name: `ethereum ${wallet.wallet}` });
    await signed.getByText("The avatar and the wallet signed the same text.").waitFor();
    await page.getByRole("article", { name: "dns profile-alice.example" }).getByText("TXT record of").waitFor();

    const past = page.getByRole("region", { name: "No longer valid" });
    await past.getByText("One of the two sides took it back.").waitFor();
    // What nobody confirmed is not shown until it is asked for.
    expect(await page.getByText("profile-boast").isVisible()).to.equal(false);
    await page.getByText("1 claim that nobody confirmed").click();
    expect(await page.getByText("profile-boast").isVisible()).to.equal(true);

    expect(await page.getByRole("link", { name: "Identity graph" }).getAttribute("href")).to.equal(
      "/graph/github/profile-alice",
    );
    await page.getByRole("link", { name: "Proof chain" }).click();
    await page.waitForURL(`**/avatar/${alice.key.compressed}/chain`);
    expectQuiet(watched);
  });

  it("is found by key and address, shows a badge to embed, and copies it", async () => {
    const permissions = ["clipboard-read", "clipboard-write"];
    const watched = await open(`/avatar/${alice.address}`, { permissions });
    const { page } = watched;
    const embed = page.getByRole("region", { name: "Show it on your page" });
    await embed.getByRole("img", { name: "Badge of GitHub profile-alice" }).waitFor();
    await page.waitForFunction("document.querySelector('.badge-preview img').naturalWidth > 50");
    await embed.getByRole("tab", { name: "Web component" }).click();
    await embed.getByRole("button", { name: "Copy code for Web component" }).click();
    await embed.getByText("Copied").waitFor();
    const copied = await page.evaluate<string>("navigator.clipboard.readText()");
    expect(copied).to.contain(`<script type="module" src="${test.stack.apiUrl}/embed/badge.js"></script>`);
    expect(copied).to.contain(`platform="github" identity="profile-alice" avatar="${alice.key.compressed}"`);
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByText("The address was copied.").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).to.equal(
      `${test.stack.apiUrl}/@profile-alice?platform=github`,
    );
    // As people write it, and programs that encode what they pass on: the API's pages take that for the same.
    await page.goto("/%40profile-alice?platform=GitHub");
    await page.getByRole("heading", { level: 1, name: "profile-alice" }).waitFor();
    expectQuiet(watched);
  });

  it("lets the reader choose where several have the name, and says where nobody has", async () => {
    const [one, other, former] = [somebody(), somebody(), somebody()];
    const hourAgo = Math.floor(Date.now() / 1000) - 3600;
    await append(test, [
      attested(former, { platform: "github", identity: "profile-twins", createdAt: hourAgo }),
      attested(one, { platform: "github", identity: "profile-twins" }),
      attested(other, { platform: "minds", identity: "profile-twins" }),
    ]);
    const watched = await open("/@profile-twins");
    const { page } = watched;
    await page.getByRole("heading", { level: 1, name: "Who is profile-twins?" }).waitFor();
    // Who had the account before is not shown as who has it.
    for (const [{ key }, standing] of [
      [former, "Disputed"],
      [one, "Verified"],
      [other, "Verified"],
    ] as const) {
      const card = page.locator(".people li", { has: page.locator(`a[href="/avatar/${key.compressed}"]`) });
      expect(await card.locator(".pill").allTextContents(), standing).to.deep.equal([standing]);
    }
    await page.getByRole("link", { name: "Minds profile-twins" }).click();
    await page.waitForURL(`**/avatar/${other.key.compressed}`);
    await page.getByText("The only link verified in this browser.").waitFor();
    expectQuiet(watched);

    // The browser itself complains of a status of 404.
    const nobody = await open("/@profile-nobody?platform=github");
    await nobody.page.getByText("No avatar has proved this name on GitHub.").waitFor();
    expect(nobody.dialogs.concat(nobody.strayRequests)).to.deep.equal([]);
  });

  it("is accessible, narrow and wide, light and dark, in English and Chinese", async () => {
    for (const options of [
      { colorScheme: "light" },
      { colorScheme: "dark", viewport: { width: 360, height: 740 }, locale: "zh-CN" },
    ] satisfies BrowserContextOptions[]) {
      const watched = await open("/@profile-alice", options);
      const { page } = watched;
      await page.locator(".claims").first().waitFor();
      await page.waitForLoadState("networkidle");
      expect(await page.evaluate("document.documentElement.lang")).to.match("locale" in options ? /^zh/ : /^en/);
      expect(await seriousFindings(watched)).to.deep.equal([]);
      if ("viewport" in options) {
        expect(await page.evaluate("document.documentElement.scrollWidth")).to.equal(options.viewport.width);
        await page.getByRole("heading", { name: "已验证", exact: true }).waitFor();
      }
      expectQuiet(watched);
    }
  });

  it("runs nothing of what an attacker got attested", async () => {
    const attacker = somebody();
    const texts = [
      `'onmouseover='alert(1)`,
      "\u202ealice\u2066",
      "{{constructor.constructor('alert(1)')()}}",
      "W".repeat(255),
    ];
    let after: ReturnType<typeof attested> | undefined;
    const links = texts.map((identity, index) => {
      const proofLocation = `javascript:alert(1)//"><script>alert(1)</script>`;
      const fields = { platform: "github", identity, proofLocation, accountId: String(index) };
      return (after = attested(attacker, after ? { ...fields, after } : fields));
    });
    await append(test, links);
    for (const path of [`/avatar/${attacker.key.compressed}`, `/avatar/${attacker.key.compressed}/chain`]) {
      const watched = await open(path, { viewport: { width: 360, height: 740 } });
      const { page } = watched;
      await page.getByText("All 4 links verified in this browser.").waitFor();
      expect(await page.evaluate("document.documentElement.scrollWidth"), path).to.equal(360);
      const hrefs = await page
        .locator("main a")
        .evaluateAll((found) => found.map((link) => (link as unknown as URL).protocol));
      expect(hrefs.every((protocol) => protocol === "http:" || protocol === "https:")).to.equal(true);
      expectQuiet(watched);
    }
    const watched = await open(`/@${encodeURIComponent(`<img src=x onerror=alert(1)>"'`)}`);
    await watched.page.getByRole("heading", { level: 1 }).getByText("onerror").waitFor();
    expect(watched.dialogs.concat(watched.strayRequests)).to.deep.equal([]);
  });

  it("believes no server that says more than the chain, or names somebody else, and says when there is none", async () => {
    const path = `/avatar/${alice.address}`;
    const { page, context } = await open("/settings");
    let answer: (body: { avatar: string; bindings: object[] }) => object | null;
    await context.route("**/v1/avatars/*", async (route) => {
      const response = await route.fetch();
      const json = answer(await response.json());
      await (json ? route.fulfill({ response, json }) : route.abort());
    });
    answer = ({ bindings: [first, ...rest], ...body }) => {
      return {
        ...body,
        bindings: [{ ...first, identity: "profile-bank", link_id: `0x${"1".repeat(64)}` }, first, ...rest],
      };
    };
    await page.goto(path);
    const lie = page.getByRole("article", { name: "profile-bank" });
    await lie.getByText("Not in the proof chain").waitFor();
    await lie.getByText("Do not believe it.").waitFor();
    expect(await page.getByRole("region", { name: "Verified" }).getByText("profile-bank").count()).to.equal(0);

    answer = (body) => ({ ...body, avatar: somebody().key.compressed });
    await page.goto(path);
    await page.getByRole("alert").getByText("The server’s reply is not what was asked for.").waitFor();
    answer = () => null;
    await page.goto(path);
    const alert = page.getByRole("alert");
    await alert.getByText("The API cannot be reached.").waitFor();
    answer = (body) => body;
    await alert.getByRole("button", { name: "Try again" }).click();
    await page.getByText("All 6 links verified in this browser.").waitFor();
  });

  describe("its badge on another site", () => {
    let site: Server;
    let origin: string;
    let policy: string;
    let body: string;
    before(async () => {
      site = createServer((_, response) => {
        response.setHeader("Content-Security-Policy", policy);
        response.setHeader("Content-Type", "text/html; charset=utf-8");
        response.end(
          `<!doctype html><html lang="en"><head><title>Blog</title><link rel="icon" href="data:,"></head><body><main>${body}</main></body></html>`,
        );
      }).listen(0, "127.0.0.1");
      await new Promise((resolve) => site.once("listening", resolve));
      // Another origin, and another site: localhost is none of 127.0.0.1's.
      origin = `http://localhost:${(site.address() as AddressInfo).port}`;
    });
    after(() => site.close());

    it("works under a strict policy that names the API in two places", async () => {
      policy = strict(`script-src ${test.stack.apiUrl}; connect-src ${test.stack.apiUrl}`);
      body =
        script(test) +
        badge(`platform="github" identity="profile-alice" avatar="${alice.key.compressed}"`) +
        badge(`platform="twitter" identity="profile_alice"`) +
        badge(`platform="github" identity="profile-nobody" lang="zh"`);
      const watched = await open("/", {}, origin);
      const { page } = watched;
      const link = page.getByRole("link", { name: "GitHub profile-alice verified by a post" });
      await link.waitFor();
      expect(await link.getAttribute("href")).to.equal(`${test.stack.apiUrl}/avatar/${alice.key.compressed}`);
      await page.getByText("no longer valid").waitFor();
      await page.getByText("未验证").waitFor();
      // Its own style counts, though the page forbids style elements.
      expect(
        await page.evaluate("getComputedStyle(document.querySelector('syngraph-badge').shadowRoot.firstChild).display"),
      ).to.contain("flex");
      expect(await seriousFindings(watched)).to.deep.equal([]);
      // It follows its attributes.
      await page.evaluate("document.querySelector('syngraph-badge').setAttribute('identity', 'profile-nobody')");
      await page.getByRole("link", { name: "GitHub profile-nobody not verified" }).waitFor();
      expect(watched.complaints).to.deep.equal([]);
      expect(watched.strayRequests.every((url) => url.startsWith(test.stack.apiUrl))).to.equal(true);
    });

    it("shows what a lying or absent API says as text, and leads nowhere else", async () => {
      const lies = {
        ...{
          state: "verified",
          title: `"><img src=x onerror=alert(1)>`,
          label: "<b>bank</b>",
          message: "<script>alert(1)</script>",
        },
        profile: "javascript:alert(1)//evil.example//x",
      };
      const liar = createServer((request, response) => {
        response.setHeader("Access-Control-Allow-Origin", "*");
        if (request.url!.includes("broken")) response.end("<html>");
        else
          response.end(
            JSON.stringify(request.url!.includes("away") ? { ...lies, profile: "https://x//evil.example/" } : lies),
          );
      }).listen(0, "127.0.0.1");
      await new Promise((resolve) => liar.once("listening", resolve));
      const api = `http://127.0.0.1:${(liar.address() as AddressInfo).port}`;
      policy = strict(`script-src ${test.stack.apiUrl}; connect-src ${api}`);
      body =
        script(test) +
        badge(`id="lie" platform="github" identity="bank" api="${api}"`) +
        badge(`id="away" platform="github" identity="away" api="${api}"`) +
        badge(`id="broken" platform="github" identity="broken" api="${api}"`);
      const watched = await open("/", {}, origin);
      const { page } = watched;
      await page.locator("#lie").getByText("<script>alert(1)</script>").waitFor();
      await page.locator("#broken").getByText("cannot be checked now").waitFor();
      const hosts = await page
        .locator("syngraph-badge a")
        .evaluateAll((links) => links.map((link) => (link as unknown as URL).origin));
      expect(new Set(hosts)).to.deep.equal(new Set([api]));
      expect(await page.locator("syngraph-badge img, syngraph-badge script, syngraph-badge b").count()).to.equal(0);
      expect([watched.dialogs, watched.complaints]).to.deep.equal([[], []]);
      liar.close();
      liar.closeAllConnections();
    });
  });
});
