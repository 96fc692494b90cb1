import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { expect } from "chai";
import type { Page } from "playwright-core";

const source = readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds; as much of it as tests look at. */
interface Results {
  violations: { id: string; impact: string | null; nodes: { html: string; failureSummary?: string }[] }[];
}

/** Asserts that axe-core finds nothing serious or critical on a page as it is now. */
export async function expectAccessible(page: Page): Promise<void> {
  // The page's own policy lets no other script in: the debugger is not subject to it.
  await page.evaluate(await source);
  const { violations } = (await page.evaluate("axe.run({ resultTypes: ['violations'] })")) as Results;
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(
    grave.flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
    ),
    page.url(),
  ).to.deep.equal([]);
}
