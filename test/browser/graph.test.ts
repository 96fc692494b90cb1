import { expect } from "chai";
import type { Page } from "playwright-core";

import { expectAccessible } from "../helpers/accessibility.ts";
import { crowd, edgeOf, nameOf, person, webGraph } from "../standins/webGraph.ts";
import { expectQuiet, useWebPage } from "./page.ts";

const { root, avatar, edges } = person();
const SHOWN = "/graph/github/alice";

/** The vertices of the drawing, by the names that assistive technology tells. */
const nodes = (page: Page) => page.locator("[data-node]");
const node = (page: Page, name: string) => page.locator(`[data-node=${JSON.stringify(name)}]`);

/** Where each vertex lies, as written into the drawing. */
const places = (page: Page) => nodes(page).evaluateAll((all) => all.map((each) => each.getAttribute("transform")));

/** Waits until nothing moves any more. */
async function settled(page: Page): Promise<void> {
  await nodes(page).first().waitFor();
  await page.locator('.graph-drawing svg[aria-busy="false"]').waitFor();
}

describe("Page of an identity's graph", function () {
  this.timeout(60_000);
  const { api, open } = useWebPage();
  beforeEach(() => {
    api.instead = webGraph(edges);
  });

  it("draws what is connected and tells of each identity, for the eye and for assistive technology", async () => {
    const watched = await open(SHOWN);
    const { page } = watched;
    await settled(page);
    expect(await page.title()).to.equal("alice · Identity graph · Syngraph");
    await page.getByRole("group", { name: "Graph of 10 identities and 10 connections" }).waitFor();
    expect(await page.getByRole("button", { name: "alice_writes, X, 1 connection" }).count()).to.equal(1);
    const names = await nodes(page).evaluateAll((all) => all.map((each) => each.getAttribute("aria-label")));
    expect(names).to.include("alice, GitHub, 2 connections");
    // Nothing lies on anything else.
    expect(new Set(await places(page)).size).to.equal(10);

    await node(page, nameOf(root)).click();
    await page.getByRole("heading", { name: "GitHub alice", level: 2 }).waitFor();
    expect(
      await page.getByRole("button", { name: "alice, GitHub, 2 connections" }).getAttribute("aria-pressed"),
    ).to.equal("true");
    const side = page.locator(".graph-side");
    await side.locator("summary", { hasText: "Post by the account" }).first().click();
    await side.getByText("Attesters saw a post with the signature").first().waitFor();
    await side.getByText("Where it can be verified (1)").first().click();
    const proof = side.getByRole("link", { name: /gist\.github\.com/ });
    expect(await proof.getAttribute("href")).to.equal("https://gist.github.com/alice/5b3acc09");
    expect(await proof.getAttribute("rel")).to.include("noopener");
    await expectAccessible(page, "the graph");
    expectQuiet(watched);
  });

  it("leaves weaker connections out, or lets them in, and says so in its address", async () => {
    const { page } = await open(SHOWN);
    await settled(page);
    expect(await node(page, "telegram,alice_t").count()).to.equal(0);
    await page.getByLabel("Confidence").selectOption({ label: "1 · everything" });
    await node(page, "telegram,alice_t").waitFor();
    expect(new URL(page.url()).search).to.equal("?level=1");
    await page.getByLabel("Confidence").selectOption({ label: "5 · only very confident" });
    await node(page, "twitter,alice_writes").waitFor({ state: "detached" });
    // Nothing is left of what was asked for: that is said.
    await page.reload();
    await page.getByText("This is not all of it").waitFor({ state: "detached" });
    expect(await page.getByLabel("Confidence").inputValue()).to.equal("5");
    expect(api.asked.at(-1)).to.include("level=5");
  });

  it("explains why two are linked, step by step, and marks the way", async () => {
    const watched = await open(`${SHOWN}?level=1`);
    const { page } = watched;
    await settled(page);
    await node(page, "ens,alice.eth").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Why linked?" }).click();
    await page.getByText("Linked by 3 steps.").waitFor();
    expect(new URL(page.url()).searchParams.get("to")).to.equal("ens,alice.eth");
    const steps = page.locator("[data-path] ol > li");
    expect(await steps.count()).to.equal(3);
    expect(await steps.nth(1).textContent()).to.include("Both sides signed it");
    expect(await steps.nth(2).textContent()).to.include("A contract keeps who holds it.");
    expect(await page.locator(".graph-edge.on-path").count()).to.equal(3);
    expect(await page.locator("[data-node].on-path").count()).to.equal(4);
    await expectAccessible(page, "the graph");

    await page.getByLabel("Other identity").fill("nobody.eth");
    await page.getByRole("button", { name: "Explain" }).click();
    await page.getByText("No connection between them at this confidence.").waitFor();
    expect(await page.locator(".on-path").count()).to.equal(0);
    expectQuiet(watched);
  });

  it("is walked with the keyboard: one tab stop, arrows, zoom, details", async () => {
    const { page } = await open(SHOWN);
    await settled(page);
    expect(await page.locator('[data-node][tabindex="0"]').count()).to.equal(1);
    await node(page, nameOf(root)).focus();
    const focused = () => page.evaluate<string | null>("document.activeElement.dataset.node ?? null");
    const seen = new Set<string | null>();
    for (const key of ["ArrowUp", "ArrowLeft", "ArrowDown", "ArrowRight", "ArrowDown", "ArrowLeft"]) {
      await page.keyboard.press(key);
      seen.add(await focused());
    }
    expect(seen.size).to.be.greaterThan(2);
    expect([...seen].every((name) => name !== null)).to.equal(true);
    await page.keyboard.press("Home");
    expect(await focused()).to.equal("github,alice");
    const scale = () => page.locator(".graph-drawing svg > g").getAttribute("transform");
    const before = await scale();
    await page.keyboard.press("+");
    expect(await scale()).to.not.equal(before);
    await page.keyboard.press("0");
    expect(await scale()).to.equal(before);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "GitHub alice", level: 2 }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("heading", { name: "Details" }).waitFor();
    await page.getByRole("button", { name: "Zoom in" }).click();
    expect(await scale()).to.not.equal(before);
  });

  it("has the same as a table", async () => {
    const { page } = await open(`${SHOWN}?level=1`);
    await settled(page);
    await page.getByRole("tab", { name: "Table" }).click();
    const rows = page.locator("tbody tr");
    expect(await rows.count()).to.equal(edges.length);
    const words = await rows.allTextContents();
    expect(words.some((row) => row.includes("alice_t") && row.includes("One side says so"))).to.equal(true);
    expect(words.filter((row) => row.includes("Disputed"))).to.have.length(1);
    await rows.nth(0).getByRole("button").last().click();
    await page.getByRole("heading", { name: "GitHub alice", level: 2 }).waitFor();
    await expectAccessible(page, "the graph");
  });

  it("says where there is nothing, where there is more, and where the API does not answer", async () => {
    api.instead = webGraph([]);
    const nothing = await open("/graph/dns/nobody.example");
    await nothing.page.getByText("Nothing is connected with this identity").waitFor();
    await expectAccessible(nothing.page, "the graph");
    expectQuiet(nothing);

    api.instead = webGraph(edges, { truncated: true });
    const more = await open(SHOWN);
    await more.page.getByText("This is not all of it").waitFor();
    await more.page.getByText("Shown are the 10 identities nearest to this one").waitFor();

    api.instead = (_request, response) => void response.status(503).json({ message: "try again later" });
    const down = await open(SHOWN);
    await down.page.getByRole("alert").getByText("try again later").waitFor();
    api.instead = webGraph(edges);
    await down.page.getByRole("button", { name: "Try again" }).click();
    await nodes(down.page).first().waitFor();
  });

  it("shows strangers' texts as texts, wherever they stand", async () => {
    const markup = `<img src=x onerror="alert(1)"><script>alert(2)</script>`;
    const quotes = `"]');alert(3)//\\`;
    const hostile = [
      { platform: markup, identity: markup },
      { platform: "github", identity: quotes },
      { platform: "GitHub", identity: "\u202egro.elpmaxe\u2066" },
      { platform: "dns", identity: "javascript:alert(4)" },
    ];
    const about = Object.fromEntries(
      hostile.map((one) => [nameOf(one), { uri: "javascript:alert(5)", display_name: markup, uid: markup }]),
    );
    const reference = { chain_id: 10, tx_hash: markup, log_index: 0, block: 1, link_id: markup };
    api.instead = webGraph(
      hostile.map((one) =>
        edgeOf(avatar, one, {
          ...{ source: markup, kind: markup, evidence: markup },
          references: [{ ...reference, proof_location: "javascript:alert(6)" }],
        }),
      ),
      { about },
    );
    const watched = await open(`/graph/nextid/${avatar.identity}`);
    const { page } = watched;
    await settled(page);
    for (const one of hostile) {
      await node(page, nameOf(one)).focus();
      await page.keyboard.press("Enter");
      await page.locator(".graph-side summary").first().click();
      await page.locator(".graph-side summary").nth(1).click();
      expect(await page.locator(".graph-side").textContent()).to.include(one.identity);
      expect(await page.locator("main img, main script, main a[href^='javascript' i]").count()).to.equal(0);
    }
    // A platform of somebody's own making does not pass for the one that it is named after.
    expect(await page.locator(".graph-platform.made-up").count()).to.equal(2);
    await page.getByRole("tab", { name: "Table" }).click();
    await page.getByText(markup).first().waitFor();
    expectQuiet(watched);
  });

  it("stays usable with five hundred, and stands still for who wants no motion", async () => {
    const many = crowd(500);
    api.instead = webGraph(many.edges);
    const watched = await open(`/graph/nextid/${many.root.identity}`, { reducedMotion: "reduce" });
    const { page } = watched;
    await settled(page);
    expect(await nodes(page).count()).to.equal(500);
    const before = await places(page);
    await page.waitForTimeout(300);
    expect(await places(page), "nothing moves").to.deep.equal(before);
    await node(page, nameOf(many.root)).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: /^Avatar/, level: 2 }).waitFor();
    await page.keyboard.press("ArrowRight");
    expect(await page.evaluate<string>("document.activeElement.dataset.node")).to.not.equal(nameOf(many.root));
    await page.getByRole("tab", { name: "Table" }).click();
    await page.getByRole("button", { name: "Show all 499 connections" }).click();
    expect(await page.locator("tbody tr").count()).to.equal(499);
    expectQuiet(watched);

    // The picture stands at once also where there are few.
    api.instead = webGraph(edges);
    const few = await open(SHOWN, { reducedMotion: "reduce" });
    await nodes(few.page).first().waitFor();
    const first = await places(few.page);
    await few.page.waitForTimeout(300);
    expect(await places(few.page)).to.deep.equal(first);
  });
});
