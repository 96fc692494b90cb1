import type { BindingEvent } from "@syngraph/sdk/client";
import { expect } from "chai";
import type { Page } from "playwright-core";

import { expectAccessible } from "../helpers/accessibility.ts";
import { WebEvents, linkEvent, reorgEvent } from "../standins/webEvents.ts";
import { expectQuiet, useWebPage } from "./page.ts";

const events = (page: Page) => page.locator("[data-event]");
const ids = (page: Page) =>
  events(page).evaluateAll((all) => all.map((each) => Number(each.getAttribute("data-event"))));

function bindingEvent(id: number, rest: Partial<BindingEvent> = {}): BindingEvent {
  const { chain_id, avatar, platform, identity, link_id, block, block_time, tx_hash } = linkEvent(id);
  return {
    ...{ type: "binding", id, chain_id, avatar, platform, identity, link_id, block, block_time, tx_hash },
    ...{ status: "confirmed", is_valid: true, cause: "attesters", attesters: ["0x1", "0x2"], reason: "" },
    ...rest,
  };
}

describe("Page of what happens", function () {
  this.timeout(60_000);
  const { api, open } = useWebPage();
  let feed: WebEvents;
  beforeEach(() => {
    feed = new WebEvents();
    api.instead = feed.router;
  });

  it("begins with the latest, and tells of what comes", async () => {
    feed.tell(linkEvent(1), bindingEvent(2));
    const watched = await open("/activity");
    const { page } = watched;
    await events(page).nth(1).waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    expect(feed.asked).to.deep.equal([{ last: "50" }]);
    feed.tell(linkEvent(3, { platform: "dns", identity: "example.org", action: "delete", status: "deleted" }));
    await page.locator('[data-event="3"]').waitFor();
    expect(await ids(page)).to.deep.equal([3, 2, 1]);
    const words = await page.locator('[data-event="3"]').textContent();
    for (const word of ["example.org", "was taken back in a proof chain", "Deleted"]) expect(words).to.include(word);
    expect(await page.locator('[data-event="2"]').textContent()).to.include("by the word of 2 attesters");
    expect(await page.locator('[data-event="1"] a').first().getAttribute("href")).to.equal(
      `/avatar/${linkEvent(1).avatar}`,
    );
    expect(await page.getByRole("log", { name: "Events, the latest first" }).count()).to.equal(1);
    await expectAccessible(page, "the activity");
    expectQuiet(watched);
  });

  it("goes on by its cursor where the stream breaks off, and says how it stands", async () => {
    feed.tell(linkEvent(1));
    const { page, complaints } = await open("/activity");
    await events(page).first().waitFor();
    feed.refuse = 503;
    feed.hangUp();
    await page.getByText("Connection lost, trying again").waitFor();
    feed.tell(linkEvent(2), linkEvent(3));
    feed.refuse = undefined;
    await page.locator('[data-event="3"]').waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    expect(await ids(page), "none is missed and none comes twice").to.deep.equal([3, 2, 1]);
    expect(feed.asked.slice(1).every(({ cursor }) => cursor === "1")).to.equal(true);
    expect(complaints.filter((text) => !/net::ERR_|status of 503/.test(text))).to.deep.equal([]);
  });

  it("shows what a reorg takes back as taken back, and keeps it in sight", async () => {
    feed.tell(linkEvent(1), linkEvent(2));
    const watched = await open("/activity");
    const { page } = watched;
    await events(page).nth(1).waitFor();
    feed.tell(reorgEvent(3, [2], { moved: [{ id: 1, block: 77, tx_hash: linkEvent(1).tx_hash }] }));
    const gone = page.locator('[data-event="2"]');
    await gone.getByText("Taken back by a reorg").waitFor();
    expect(await page.locator(".taken-back").count()).to.equal(1);
    expect(await page.locator('[data-event="1"]').textContent()).to.include("block 77");
    const words = await page.locator('[data-event="3"]').textContent();
    for (const word of ["1 event was taken back.", "1 event is in another block now.", "It does not stand any more."]) {
      expect(words).to.include(word);
    }
    await expectAccessible(page, "the activity");
    expectQuiet(watched);
  });

  it("stands still while it is told to, and misses nothing", async () => {
    feed.tell(linkEvent(1));
    const { page } = await open("/activity");
    await events(page).first().waitFor();
    await page.getByRole("button", { name: "Pause" }).press("Enter");
    await page.getByText("Paused", { exact: true }).waitFor();
    feed.tell(linkEvent(2), linkEvent(3));
    await page.getByRole("button", { name: "2 new events: show them" }).waitFor();
    expect(await ids(page)).to.deep.equal([1]);
    await page.getByRole("button", { name: "2 new events: show them" }).press("Enter");
    await page.locator('[data-event="3"]').waitFor();
    feed.tell(linkEvent(4));
    await page.locator('[data-event="4"]').waitFor();
    expect(await ids(page)).to.deep.equal([4, 3, 2, 1]);
  });

  it("shows one platform's alone", async () => {
    feed.tell(linkEvent(1), linkEvent(2, { platform: "dns", identity: "example.org" }));
    const { page } = await open("/activity");
    await events(page).nth(1).waitFor();
    await page.getByLabel("Platform").selectOption("dns");
    expect(await ids(page)).to.deep.equal([2]);
    feed.tell(linkEvent(3), linkEvent(4, { platform: "dns", identity: "example.net" }));
    await page.locator('[data-event="4"]').waitFor();
    expect(await ids(page)).to.deep.equal([4, 2]);
    await page.getByLabel("Platform").selectOption("ethereum");
    await page.getByText("Nothing of this platform").waitFor();
    await expectAccessible(page, "the activity");
  });

  it("begins anew, and says so, where the node does not know its cursor any more", async () => {
    feed.tell(linkEvent(1));
    const { page } = await open("/activity");
    await events(page).first().waitFor();
    feed.refuse = 410;
    feed.hangUp();
    await page.getByText("Some events are not kept any more").waitFor();
    // Nor does it let it begin at all: then that is an error, and no endless loop.
    await page.getByRole("alert").getByText("not now").waitFor();
    const asked = feed.asked.length;
    feed.refuse = undefined;
    await page.getByRole("button", { name: "Try again" }).click();
    await page.locator('[data-event="1"]').waitFor();
    expect(feed.asked.length).to.equal(asked + 1);
  });

  it("shows strangers' texts as texts", async () => {
    const markup = `<img src=x onerror="alert(1)"><script>alert(2)</script>`;
    feed.tell(
      linkEvent(1, { platform: markup, identity: markup, avatar: markup }),
      bindingEvent(2, { identity: "\u202egro.elpmaxe\u2066", reason: markup, cause: "node", is_valid: false }),
    );
    const watched = await open("/activity");
    const { page } = watched;
    await events(page).nth(1).waitFor();
    await events(page).getByText(markup).first().waitFor();
    expect(await page.locator("main img, main script, main a[href^='javascript' i]").count()).to.equal(0);
    expectQuiet(watched);
  });
});
