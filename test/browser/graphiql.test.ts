import { expect } from "chai";

import { watchPage } from "../helpers/browser.ts";
import { useWholeRegistry } from "./wholeRegistry.ts";

describe("The page for queries to the graph", function () {
  this.timeout(60_000);
  const setup = useWholeRegistry();

  it("answers one, without a complaint or a request to anybody else", async () => {
    const watched = await watchPage(setup.browser, setup.test.stack.apiUrl);
    const { page, context, complaints, strayRequests } = watched;
    try {
      const query = encodeURIComponent("{ apiVersion }");
      await page.goto(`/graphiql?query=${query}`);
      await page.getByRole("button", { name: /^Execute query/ }).click();
      await page.locator(".graphiql-response", { hasText: '"0.1"' }).waitFor();
      // The editor's workers are at work: it knows the schema.
      await page.getByRole("button", { name: /Documentation Explorer/ }).click();
      await page.locator(".graphiql-doc-explorer", { hasText: "Query" }).waitFor();
      expect({ complaints, strayRequests }).to.deep.equal({ complaints: [], strayRequests: [] });
    } finally {
      await context.close();
    }
  });

  it("has the policy of every page, but for what its editor is made of: scripts are this server's alone", async () => {
    const [page, graphiql] = await Promise.all(["/", "/graphiql"].map((path) => fetch(setup.test.stack.apiUrl + path)));
    const policy = page!.headers.get("content-security-policy");
    expect(graphiql!.headers.get("content-security-policy")).to.equal(
      `${policy};style-src 'self' 'unsafe-inline';img-src 'self' data:;font-src 'self' data:;worker-src 'self'`,
    );
  });
});
