import { readFile } from "node:fs/promises";

import { Avatar } from "@syngraph/sdk";
import { expect } from "chai";
import { Wallet, getBytes } from "ethers";
import type { Page } from "playwright-core";

import type { WatchedPage } from "../helpers/browser.ts";
import { addAuthenticator } from "../helpers/browserPasskey.ts";
import { emitFromWallet, installWallet } from "../helpers/browserWallet.ts";
import { PASSWORD, QUICK, holdAvatar, unlock } from "./heldAvatar.ts";
import { expectQuiet, useWebPage } from "./page.ts";

const WALLET = { uuid: "c6b7b1a4-1f0c-4f6e-9d57-6f5a8f0e1d2c", name: "Test wallet", rdns: "test.wallet" };
const ZERO = "0x0000000000000000000000000000000000000000";

/** What the page has in any storage, as one text. */
async function stored(page: Page): Promise<string> {
  return page.evaluate<string>("JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])");
}

describe("Keyring of the page", function () {
  this.timeout(60_000);
  const { api, open } = useWebPage();

  /** Opens the page on a name, since a passkey belongs to one. */
  function openKeys(): Promise<WatchedPage> {
    return open("/me/keys", {}, api.origin.replace("127.0.0.1", "localhost"));
  }

  it("makes an avatar, keeps it encrypted only, exports it, and locks it", async () => {
    const watched = await openKeys();
    const { page } = watched;
    await page.getByLabel("New password").fill("short");
    await page.getByRole("button", { name: "Create avatar" }).click();
    await page.getByText("The password needs at least 10 characters.").waitFor();
    await page.getByLabel("New password").fill(PASSWORD);
    await page.getByLabel("Repeat the password").fill(`${PASSWORD}!`);
    await page.getByRole("button", { name: "Create avatar" }).click();
    await page.getByText("The two are not the same.").waitFor();
    await page.getByLabel("Repeat the password").fill(PASSWORD);
    await page.getByRole("button", { name: "Create avatar" }).click();
    await page.getByText("Unlocked in this tab", { exact: true }).waitFor({ timeout: 30_000 });
    expect(await page.evaluate("document.activeElement.textContent")).to.equal("Avatar key");

    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download keystore" }).click(),
    ]);
    const json = await readFile(await download.path(), "utf8");
    const avatar = await Avatar.fromKeystore(json, PASSWORD);
    expect(await page.locator("dl.facts .key").first().textContent()).to.equal(avatar.publicKey);
    expect(await stored(page))
      .to.not.include(avatar.exportKey().slice(2))
      .and.not.include(PASSWORD);

    await page.getByRole("button", { name: "Lock" }).click();
    await page.getByRole("heading", { name: "Unlock your avatar" }).waitFor();
    expectQuiet(watched);
  });

  it("unlocks with a passkey, and says so where a page cannot have one", async () => {
    const avatar = Avatar.create();
    const watched = await openKeys();
    const { page, context } = watched;
    await addAuthenticator(page);
    await holdAvatar(context, avatar);
    await page.reload();
    await unlock(page);
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByText("A passkey unlocks this avatar").waitFor();
    expect(await stored(page)).to.not.include(avatar.exportKey().slice(2));
    await page.reload();
    await page.getByRole("button", { name: "Use passkey" }).click();
    await page.getByText("Unlocked in this tab", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Remove the passkey" }).click();
    await page.getByRole("button", { name: "Add a passkey" }).waitFor();
    // No timer runs while a machine sleeps: whoever wakes it after an hour and touches it first finds the avatar locked.
    await page.evaluate(`(() => {
      const { now } = Date;
      Date.now = () => now() + 3_600_001;
      document.body.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
    })()`);
    await page.getByRole("heading", { name: "Unlock your avatar" }).waitFor();
    expectQuiet(watched);

    const atAddress = await open("/me/keys");
    await holdAvatar(atAddress.context, avatar);
    await atAddress.page.reload();
    await atAddress.page.getByText("this page is open under an IP address").first().waitFor();
  });

  it("is one for all tabs, but for the unlocked key: locking and removing count in all, unlocking in one", async () => {
    const avatar = Avatar.create();
    const watched = await openKeys();
    const { page, context } = watched;
    await holdAvatar(context, avatar);
    await page.reload();
    const other = await context.newPage();
    await other.goto("/me/keys");
    await unlock(page, "another password");
    await page.getByText("Wrong password.").waitFor();
    await unlock(page);
    await page.getByText("Unlocked in this tab", { exact: true }).waitFor();
    expect(await other.getByRole("heading", { name: "Unlock your avatar" }).count()).to.equal(1);
    await unlock(other);
    await other.getByText("Unlocked in this tab", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Lock" }).click();
    await other.getByRole("heading", { name: "Unlock your avatar" }).waitFor();

    await other.getByRole("button", { name: "Remove avatar …" }).click();
    const dialog = other.getByRole("dialog");
    expect(await dialog.getByRole("button", { name: "Remove avatar" }).isDisabled()).to.equal(true);
    await dialog.getByRole("checkbox").check();
    await dialog.getByRole("button", { name: "Remove avatar" }).click();
    await page.getByRole("button", { name: "Create avatar" }).waitFor();
    expect(await stored(page)).to.not.include(avatar.publicKey);
    expectQuiet(watched);
  });

  it("imports a private key and a keystore, and refuses what is none without keeping anything", async () => {
    const avatar = Avatar.create();
    const watched = await openKeys();
    const { page } = watched;
    await page.getByRole("tab", { name: "New" }).focus();
    await page.keyboard.press("ArrowRight");
    await page.getByLabel("Or paste what is in it").fill("{}");
    await page.getByLabel("Password of the keystore").fill(PASSWORD);
    await page.getByRole("button", { name: "Import avatar" }).click();
    await page.getByRole("alert").getByText("This is no keystore, or it is damaged.").waitFor();
    expect(await stored(page)).to.not.include("keystore");
    const file = {
      name: "key.json",
      mimeType: "application/json",
      buffer: Buffer.from(await avatar.toKeystore("1234", QUICK)),
    };
    await page.getByLabel("Keystore file", { exact: true }).last().setInputFiles(file);
    // What was good enough elsewhere does not protect it here.
    await page.getByLabel("Password of the keystore").fill("1234");
    await page.getByRole("button", { name: "Import avatar" }).click();
    await page.getByText("The keystore’s password is short.").waitFor();
    await page.getByLabel("New password").fill("5678");
    await page.getByRole("button", { name: "Import avatar" }).click();
    await page.getByText("The password needs at least 10 characters.").waitFor();
    expect(await stored(page)).to.not.include("keystore");
    await page.getByLabel("New password").fill(PASSWORD);
    await page.getByLabel("Repeat the password").fill(PASSWORD);
    await page.getByRole("button", { name: "Import avatar" }).click();
    await page.getByText("Unlocked in this tab", { exact: true }).waitFor({ timeout: 30_000 });
    expect(await page.locator("dl.facts .key").first().textContent()).to.equal(avatar.publicKey);
    const kept = await page.evaluate<string>("JSON.parse(localStorage.getItem('syngraph.keyring')).keystore");
    expect((await Avatar.fromKeystore(kept, PASSWORD)).publicKey).to.equal(avatar.publicKey);
    expectQuiet(watched);
  });

  it("does not open what somebody has put in the place of the avatar", async () => {
    const [avatar, mallory] = [Avatar.create(), Avatar.create()];
    // The key of one under the name of another, as something that writes to the storage could try.
    const watched = await openKeys();
    await holdAvatar(watched.context, mallory, { publicKey: avatar.publicKey });
    await watched.page.reload();
    await unlock(watched.page);
    await watched.page.getByText("The keystore was altered. Do not use it.").waitFor();
    expect(await watched.page.getByText("Unlocked in this tab", { exact: true }).count()).to.equal(0);
    expectQuiet(watched);
  });

  it("is none where the browser keeps nothing for any site, and the page works all the same", async () => {
    const watched = await openKeys();
    const { page, context } = watched;
    await context.addInitScript(`for (const name of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(window, name, { get: () => { throw new DOMException("Access is denied", "SecurityError"); } });
    }`);
    await page.goto("/settings");
    await page.getByRole("radio", { name: "Dark" }).check();
    expect(await page.evaluate("document.documentElement.dataset.theme")).to.equal("dark");
    for (const place of ["/me/keys", "/me/session"]) {
      await page.goto(place);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.getByRole("link", { name: "Create avatar" }).first().waitFor();
    }
    expectQuiet(watched);
  });

  it("makes an avatar of a wallet's signature, and nothing where the wallet says no", async () => {
    const wallet = Wallet.createRandom();
    const watched = await openKeys();
    const { page, context } = watched;
    let isWilling = false;
    await installWallet(context, WALLET, {
      request: async ({ method, params }) => {
        if (method === "eth_chainId") return "0x7a69";
        if (method === "eth_accounts") return isWilling ? [wallet.address.toLowerCase()] : [];
        if (!isWilling) throw Object.assign(new Error("User rejected the request."), { code: 4001 });
        if (method === "eth_requestAccounts") return [wallet.address.toLowerCase()];
        return wallet.signMessage(getBytes((params as [string])[0]));
      },
    });
    await page.reload();
    await page.getByRole("tab", { name: "From a wallet" }).click();
    await page.getByRole("button", { name: /Test wallet/ }).click();
    await page.getByRole("alert").getByText("The wallet said no.").waitFor();
    isWilling = true;
    await page.getByRole("button", { name: /Test wallet/ }).click();
    await page.getByText("Connected").waitFor();
    expect(await page.locator(".wallet .key").textContent()).to.equal(wallet.address);
    await emitFromWallet(page, "accountsChanged", [ZERO.toLowerCase()]);
    await page.getByText(ZERO).waitFor();
    await emitFromWallet(page, "accountsChanged", []);
    await page.getByRole("button", { name: /Test wallet/ }).click();

    await page.getByLabel("New password").fill(PASSWORD);
    await page.getByLabel("Repeat the password").fill(PASSWORD);
    isWilling = false;
    await page.getByRole("button", { name: "Sign and open avatar" }).click();
    await page.getByRole("alert").getByText("The wallet said no.").waitFor();
    expect(await stored(page)).to.not.include("keystore");
    isWilling = true;
    await page.getByRole("button", { name: "Sign and open avatar" }).click();
    await page.getByText("Unlocked in this tab", { exact: true }).waitFor({ timeout: 30_000 });
    const signText = (text: string) => wallet.signMessage(text);
    const expected = await Avatar.fromWallet({ address: wallet.address, signText });
    expect(await page.locator("dl.facts .key").first().textContent()).to.equal(expected.publicKey);
    expectQuiet(watched);
  });

  it("signs with the wallet that was chosen last, whatever others announce, answer late or tell of later", async () => {
    const { address } = Wallet.createRandom();
    const watched = await openKeys();
    const { page, context } = watched;
    await installWallet(context, WALLET, {
      request: async ({ method }) => (method === "eth_chainId" ? "0x7a69" : [address.toLowerCase()]),
    });
    await context.addInitScript(`(${OTHER_WALLETS})("${ZERO}")`);
    await page.reload();
    await page.getByRole("tab", { name: "From a wallet" }).click();
    // What is no wallet is not among them.
    await page.getByRole("button", { name: /Slow wallet/ }).waitFor();
    expect(await page.locator(".wallet-list li").count()).to.equal(2);
    const shown = page.locator(".wallet.connected .key");
    const connect = async (name: string, expected: string) => {
      await page.getByRole("button", { name }).click();
      await shown.filter({ hasText: expected }).waitFor();
    };
    await connect("Test wallet", address);
    await page.evaluate("slowWallet.answer()");
    expect(await shown.textContent()).to.equal(address);

    await page.getByRole("button", { name: "Disconnect" }).click();
    await connect("Slow wallet", ZERO);
    await page.getByRole("button", { name: "Disconnect" }).click();
    await connect("Test wallet", address);
    await page.evaluate(`slowWallet.tell("accountsChanged", ["${ZERO}"])`);
    expect(await shown.textContent()).to.equal(address);
    await page.evaluate(`slowWallet.tell("disconnect")`);
    expect(await shown.textContent()).to.equal(address);
    expectQuiet(watched);
  });
});

/**
 * Announces what is no wallet, and one that was connected the last time: it takes its time to say for which account, and goes
 * on telling of itself. Runs in the browser.
 */
const OTHER_WALLETS = `(account) => {
  localStorage.setItem("syngraph.wallet", "slow.wallet");
  const listeners = [];
  let answer;
  const slow = new Promise((resolve) => (answer = resolve));
  window.slowWallet = {
    // Until the page has taken it in.
    answer: () => new Promise((resolve) => (answer([account]), setTimeout(resolve, 50))),
    tell: (event, value) => listeners.forEach(([of, listener]) => of === event && listener(value)),
  };
  const provider = {
    request: async ({ method }) => (method === "eth_chainId" ? "0x1" : slow),
    on: (event, listener) => listeners.push([event, listener]),
  };
  const announce = (info, of = provider) => {
    const detail = { info: { icon: "javascript:alert(1)", ...info }, provider: of };
    window.addEventListener("eip6963:requestProvider", () =>
      window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail })),
    );
  };
  announce({ uuid: "1", name: "Slow wallet", rdns: "slow.wallet" });
  announce({ uuid: "2", rdns: "without.a.name" });
  announce({ uuid: "3", name: { toString: "none" }, rdns: "with.an.object" });
  announce({ uuid: "4", name: "Without a provider", rdns: "without.a.provider" }, {});
}`;
