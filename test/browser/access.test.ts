import { expect } from "chai";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

import { violationsOf } from "../helpers/accessibility.ts";
import { type WatchedPage, launchBrowser, watchPage } from "../helpers/browser.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { holdAvatar, unlock } from "./heldAvatar.ts";
import { until } from "../helpers/until.ts";
import { expectQuiet } from "./page.ts";
import { type Person, bindPerson } from "./person.ts";

const DESKTOP = { viewport: { width: 1100, height: 900 }, reducedMotion: "reduce" } as const;
/** The narrowest that the page is made for. */
const PHONE = {
  viewport: { width: 360, height: 740 },
  isMobile: true,
  hasTouch: true,
  reducedMotion: "reduce",
} as const;

/** An address that is none of the page's. */
const NOWHERE = "/no/such/page";

/** What a finger needs, in CSS pixels (Apple's and WCAG 2.5.5's measure). */
const TARGET = 44;

/** Addresses of every screen, of somebody who has bindings. */
function screensOf({ avatar, account, wallet }: Person): string[] {
  const key = avatar.publicKey;
  return [
    ...["/", `/?q=${account}&platform=github`, "/?q=nobody-at-all"],
    ...[`/avatar/${key}`, `/avatar/${key}/chain`, `/@${account}?platform=github`],
    ...["/me", "/me/bind", "/me/bind/github", "/me/bind/ethereum", "/me/keys", "/me/session"],
    ...[`/graph/github/${account}`, `/graph/nextid/${key}?to=ethereum,${wallet.address.toLowerCase()}`],
    ...["/activity", "/operator", "/settings", NOWHERE],
  ];
}

describe("Screens of the page, for everybody", function () {
  this.timeout(120_000);
  let test: TestStack;
  let browser: Browser;
  let person: Person;
  const opened: WatchedPage[] = [];

  before(async function () {
    this.timeout(180_000);
    test = await sharedStack();
    [person, browser] = await Promise.all([bindPerson(test), launchBrowser()]);
  });
  afterEach(async () => {
    for (const { context } of opened.splice(0)) await context.close();
  });
  after(() => browser?.close());

  /** Opens a page; with an avatar, its keyring holds it, unlocked. */
  async function open(options: BrowserContextOptions, holds: boolean): Promise<WatchedPage> {
    const watched = await watchPage(browser, test.stack.apiUrl, options);
    opened.push(watched);
    const { page, context } = watched;
    page.setDefaultTimeout(15_000);
    if (holds) await holdAvatar(context, person.avatar);
    await page.goto("/me/keys");
    await page.getByRole("heading", { level: 1 }).waitFor();
    if (holds) {
      await unlock(page);
      await page.getByText("Unlocked in this tab", { exact: true }).waitFor();
    }
    return watched;
  }

  it("have nothing serious against WCAG in light and dark, and fit on a phone with targets for fingers", async () => {
    const findings: string[] = [];
    const walk = async (watched: WatchedPage, screens: string[], schemes: ("light" | "dark")[], isPhone: boolean) => {
      const { page } = watched;
      for (const screen of screens) {
        await goTo(page, screen);
        const isMissing = (await page.title()).startsWith("There is no such page.");
        if (isMissing !== (screen === NOWHERE)) findings.push(`${screen} is called ${await page.title()}`);
        const alerts = (await page.getByRole("alert").allTextContents()).filter((text) => text !== "");
        findings.push(...alerts.map((text) => `${screen} fails: ${text}`));
        for (const colorScheme of schemes) {
          await page.emulateMedia({ colorScheme });
          // Nothing but colours depends on the scheme.
          const found = await violationsOf(page, colorScheme === schemes[0] ? undefined : ["color-contrast"]);
          findings.push(...found.map((finding) => `${screen} ${colorScheme} ${isPhone ? "phone " : ""}${finding}`));
        }
        if (!isPhone) continue;
        const width = await page.evaluate<number>("document.documentElement.scrollWidth");
        if (width > PHONE.viewport.width) findings.push(`${screen} is ${width} px wide`);
        findings.push(...(await smallTargets(page)).map((target) => `${screen} ${target}`));
      }
      // A browser tells the console of every reply that is no success, and "nobody" is one.
      watched.complaints = watched.complaints.filter((complaint) => !/status of 404/.test(complaint));
      expectQuiet(watched);
    };
    const screens = screensOf(person);
    await Promise.all([
      open(DESKTOP, true).then((watched) => walk(watched, screens, ["light", "dark"], false)),
      open(PHONE, true).then((watched) => walk(watched, screens, ["light"], true)),
      open(PHONE, false).then((watched) =>
        walk(watched, ["/me", "/me/keys", "/me/bind/github"], ["light", "dark"], true),
      ),
    ]);
    expect(findings).to.deep.equal([]);
  });

  it("have on the narrowest phones what is chosen from in one row, in both languages", async () => {
    for (const width of [320, PHONE.viewport.width]) {
      for (const locale of ["en", "zh-CN"]) {
        const { page } = await open({ ...PHONE, viewport: { ...PHONE.viewport, width }, locale }, false);
        await goTo(page, "/settings");
        const rows = await page.evaluate(`[...document.querySelectorAll(".choices > div")].map((row) => ({
          tops: new Set([...row.children].map((choice) => choice.getBoundingClientRect().top)).size,
          spills: [row, ...row.querySelectorAll("label > span")].some((box) => box.scrollWidth > box.clientWidth),
        }))`);
        const good = { tops: 1, spills: false };
        expect(rows, `${locale}, ${width} px`).to.deep.equal([good, good, good]);
      }
    }
  });

  it("are found lacking where they are: the same checks over a page that was spoilt", async () => {
    const { page } = await open(PHONE, false);
    await page.evaluate(`(() => {
      const main = document.querySelector("main");
      const field = document.createElement("input");
      const small = Object.assign(document.createElement("button"), { textContent: "x", className: "button" });
      small.style.minHeight = "10px";
      const faint = Object.assign(document.createElement("p"), { textContent: "Hard to read" });
      faint.style.color = "#ddd";
      main.replaceChildren(field, small, faint);
    })()`);
    expect((await violationsOf(page)).map((finding) => finding.split(":")[0])).to.include.members([
      "label",
      "color-contrast",
    ]);
    expect(await smallTargets(page)).to.have.length(1);
  });

  it("can be walked with the keyboard alone, and show where it is", async () => {
    const watched = await open(DESKTOP, true);
    const { page } = watched;
    for (const screen of ["/me/keys", "/settings", "/"]) {
      await goTo(page, screen);
      const [walked, all] = [await walkWithTab(page), await page.evaluate<number>(COUNT_STOPS)];
      expect(
        walked.filter(({ shows }) => !shows),
        `${screen}: focus not to be seen`,
      ).to.deep.equal([]);
      expect(walked.length, screen).to.be.at.least(all);
      expect(walked[0]!.name, screen).to.equal("Skip to content");
    }

    await page.getByRole("link", { name: "Settings" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
    expect(await page.evaluate("document.activeElement.tagName")).to.equal("H1");
    await page.getByRole("radio", { name: "System" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    expect(await page.evaluate("document.documentElement.dataset.theme")).to.equal("dark");
    await page.reload();
    await page.getByRole("radio", { name: "Dark" }).waitFor();
    expect(await page.getByRole("radio", { name: "Dark" }).isChecked()).to.equal(true);
    expect(await page.evaluate("document.documentElement.dataset.theme")).to.equal("dark");
    expectQuiet(watched);
  });

  it("keep the focus in a dialog, close it on Escape, and give the focus back", async () => {
    const { page } = await open(DESKTOP, true);
    const opener = page.getByRole("button", { name: "Remove avatar …" });
    await opener.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Remove the avatar from this browser?" }).waitFor();
    expect(await violationsOf(page)).to.deep.equal([]);
    for (let count = 0; count < 8; count++) {
      await page.keyboard.press("Tab");
      const inside = "document.activeElement === document.body || document.activeElement.closest('dialog') !== null";
      expect(await page.evaluate(inside)).to.equal(true);
    }
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    expect(await page.evaluate("document.activeElement.textContent")).to.equal("Remove avatar …");
  });

  it("speak Chinese where the browser does, and either where it is chosen", async () => {
    const watched = await watchPage(browser, test.stack.apiUrl, { ...DESKTOP, locale: "zh-CN" });
    opened.push(watched);
    const { page } = watched;
    await page.goto("/settings");
    await page.getByRole("heading", { level: 1, name: "设置" }).waitFor();
    expect(await page.evaluate("document.documentElement.lang")).to.equal("zh-Hans");
    await page.getByRole("radio", { name: "English" }).click();
    await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
    expect(await page.evaluate("document.documentElement.lang")).to.equal("en");
    expectQuiet(watched);
  });
});

/** Goes to an address within the page, and waits until it shows what it has. */
async function goTo(page: Page, href: string): Promise<void> {
  await page.evaluate(`history.pushState(null, "", ${JSON.stringify(href)})`);
  await until(() =>
    page.evaluate<boolean>(
      `document.querySelectorAll("main h1").length === 1 && !document.querySelector("main .loading, main [aria-busy=true]")`,
    ),
  );
}

/** Controls that are too small for a finger. Links in running text need not be large (WCAG 2.5.5, "inline"). */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate<
    string[]
  >(`[...document.querySelectorAll("button, .button, input, select, textarea, summary, nav a")]
    .map((control) => [control, (control.closest("label") ?? control).getBoundingClientRect()])
    .filter(([, { width, height }]) => width > 1 && height > 1 && (height < ${TARGET - 0.5} || width < ${TARGET - 0.5}))
    .map(([control, { width, height }]) => control.outerHTML.slice(0, 80) + " is " + width + " by " + height)`);
}

interface Stop {
  name: string;
  /** Whether it is to be seen that it has the focus. */
  shows: boolean;
}

/** How many stops there are: what can have the focus, groups of radio buttons and tabs counting once. */
const COUNT_STOPS = `new Set([...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter((stop) => stop.tabIndex >= 0 && !stop.disabled && stop.type !== "hidden" && stop.checkVisibility())
  .map((stop) => (stop.type === "radio" ? stop.name : stop))).size`;

/** Presses Tab from the beginning until the page has no more stops. */
async function walkWithTab(page: Page): Promise<Stop[]> {
  await page.evaluate(`document.activeElement?.blur(); getSelection().removeAllRanges(); document.body.tabIndex = -1;
    document.body.focus(); document.body.removeAttribute("tabindex")`);
  const stops: Stop[] = [];
  for (;;) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate<Stop | null>(STOP);
    if (stop === null || stops.length > 200) return stops;
    stops.push(stop);
  }
}

const STOP = `(() => {
  const stop = document.activeElement;
  if (stop === null || stop === document.body) return null;
  // A radio button that is drawn by its label shows the focus there.
  const drawn = [stop, stop.nextElementSibling].filter(Boolean).map((element) => getComputedStyle(element));
  const { top, bottom } = stop.getBoundingClientRect();
  return {
    name: (stop.ariaLabel ?? stop.textContent) || stop.name,
    shows: drawn.some(({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) && bottom > 0 && top < innerHeight,
  };
})()`;
