import type { NodeStatus } from "@syngraph/sdk/client";
import { expect } from "chai";
import type { Page } from "playwright-core";

import { expectAccessible } from "../helpers/accessibility.ts";
import { badStatus, goodStatus } from "../standins/webStatus.ts";
import { expectQuiet, useWebPage } from "./page.ts";

/** The words of a part's card. */
const card = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

describe("Operator's page", function () {
  this.timeout(60_000);
  const { api, open } = useWebPage();
  let status: NodeStatus;
  beforeEach(() => {
    status = goodStatus();
    api.instead = (_request, response) => void response.json(status);
  });

  it("tells how all parts stand", async () => {
    const watched = await open("/operator");
    const { page } = watched;
    await page.getByText("All is well").waitFor();
    const chain = await card(page, "Chain").textContent();
    for (const word of ["OK", "18,204,771", "84532"]) expect(chain).to.include(word);
    expect(await card(page, "Index").textContent()).to.include("1 block");
    expect(await card(page, "Relayer").textContent()).to.include("0.418273 ETH");
    const queue = await card(page, "Queue").textContent();
    for (const word of ["To be sent3", "Waiting for a block7", "4 sec"]) expect(queue).to.include(word);
    const rows = await page.locator("tbody tr").allTextContents();
    expect(rows).to.deep.include("DiscordNeeds credential2");
    expect(rows).to.deep.include(".bitService closed2");
    expect(await card(page, "Attesters").getByText("this node", { exact: true }).count()).to.equal(1);
    expect(await card(page, "Peers").textContent()).to.match(/attester\.example\.com.*OK.*answers in 212 ms/);
    await expectAccessible(page, "the operator’s page");
    expectQuiet(watched);
  });

  it("follows what changes, without being asked", async () => {
    const { page } = await open("/operator");
    await page.getByText("All is well").waitFor();
    status = badStatus();
    await page.getByText("Chain or database cannot be asked").waitFor();
    expect(await card(page, "Chain").textContent()).to.include("Not reachable");
    expect(await card(page, "Relayer").textContent()).to.match(/Balance\s*unknown/);
    expect(await card(page, "Queue").textContent()).to.include("12 min 44 sec");
    await page.getByText("Left alone for 12 sec").waitFor();
    expect(await card(page, "Attesters").textContent()).to.include("The chain cannot be asked who attests.");
    await expectAccessible(page, "the operator’s page");
  });

  it("says that what it shows is old once the node does not answer, and when it does again", async () => {
    const { page, complaints } = await open("/operator");
    await page.getByText("All is well").waitFor();
    api.instead = (request) => void request.destroy();
    await page.getByRole("button", { name: "Ask now" }).click();
    const alert = page.getByRole("alert").filter({ hasText: "does not answer just now" });
    await alert.getByText("The API cannot be reached.").waitFor();
    expect(await page.getByText("All is well").count()).to.equal(0);
    expect(await card(page, "Chain").textContent()).to.include("18,204,771");
    await expectAccessible(page, "the operator’s page");
    api.instead = (_request, response) => void response.json(goodStatus());
    await page.getByText("All is well").waitFor();
    // The browser itself notes requests that failed.
    expect(complaints.filter((text) => !text.includes("net::ERR_"))).to.deep.equal([]);
  });

  it("asks again where it could not begin, and reads no reply that is none", async () => {
    api.instead = (_request, response) => void response.json({ state: "fine" });
    const watched = await open("/operator");
    await watched.page.getByRole("alert").getByText("The API’s answer cannot be read.").waitFor();
    api.instead = (_request, response) => void response.json(goodStatus());
    await watched.page.getByText("All is well").waitFor();
    expectQuiet(watched);
  });

  it("shows what strangers say as text", async () => {
    const markup = `<img src=x onerror="alert(1)">`;
    status.attesters.all = [{ address: markup, origin: "javascript:alert(2)" }];
    status.peers[0]!.origin = `https://"><script>alert(3)</script>.example`;
    status.platforms[0]!.name = markup;
    status.version = markup;
    const watched = await open("/operator");
    await watched.page.getByText(markup).first().waitFor();
    expect(await watched.page.locator("main img, main script, main a[href^='javascript' i]").count()).to.equal(0);
    expectQuiet(watched);
  });
});
