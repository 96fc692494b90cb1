import { expect } from "chai";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

import { type WatchedPage, launchBrowser, watchPage } from "../helpers/browser.ts";
import { WebApi } from "../standins/webApi.ts";
import { type WebBuild, buildWeb } from "./buildWeb.ts";

/** How long a page may take to show something, in milliseconds; then the test says what was missing. */
const PATIENCE = 10_000;

/** A browser and the built page over a {@link WebApi}, for one `describe`. */
export interface Setup {
  api: WebApi;
  /** Opens an address of the page; closed after the test. */
  open: (href: string, options?: BrowserContextOptions) => Promise<WatchedPage>;
}

/** Registers the hooks that build the page and start browser and API once, and that tidy up after every test. */
export function useWebPage(): Setup {
  const api = new WebApi();
  const opened: WatchedPage[] = [];
  let browser: Browser;
  let build: WebBuild;

  before(async function () {
    this.timeout(120_000);
    build = await buildWeb();
    await api.listen(build.dist);
    browser = await launchBrowser();
  });
  afterEach(async () => {
    for (const { context } of opened.splice(0)) await context.close();
    api.reset();
  });
  after(async () => {
    await browser?.close();
    await api.close();
    await build?.remove();
  });

  async function open(href: string, options?: BrowserContextOptions): Promise<WatchedPage> {
    const watched = await watchPage(browser, api.origin, options);
    opened.push(watched);
    watched.page.setDefaultTimeout(PATIENCE);
    await watched.page.goto(href);
    return watched;
  }
  return { api, open };
}

/** What a reader sees of a link's checks: the outcome by the check's title. */
export async function checksOf(page: Page, link: string): Promise<Record<string, string>> {
  const rows = page.getByRole("article", { name: link, exact: true }).locator("[data-check]");
  await rows.first().waitFor();
  const entries = await rows.evaluateAll((found) =>
    found.map((row) => [row.querySelector("dt")!.textContent, row.querySelector("dd")!.textContent]),
  );
  return Object.fromEntries(entries) as Record<string, string>;
}

/** The cells of the bindings' rows, in words. */
export async function bindingsOf(page: Page): Promise<string[][]> {
  await page.getByRole("table").waitFor();
  return page
    .locator("tbody tr")
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => (cell.textContent ?? "").trim())));
}

/** Asserts that a page was served well and did nothing that it should not. */
export function expectQuiet({ complaints, strayRequests, dialogs }: WatchedPage): void {
  expect(complaints, "console").to.deep.equal([]);
  expect(strayRequests, "requests elsewhere").to.deep.equal([]);
  expect(dialogs, "dialogs").to.deep.equal([]);
}
