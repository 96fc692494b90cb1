import { expect } from "chai";
import { Wallet } from "ethers";
import type { Browser } from "playwright-core";

import { bindingsOf, checksOf, expectQuiet } from "../browser/page.ts";
import { bindWallet, newPerson } from "../helpers/api.ts";
import { type WatchedPage, launchBrowser, watchPage } from "../helpers/browser.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";

/** How long the page may take to show something, in milliseconds. */
const PATIENCE = 15_000;

describe("the page over the whole registry", function () {
  this.timeout(120_000);
  let test: TestStack;
  let browser: Browser;
  let watched: WatchedPage;
  before(async () => {
    test = await sharedStack();
    browser = await launchBrowser();
  });
  beforeEach(async () => {
    watched = await watchPage(browser, test.stack.apiUrl);
    watched.page.setDefaultTimeout(PATIENCE);
  });
  afterEach(() => watched.context.close());
  after(() => browser?.close());

  it("finds an avatar by a wallet that was bound a moment ago, and verifies its chain in the browser", async () => {
    const [person, first, second] = [newPerson(), Wallet.createRandom(), Wallet.createRandom()];
    for (const wallet of [first, second]) {
      expect((await bindWallet(test.stack, person, wallet)).status).to.equal(201);
    }
    const { page } = watched;
    await page.goto("/");
    await page.getByRole("searchbox").fill(second.address);
    await page.getByRole("button", { name: "Search" }).click();

    await page.getByRole("status").getByText("1 avatar, without claims and deleted bindings.").waitFor();
    await page.getByText("All 2 links verified in this browser.").waitFor();
    expect(await page.locator("dl.facts .key").first().textContent()).to.equal(person.key.compressed);
    expect(await page.getByText(person.key.address, { exact: true }).count()).to.equal(1);
    const rows = await bindingsOf(page);
    expect(
      rows.map(([platform, identity, status, , backing]) => [platform, identity, status, backing]),
    ).to.have.deep.members([
      ["Ethereum", first.address.toLowerCase(), "Confirmed", "✔ signed in link 1"],
      ["Ethereum", second.address.toLowerCase(), "Confirmed", "✔ signed in link 2"],
    ]);
    for (const link of ["link 1", "link 2"]) {
      const checks = await checksOf(page, link);
      expect(Object.keys(checks)).to.deep.equal(["Signature", "Previous link", "Text", "Link id", "Wallet signature"]);
      for (const [title, outcome] of Object.entries(checks)) expect(outcome, `${link}: ${title}`).to.match(/^✔ /);
    }
    expectQuiet(watched);
  });

  it("says that it found nobody, and complains of nothing", async () => {
    const { page } = watched;
    await page.goto("/?q=nobody-has-this-name");
    await page.getByRole("status").getByText("No avatar found").waitFor();
    expectQuiet(watched);
  });
});
