import sparticuz from "@sparticuz/chromium";
import { type Browser, type BrowserContext, type BrowserContextOptions, type Page, chromium } from "playwright-core";

/**
 * Not the npm package's own `args`: they hold `--single-process`, under which closing one page ends the browser, and
 * `--disable-web-security`. The background flags keep the browser from asking anybody but the page under test.
 */
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-client-side-phishing-detection",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-domain-reliability",
  "--disable-sync",
  "--no-first-run",
  "--no-pings",
];

/** Where Debian's package puts it, for images that lack the libraries the npm build needs. */
const SYSTEM_CHROMIUM = "/usr/bin/chromium";

/**
 * Starts a headless Chromium: the one from npm, else Debian's.
 *
 * @throws {AggregateError} with both reasons when neither starts.
 */
export async function launchBrowser(): Promise<Browser> {
  const reasons: unknown[] = [];
  for (const findExecutable of [() => sparticuz.executablePath(), () => SYSTEM_CHROMIUM]) {
    try {
      return await chromium.launch({ executablePath: await findExecutable(), args: ARGS, headless: true });
    } catch (reason) {
      reasons.push(reason);
    }
  }
  throw new AggregateError(reasons, `No Chromium starts here:\n${reasons.join("\n")}`);
}

/** A page with a record of everything that a page of ours must not do. */
export interface WatchedPage {
  page: Page;
  context: BrowserContext;
  /** Console errors and warnings, uncaught exceptions, and violations of the content security policy. */
  complaints: string[];
  /** Requests to an origin other than `origin`. */
  strayRequests: string[];
  /** Texts of alert, confirm and prompt. */
  dialogs: string[];
}

/** Opens a page in its own context, and watches it from before its first request. */
export async function watchPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ baseURL: origin, ...options });
  const page = await context.newPage();
  const watched: WatchedPage = { page, context, complaints: [], strayRequests: [], dialogs: [] };
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") watched.complaints.push(message.text());
  });
  page.on("pageerror", (error) => watched.complaints.push(String(error)));
  page.on("dialog", (dialog) => {
    watched.dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  context.on("request", (request) => {
    if (new URL(request.url()).origin !== origin) watched.strayRequests.push(request.url());
  });
  return watched;
}
