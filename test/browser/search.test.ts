import { parsePublicKey, publicKeyOf } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import type { RequestHandler } from "express";
import { Wallet } from "ethers";

import { expectQuiet, useWebPage } from "./page.ts";
import { type Step, signChain, walletStep } from "./signedChain.ts";

/** Width of a small phone, in CSS pixels. */
const PHONE = { viewport: { width: 320, height: 640 } };

const ALICE: Step = { platform: "github", identity: "alice", status: "confirmed" };

describe("Search page", function () {
  this.timeout(60_000);
  const { api, open } = useWebPage();

  /** Registers an avatar with these links, and gives its public key. */
  function register(...steps: Step[]): string {
    const { privateKey } = Wallet.createRandom();
    const key = publicKeyOf(privateKey).compressed;
    api.chains.set(key, signChain(privateKey, steps));
    return key;
  }

  it("finds an avatar with the keyboard alone, and tells the result to those who do not see it", async () => {
    const key = register(ALICE);
    const watched = await open("/");
    const { page } = watched;
    // A key pressed before the page has drawn anything moves the focus to nothing.
    await page.getByRole("searchbox").waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).to.equal("Skip to content");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.name")).to.equal("q");
    await page.keyboard.type("alice");
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("1 avatar, without claims and deleted bindings.").waitFor();
    await page.getByText("The only link verified in this browser.").waitFor();
    expect(await page.getByText(key, { exact: true }).count()).to.equal(1);
    expect(new URL(page.url()).search).to.equal("?q=alice");
    expectQuiet(watched);
  });

  it("lists several avatars, the exact ones first, and follows links, back and forward", async () => {
    const similar = register({ ...ALICE, identity: "alice-b" });
    const keys = [register(ALICE), register(ALICE)];
    const watched = await open("/?q=alice");
    const { page } = watched;
    await page.getByText("3 avatars, without claims and deleted bindings.").waitFor();
    expect(await page.locator(".results .key").allTextContents()).to.deep.equal([...keys, similar]);
    expect(await page.getByText("Similar, not the same identity").count()).to.equal(1);

    await page.getByRole("link", { name: keys[1]! }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("The only link verified in this browser.").waitFor();
    expect(await page.evaluate("document.activeElement.textContent")).to.equal("Proof chain");
    expect(new URL(page.url()).searchParams.get("q")).to.equal(keys[1]);
    await page.goBack();
    await page.getByText("3 avatars, without claims and deleted bindings.").waitFor();
    expect(await page.getByRole("searchbox").inputValue()).to.equal("alice");
    await page.goForward();
    await page.getByText("The only link verified in this browser.").waitFor();
    expectQuiet(watched);
  });

  it("does not show an avatar by itself that only has a similar identity", async () => {
    register({ ...ALICE, identity: "malice" });
    const { page } = await open("/?q=alice");
    await page.getByText("Similar, not the same identity").waitFor();
    expect(await page.getByText("verified in this browser").count()).to.equal(0);
  });

  it("asks for one platform when one is chosen", async () => {
    register(ALICE);
    register({ ...ALICE, platform: "dns" });
    const { page } = await open("/");
    await page.getByRole("searchbox").fill("alice");
    await page.getByLabel("Platform").selectOption("dns");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByText("1 avatar, only on DNS, without claims and deleted bindings.").waitFor();
    expect(new URL(page.url()).search).to.equal("?q=alice&platform=dns");
  });

  it("leaves claims out until they are asked for, and says what they are", async () => {
    register({ ...ALICE, status: "claimed" });
    const { page } = await open("/?q=alice");
    await page.getByText("No avatar found, without claims and deleted bindings.").waitFor();
    await page.getByRole("link", { name: "Search claims that nobody confirmed" }).click();
    await page.getByText("1 avatar, with claims and deleted bindings.").waitFor();
    await page.getByRole("cell", { name: "Claimed", exact: true }).waitFor();
    expect(await page.getByRole("checkbox").isChecked()).to.equal(true);
  });

  it("turns the pages of a long list", async () => {
    for (let count = 0; count < 41; count++) register(ALICE);
    const { page } = await open("/?q=alice");
    await page.getByText("40 avatars on page 1").waitFor();
    await page.getByRole("link", { name: "Next page" }).click();
    await page.getByText("1 avatar on page 2").waitFor();
    await page.getByRole("link", { name: "Previous page" }).click();
    await page.getByText("40 avatars on page 1").waitFor();
  });

  it("finds an avatar by a wallet's address, and by its own", async () => {
    const wallet = Wallet.createRandom();
    const key = register(walletStep(wallet.privateKey));
    for (const address of [wallet.address, parsePublicKey(key).address]) {
      const { page } = await open(`/?q=${address}`);
      await page.getByText("The only link verified in this browser.").waitFor();
    }
  });

  it("does not scroll sideways on a phone", async () => {
    const long: Step = {
      platform: "dns",
      identity: `${"a".repeat(120)}.example`,
      location: "x".repeat(300),
      status: "confirmed",
    };
    const key = register(walletStep(Wallet.createRandom().privateKey), ALICE, long);
    for (const href of ["/", "/?q=alice", "/?q=example", `/?q=${key}`]) {
      const { page } = await open(href, PHONE);
      if (href !== "/") await page.locator("main .key").first().waitFor();
      if (href === "/?q=alice" || href.includes(key)) await page.getByText("All 3 links").waitFor();
      expect(await page.evaluate("document.documentElement.scrollWidth"), href).to.equal(PHONE.viewport.width);
    }
  });

  const failures: [name: string, answer: RequestHandler, title: string][] = [
    [
      "fails with a message",
      (_, response) => void response.status(500).json({ message: "No <b>database</b>" }),
      "The API failed.",
    ],
    [
      "fails with a page of HTML",
      (_, response) => void response.status(502).send("<h1>Bad gateway</h1>"),
      "The API failed.",
    ],
    ["answers with HTML", (_, response) => void response.send("<h1>Hello</h1>"), "The API’s answer cannot be read."],
    ["answers another shape", (_, response) => void response.json({ ids: null }), "The API’s answer cannot be read."],
    ["is down", (request) => void request.socket.destroy(), "The API cannot be reached."],
  ];
  for (const [name, answer, title] of failures) {
    it(`says so when the API ${name}, and tries again`, async () => {
      register(ALICE);
      api.instead = answer;
      const { page, dialogs, strayRequests } = await open("/?q=alice");
      const alert = page.getByRole("alert");
      await alert.getByText(title).waitFor();
      expect(await alert.locator("b, h1").count()).to.equal(0);
      expect([dialogs, strayRequests]).to.deep.equal([[], []]);
      api.instead = undefined;
      await alert.getByRole("button", { name: "Try again" }).click();
      await page.getByText("The only link verified in this browser.").waitFor();
    });
  }

  it("shows that it is loading, and gives a question up when another is asked", async () => {
    register(ALICE);
    // Never answered.
    const arrived = new Promise<void>((resolve) => {
      api.instead = () => resolve();
    });
    const { page } = await open("/?q=nobody");
    await arrived;
    await page.getByText("Loading results …").waitFor();
    api.instead = undefined;
    const givenUp = page.waitForEvent("requestfailed");
    await page.getByRole("searchbox").fill("alice");
    await page.keyboard.press("Enter");
    expect((await givenUp).url()).to.contain("identity=nobody");
    await page.getByText("The only link verified in this browser.").waitFor();
  });

  it("goes back to the start, where nothing is asked of the API but its platforms", async () => {
    const { page } = await open("/?q=nobody");
    await page.getByText("No avatar found, without").waitFor();
    api.asked.length = 0;
    await page.getByRole("link", { name: "Syngraph" }).click();
    await page.getByText("Syngraph ties wallets, social accounts and domains").waitFor();
    expect(await page.getByRole("searchbox").inputValue()).to.equal("");
    expect(api.asked).to.deep.equal([]);
  });
});
