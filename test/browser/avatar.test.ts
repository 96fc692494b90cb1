import type { ChainItem } from "@syngraph/sdk/client";
import { type Link, linkId, publicKeyOf } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet } from "ethers";

import vectors from "../vectors/nextid.json" with { type: "json" };
import { bindingsOf, checksOf, expectQuiet, useWebPage } from "./page.ts";
import { aliasStep, signChain, signRelease, signReleaseOf, walletStep } from "./signedChain.ts";

const AVATAR = Wallet.createRandom();
const WALLET = Wallet.createRandom();
const KEY = publicKeyOf(AVATAR.privateKey);

const GITHUB = {
  platform: "github",
  identity: "alice",
  location: "https://gist.github.com/alice/1",
  status: "confirmed",
} as const;
const DNS = { platform: "dns", identity: "example.com" } as const;

/** A real link of 2023 whose predecessor is not known: Next.ID published it in its documentation. */
function importedLink(): { item: ChainItem; avatar: string } {
  const vector = vectors.signatures.find(({ id }) => id === "restore_pubkey_yeiwb")!;
  const fields = vector.fields as Pick<ChainItem, "platform" | "identity" | "created_at" | "uuid"> & { prev: string };
  const { platform, identity, prev, created_at, uuid } = fields;
  const avatar = vector.public_key_compressed!;
  const link: Link = { action: "create", platform, identity, avatar, prev, createdAt: Number(created_at), uuid };
  const [like] = signChain(AVATAR.privateKey, [{ platform, identity }]);
  const signature = vector.signature_base64!;
  const own = {
    prev,
    created_at,
    uuid,
    signature,
    signature_payload: vector.message!,
    link_id: linkId(link, signature),
  };
  return { item: { ...like!, ...own }, avatar };
}

describe("Page of an avatar", function () {
  this.timeout(60_000);
  const { api, open } = useWebPage();

  it("shows keys, bindings and a proof chain that verifies", async () => {
    const items = signChain(AVATAR.privateKey, [walletStep(WALLET.privateKey), GITHUB, DNS]);
    api.chains.set(KEY.compressed, items);
    const watched = await open(`/?q=${KEY.compressed}`);
    const { page } = watched;

    await page.getByText("All 3 links verified in this browser.").waitFor();
    expect(await page.locator("dl.facts .key").first().textContent()).to.equal(KEY.compressed);
    expect(await page.getByText(KEY.address, { exact: true }).count()).to.equal(1);
    expect(await bindingsOf(page)).to.deep.equal([
      ["Ethereum", WALLET.address.toLowerCase(), "Confirmed", "2026-02-02 02:41:40 UTC", "✔ signed in link 1"],
      ["GitHub", "alice", "Confirmed", "2026-02-02 02:41:40 UTC", "✔ signed in link 2"],
      ["DNS", "example.com", "Claimed", "2026-02-02 02:41:40 UTC", "✔ signed in link 3"],
    ]);
    expect(await checksOf(page, "link 1")).to.deep.equal({
      Signature: "✔ verified: by this avatar’s key",
      "Previous link": "✔ the first link, quotes none",
      Text: "✔ says what is shown here",
      "Link id": "✔ made of this text and signature",
      "Wallet signature": "✔ verified: by the wallet’s own key",
    });
    expect((await checksOf(page, "link 2"))["Previous link"]).to.equal("✔ quotes the signature of link 1");
    const second = page.getByRole("article", { name: "link 2" });
    expect(await second.locator("pre").textContent()).to.equal(items[1]!.signature_payload);
    expect(await second.getByText(items[1]!.tx_hash).count()).to.equal(1);
    expectQuiet(watched);
  });

  it("does not call confirmed what the node has seen gone since", async () => {
    api.chains.set(KEY.compressed, signChain(AVATAR.privateKey, [GITHUB]));
    api.bindingsInstead = (bindings) => bindings.map((binding) => ({ ...binding, is_valid: false }));
    const { page } = await open(`/?q=${KEY.compressed}`);
    expect((await bindingsOf(page)).map((row) => row[2])).to.deep.equal(["No longer valid"]);
  });

  it("takes the key in any form and case", async () => {
    api.chains.set(KEY.compressed, signChain(AVATAR.privateKey, [DNS]));
    const { page } = await open(`/?q=${KEY.uncompressed.slice(2).toUpperCase()}`);
    await page.getByText("The only link verified in this browser.").waitFor();
  });

  it("reads a chain of several pages whole", async () => {
    const steps = Array.from({ length: 105 }, (_, index) => ({ platform: "dns", identity: `${index}.example` }));
    api.chains.set(KEY.compressed, signChain(AVATAR.privateKey, steps));
    const { page } = await open(`/?q=${KEY.compressed}`);
    await page.getByText("All 105 links verified in this browser.").waitFor();
    // All are verified; so many are shown only to those who ask for them.
    expect(await page.locator(".chain > li").count()).to.equal(100);
    await page.getByRole("button", { name: "Show all 105" }).click();
    expect(await page.locator(".chain > li").count()).to.equal(105);
  });

  it("tells deleted bindings by the avatar's delete and by the wallet's release", async () => {
    const items = signChain(AVATAR.privateKey, [
      walletStep(WALLET.privateKey),
      GITHUB,
      { ...GITHUB, action: "delete", status: "deleted" },
    ]);
    items.push(signRelease(AVATAR.privateKey, WALLET.privateKey, items));
    api.chains.set(KEY.compressed, items);
    const watched = await open(`/?q=${KEY.compressed}`);
    const rows = await bindingsOf(watched.page);
    expect(rows.map(([, , status, , backing]) => [status, backing])).to.deep.equal([
      ["Deleted", "✔ deleted by the wallet’s release"],
      ["Deleted", "✔ deleted by link 3"],
    ]);
    expectQuiet(watched);
  });

  it("shows what attesters no longer find as suspended", async () => {
    api.chains.set(KEY.compressed, signChain(AVATAR.privateKey, [{ ...GITHUB, status: "suspended" }, DNS]));
    const watched = await open(`/?q=${KEY.compressed}`);
    const rows = await bindingsOf(watched.page);
    expect(rows.map(([, , status, , backing]) => [status, backing])).to.deep.equal([
      ["Suspended", "✔ signed in link 1"],
      ["Claimed", "✔ signed in link 2"],
    ]);
    expectQuiet(watched);
    const { page } = await open("/?q=alice");
    await page.getByRole("status").getByText("1 avatar, without claims and deleted bindings.").waitFor();
  });

  it("verifies another avatar's signature of an alias, and its release", async () => {
    const step = aliasStep(WALLET.privateKey);
    const items = signChain(AVATAR.privateKey, [step]);
    api.chains.set(KEY.compressed, items);
    const bound = await open(`/?q=${KEY.compressed}`);
    expect((await bindingsOf(bound.page))[0]).to.include.members(["Avatar", "Confirmed", "✔ signed in link 1"]);
    expect((await checksOf(bound.page, "link 1"))["Other avatar’s signature"]).to.equal(
      "✔ verified: by the other avatar’s key",
    );
    expectQuiet(bound);
    items.push(signReleaseOf(AVATAR.privateKey, step, items));
    const released = await open(`/?q=${KEY.compressed}`);
    expect((await bindingsOf(released.page))[0]).to.include.members([
      "Deleted",
      "✔ deleted by the other avatar’s release",
    ]);
  });

  it("names the latest create of what was deleted and bound again", async () => {
    const steps = [GITHUB, { ...GITHUB, action: "delete", status: "deleted" }, GITHUB] as const;
    api.chains.set(KEY.compressed, signChain(AVATAR.privateKey, steps));
    const { page } = await open(`/?q=${KEY.compressed}`);
    expect((await bindingsOf(page)).map((row) => row.at(-1))).to.deep.equal(["✔ signed in link 3"]);
  });

  it("keeps apart what stands on several chains", async () => {
    const items = signChain(AVATAR.privateKey, [GITHUB, DNS]);
    const mirrored = items.slice(0, 1).map((item) => Object.assign({}, item, { chain_id: 10 }));
    api.chains.set(KEY.compressed, [...items, ...mirrored]);
    const { page } = await open(`/?q=${KEY.compressed}`);
    await page.getByText("All 3 links verified in this browser.").waitFor();
    expect(await page.getByRole("heading", { level: 2 }).allTextContents()).to.deep.equal([
      "Bindings",
      "Links on chain 31337",
      "Links on OP Mainnet",
    ]);
    expect((await bindingsOf(page)).map(([platform]) => platform)).to.deep.equal([
      "GitHub on chain 31337",
      "DNS on chain 31337",
      "GitHub on chain 10",
    ]);
  });

  it("shows a chain that was imported without its beginning as such", async () => {
    const { item, avatar } = importedLink();
    api.chains.set(avatar, [item]);
    const { page } = await open(`/?q=${avatar}`);
    await page.getByText("The only link verified in this browser.").waitFor();
    expect((await checksOf(page, "link 1"))["Previous link"]).to.equal(
      "✔ imported: quotes a link from before this registry",
    );
  });

  it("says that a key has no links", async () => {
    const { page } = await open(`/?q=${KEY.compressed}`);
    await page.getByText("This key has no links in the registry.").waitFor();
  });

  it("copies the public key", async () => {
    api.chains.set(KEY.compressed, signChain(AVATAR.privateKey, [DNS]));
    const { page } = await open(`/?q=${KEY.compressed}`, { permissions: ["clipboard-read", "clipboard-write"] });
    await page.getByRole("button", { name: "Copy public key" }).click();
    await page.getByText("Copied", { exact: true }).waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).to.equal(KEY.compressed);
  });
});
