import { expect } from "chai";
import type { Browser } from "playwright-core";

import { append, attested, somebody } from "../api/stranger.ts";
import { expectAccessible } from "../helpers/accessibility.ts";
import { launchBrowser, watchPage } from "../helpers/browser.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { expectQuiet } from "./page.ts";

describe("What pages show of a whole registry", function () {
  this.timeout(120_000);
  let test: TestStack;
  let browser: Browser;
  before(async () => {
    test = await sharedStack();
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  it("comes live, is drawn with what it rests on, and the node says how it stands", async () => {
    const watched = await watchPage(browser, test.stack.apiUrl);
    const { page } = watched;
    await page.goto("/activity");
    await page.getByText("Live", { exact: true }).waitFor();
    const person = somebody();
    const github = attested(person, { platform: "github", identity: "shown-live" });
    const dns = attested(person, { platform: "dns", identity: "shown-live.example", after: github });
    await append(test, [github, dns]);
    const told = page.locator("[data-event]", { hasText: "shown-live.example" });
    await told.first().waitFor();
    expect(await told.count(), "a link and a binding").to.equal(2);
    await expectAccessible(page, "the activity of a whole registry");

    await page.goto("/graph/github/shown-live?to=dns,shown-live.example");
    await page.getByText("Linked by 2 steps.").waitFor();
    expect(await page.locator("[data-node]").count()).to.equal(3);
    expect(await page.locator("[data-node].on-path").count()).to.equal(3);
    await page.locator("[data-path]").getByText("Where it can be verified (1)").first().click();
    expect(await page.locator("[data-path]").textContent()).to.include(github.id.slice(-6));

    await page.goto("/operator");
    const chain = page.getByRole("region", { name: "Chain", exact: true });
    await chain.getByText("31337", { exact: true }).waitFor();
    expect(await chain.textContent()).to.include("OK");
    expect(await page.locator("tbody tr").count()).to.be.greaterThan(10);
    await expectAccessible(page, "a node that runs");
    expectQuiet(watched);
  });
});
