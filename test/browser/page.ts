import { expect } from "chai";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";

import { type WatchedPage, launchBrowser, watchPage } from "../helpers/browser.ts";
import { WebApi } from "../standins/webApi.ts";
import { sharedWebBuild } from "./buildWeb.ts";

/** How long a page may take to show something, in milliseconds; then the test says what was missing. */
const PATIENCE = 10_000;

/** A browser and the built page over a {@link WebApi}, for one `describe`. */
export interface Setup {
  api: WebApi;
  /** Opens an address of the page; closed after the test. */
  open: (href: string, options?: BrowserContextOptions, origin?: string) => Promise<WatchedPage>;
}

/** Registers the hooks that build the page and start browser and API once, and that tidy up after every test. */
export function useWebPage(): Setup {
  const api = new WebApi();
  const opened: WatchedPage[] = [];
  let browser: Browser;

  before(async function () {
    this.timeout(120_000);
    await api.listen(await sharedWebBuild());
    browser = await launchBrowser();
  });
  afterEach(async () => {
    for (const { context } of opened.splice(0)) await context.close();
    api.reset();
  });
  after(async () => {
    await browser?.close();
    await api.close();
  });

  async function open(href: string, options?: BrowserContextOptions, origin = api.origin): Promise<WatchedPage> {
    const watched = await watchPage(browser, origin, options);
    opened.push(watched);
    watched.page.setDefaultTimeout(PATIENCE);
    await watched.page.goto(href);
    return watched;
  }
  return { api, open };
}

/** What the sign of a check is told by, for readers of a test. */
const SIGNS: Readonly<Record<string, string>> = { good: "✔", bad: "✘", open: "?" };

/** A cell's words as a reader takes them in: a check's with the sign before it, a time's in full. */
async function wordsOf(cells: Locator): Promise<string[]> {
  const found = await cells.evaluateAll((elements) =>
    elements.map((element) => ({
      text: (element.querySelector("time")?.title || element.textContent || "").trim(),
      outcome: element.querySelector("[data-outcome]")?.getAttribute("data-outcome") ?? null,
    })),
  );
  return found.map(({ text, outcome }) => (outcome === null ? text : `${SIGNS[outcome]} ${text}`));
}

/** What a reader sees of a link's checks: the outcome by the check's title. */
export async function checksOf(page: Page, link: string): Promise<Record<string, string>> {
  const rows = page.getByRole("article", { name: link, exact: true }).locator("[data-check]");
  await rows.first().waitFor();
  const outcomes = await wordsOf(rows.locator("dd"));
  const titles = await rows.locator("dt").allTextContents();
  return Object.fromEntries(titles.map((title, index) => [title, outcomes[index]!]));
}

/** The cells of the bindings' rows, in words. */
export async function bindingsOf(page: Page): Promise<string[][]> {
  await page.getByRole("table").waitFor();
  const rows = await page.locator("tbody tr").all();
  return Promise.all(rows.map((row) => wordsOf(row.locator(":scope > *"))));
}

/** Asserts that a page was served well and did nothing that it should not. */
export function expectQuiet({ complaints, strayRequests, dialogs }: WatchedPage): void {
  expect(complaints, "console").to.deep.equal([]);
  expect(strayRequests, "requests elsewhere").to.deep.equal([]);
  expect(dialogs, "dialogs").to.deep.equal([]);
}
