import { expect } from "chai";

import { watchPage } from "../helpers/browser.ts";
import { contractOf } from "../helpers/openApi.ts";
import { useWholeRegistry } from "./wholeRegistry.ts";

describe("The API's documentation as a page", function () {
  this.timeout(60_000);
  const setup = useWholeRegistry();

  it("shows every call and tries one, without a complaint or a request to anybody else", async () => {
    const { document } = await contractOf(setup.test.stack);
    const calls = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const watched = await watchPage(setup.browser, setup.test.stack.apiUrl);
    const { page, context, complaints, strayRequests } = watched;
    try {
      await page.goto("/docs");
      await page
        .locator(".opblock")
        .nth(calls.length - 1)
        .waitFor();
      const shown = await page
        .locator(".opblock-summary")
        .evaluateAll((summaries: unknown[]) =>
          (summaries as { querySelector: (selector: string) => { textContent: string } }[]).map(
            (summary) =>
              `${summary.querySelector(".opblock-summary-method").textContent} ` +
              summary.querySelector(".opblock-summary-path").textContent.replaceAll("\u200b", ""),
          ),
        );
      expect(shown).to.have.members(calls);

      const health = page.locator(".opblock", { hasText: "/healthz" });
      await health.locator(".opblock-summary-control").click();
      await health.getByRole("button", { name: "Try it out" }).click();
      await health.getByRole("button", { name: "Execute" }).click();
      await health.locator(".live-responses-table").getByText("proof service").first().waitFor();
      expect({ complaints, strayRequests }).to.deep.equal({ complaints: [], strayRequests: [] });
    } finally {
      await context.close();
    }
  });

  it("has the policy of every page, but for icons in its style sheet", async () => {
    const [page, docs] = await Promise.all(["/", "/docs"].map((path) => fetch(setup.test.stack.apiUrl + path)));
    const policy = page!.headers.get("content-security-policy");
    expect(docs!.headers.get("content-security-policy")).to.equal(`${policy};img-src 'self' data:`);
  });
});
