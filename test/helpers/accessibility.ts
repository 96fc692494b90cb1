import axe from "axe-core";
import { expect } from "chai";
import type { Page } from "playwright-core";

/** What axe-core reports, as far as tests say it. */
interface Finding {
  id: string;
  impact: string | null;
  help: string;
  nodes: { html: string }[];
}

/** Asserts that axe-core finds nothing serious or critical on what a page shows now. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axe.source);
  const findings = await page.evaluate<Finding[]>(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  );
  const grave = findings
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html }) => html).join("\n")}`);
  expect(grave.join("\n\n"), `axe-core on ${where}`).to.equal("");
}
