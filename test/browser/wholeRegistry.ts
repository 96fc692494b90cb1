import type { Browser } from "playwright-core";

import { launchBrowser } from "../helpers/browser.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";

/** A browser and the shared registry, from the `before` hooks on. */
export interface WholeRegistry {
  test: TestStack;
  browser: Browser;
}

/** Registers the hooks that bring both up, and end the browser. */
export function useWholeRegistry(): WholeRegistry {
  const setup = {} as WholeRegistry;
  before(async function () {
    this.timeout(120_000);
    setup.test = await sharedStack();
    setup.browser = await launchBrowser();
  });
  after(() => setup.browser?.close());
  return setup;
}
