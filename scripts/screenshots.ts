import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import type { Avatar } from "@syngraph/sdk";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

import { holdAvatar, unlock } from "../test/browser/heldAvatar.ts";
import { type Person, bindPerson } from "../test/browser/person.ts";
import { launchBrowser, watchPage } from "../test/helpers/browser.ts";
import { startTestStack } from "../test/helpers/stack.ts";
import { until } from "../test/helpers/until.ts";

/**
 * `npm run screenshots -- [folder] [url]`: every screen in light, dark and on a phone. Without a URL it starts a registry of its
 * own, in which somebody has a wallet and a GitHub account bound; with one, it takes what can be seen there without an avatar, and
 * with `?q=<public key>` that avatar's pages.
 */

const VIEWS: Readonly<Record<string, BrowserContextOptions>> = {
  light: { viewport: { width: 1200, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1200, height: 900 }, colorScheme: "dark" },
  phone: {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    ...{ isMobile: true, hasTouch: true, colorScheme: "light" },
  },
};

/** The tallest picture, in CSS pixels. */
const TALLEST = 2000;

interface Screen {
  href: string;
  /** Clicks and fills until the page shows what the picture is of. */
  prepare?: (page: Page) => Promise<void>;
}

/** Screens that there are without an avatar. */
const PUBLIC: Readonly<Record<string, Screen>> = {
  start: { href: "/" },
  nothing: { href: "/?q=nobody-at-all" },
  keysNew: { href: "/me/keys" },
  activity: { href: "/activity" },
  operator: { href: "/operator" },
  settings: { href: "/settings" },
};

function avatarScreens(key: string): Record<string, Screen> {
  return {
    profile: { href: `/avatar/${key}` },
    chain: { href: `/avatar/${key}/chain` },
    chainDetails: {
      href: `/avatar/${key}/chain`,
      prepare: (page) => page.locator("article details summary").first().click(),
    },
    graph: { href: `/graph/nextid/${key}` },
  };
}

/** Screens of somebody whose avatar the browser holds, unlocked. */
function ownScreens({ account, wallet }: Person): Record<string, Screen> {
  return {
    search: { href: `/?q=${account}&platform=github` },
    name: { href: `/@${account}?platform=github` },
    why: { href: `/graph/github/${account}?to=ethereum,${wallet.address.toLowerCase()}` },
    me: { href: "/me" },
    keys: { href: "/me/keys" },
    session: { href: "/me/session" },
    bind: { href: "/me/bind" },
    bindGithub: {
      href: "/me/bind/github",
      prepare: async (page) => {
        await page.getByLabel("GitHub login").fill("octocat");
        await page.getByRole("button", { name: "Continue" }).click();
        await page.getByRole("button", { name: "Sign with my avatar" }).click();
        await page.locator("[data-post]").waitFor();
      },
    },
    bindWallet: { href: "/me/bind/ethereum" },
    remove: {
      href: "/me/keys",
      prepare: (page) => page.getByRole("button", { name: "Remove avatar …" }).click(),
    },
  };
}

/** Goes to a screen within the page, so that an unlocked avatar stays so, and takes it. */
async function take(page: Page, { href, prepare }: Screen, path: string, isPhone: boolean): Promise<void> {
  await page.evaluate(`history.pushState(null, "", ${JSON.stringify(href)}); scrollTo(0, 0)`);
  await page.locator("main h1").first().waitFor();
  // The feed of events never ends, but the screens are still once nothing is loading any more.
  await page.waitForTimeout(300);
  await until(async () => (await page.locator("main .loading").count()) === 0);
  await prepare?.(page);
  await page.evaluate("scrollTo(0, 0)");
  await page.waitForTimeout(700);
  if (isPhone) {
    const { width, height } = VIEWS.phone!.viewport!;
    const tall = await page.evaluate<number>("document.documentElement.scrollHeight");
    await page.setViewportSize({ width, height: Math.max(height, Math.min(tall, TALLEST)) });
    await page.screenshot({ path, animations: "disabled" });
    await page.setViewportSize({ width, height });
  } else {
    const tall = await page.evaluate<number>("document.documentElement.scrollHeight");
    const clip = { x: 0, y: 0, width: 1200, height: Math.max(900, Math.min(tall, TALLEST)) };
    await page.screenshot({ path, animations: "disabled", fullPage: true, clip });
  }
  console.log(path);
}

/** Takes screens in one view, and fails where the page complained, so that no broken page gets into the documentation. */
async function takeAll(
  browser: Browser,
  origin: string,
  [view, options]: [string, BrowserContextOptions],
  screens: Readonly<Record<string, Screen>>,
  folder: string,
  avatar?: Avatar,
): Promise<void> {
  const { page, context, complaints } = await watchPage(browser, origin, { ...options, reducedMotion: "reduce" });
  if (avatar) await holdAvatar(context, avatar);
  await page.goto("/me/keys");
  await page.locator("main h1").waitFor();
  if (avatar) {
    await unlock(page);
    await page.getByText("Unlocked in this tab", { exact: true }).waitFor();
  }
  for (const [name, screen] of Object.entries(screens)) {
    await take(page, screen, join(folder, `${name}-${view}.png`), view === "phone");
  }
  if (complaints.length > 0) throw new Error(`the page complains:\n${complaints.join("\n")}`);
  await context.close();
}

const [folder = ".syngraph/screenshots", address] = process.argv.slice(2);
if (address !== undefined && !URL.canParse(address)) {
  console.error("Usage: npm run screenshots -- [folder] [url, with ?q=<public key> for an avatar's pages too]");
  process.exit(2);
}
await mkdir(folder, { recursive: true });
const browser = await launchBrowser();
const test = address === undefined ? await startTestStack() : undefined;
try {
  const person = test && (await bindPerson(test));
  const { origin, searchParams } = new URL(test?.stack.apiUrl ?? address!);
  const key = person?.avatar.publicKey ?? searchParams.get("q");
  for (const view of Object.entries(VIEWS)) {
    await takeAll(browser, origin, view, { ...PUBLIC, ...(key && avatarScreens(key)) }, folder);
    if (person) await takeAll(browser, origin, view, ownScreens(person), folder, person.avatar);
  }
} finally {
  await browser.close();
  await test?.stop();
}
