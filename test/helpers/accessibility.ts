import axe from "axe-core";
import { expect } from "chai";
import type { Page } from "playwright-core";

/**
 * What axe-core holds against a page as it is now, of those findings that keep somebody out: serious and critical ones.
 *
 * @param rules only these.
 */
export async function violationsOf(page: Page, rules?: string[]): Promise<string[]> {
  // The page's own policy lets no other script in: the debugger is not subject to it.
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axe.source);
  const options = JSON.stringify({ resultTypes: ["violations"], ...(rules && { runOnly: rules }) });
  const { violations } = await page.evaluate<axe.AxeResults>(`axe.run(document, ${options})`);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => {
      const where = nodes.map(({ html, failureSummary = "" }) => `${html.slice(0, 200)}\n${failureSummary}`);
      return `${id}: ${where.join("\n")}`;
    });
}

/** Asserts that axe-core finds nothing serious or critical on what a page shows now. */
export async function expectAccessible(page: Page, where = page.url()): Promise<void> {
  expect(await violationsOf(page), `axe-core on ${where}`).to.deep.equal([]);
}
