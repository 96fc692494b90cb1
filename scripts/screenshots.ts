import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import type { Browser, BrowserContextOptions } from "playwright-core";

import { launchBrowser, watchPage } from "../test/helpers/browser.ts";

const VIEWS: Readonly<Record<string, BrowserContextOptions>> = {
  light: { viewport: { width: 1100, height: 1000 }, colorScheme: "light" },
  dark: { viewport: { width: 1100, height: 1000 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, colorScheme: "light" },
};

/** Takes one picture and fails where the page complained, so that no broken page gets into the documentation. */
async function take(browser: Browser, url: URL, options: BrowserContextOptions, path: string): Promise<void> {
  const { page, context, complaints } = await watchPage(browser, url.origin, options);
  await page.goto(url.href, { waitUntil: "networkidle" });
  await page.getByRole("main").waitFor();
  if (complaints.length > 0) throw new Error(`${url.href} complains:\n${complaints.join("\n")}`);
  await page.screenshot({ path, animations: "disabled" });
  await context.close();
  console.log(path);
}

/** The start page, and what the address itself shows where that is something else. */
function placesOf(url: URL): Record<string, URL> {
  const places: Record<string, URL> = { start: new URL("/", url) };
  if (url.search !== "") places.avatar = url;
  return places;
}

const [address, folder] = process.argv.slice(2);
if (address === undefined || folder === undefined || !URL.canParse(address)) {
  console.error("Usage: node scripts/screenshots.ts <url, with ?q=… for an avatar's page too> <folder>");
  process.exit(2);
}
await mkdir(folder, { recursive: true });
const browser = await launchBrowser();
try {
  for (const [place, url] of Object.entries(placesOf(new URL(address)))) {
    for (const [view, options] of Object.entries(VIEWS)) {
      await take(browser, url, options, join(folder, `${place}-${view}.png`));
    }
  }
} finally {
  await browser.close();
}
