import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Avatar } from "@syngraph/sdk";
import { expect } from "chai";
import { Wallet } from "ethers";

import { bindWallet } from "../helpers/api.ts";
import { addAuthenticator } from "../helpers/browserPasskey.ts";
import { expectAccessible } from "../helpers/accessibility.ts";
import { PASSWORD, QUICK, unlock } from "./heldAvatar.ts";
import { useOwnPages } from "./ownPage.ts";

/** IProofRegistry's statuses, as `statusOf` numbers them. */
const CONFIRMED = 2n;
const DELETED = 3n;

/** The person of test helpers that an avatar is. */
function personOf(avatar: Avatar) {
  return { privateKey: avatar.exportKey(), key: { compressed: avatar.publicKey } } as Parameters<typeof bindWallet>[1];
}

describe("The pages about one's own avatar", function () {
  this.timeout(120_000);
  const setup = useOwnPages();

  it("revoke a binding, after asking", async () => {
    const { page, avatar, expectQuietBut } = await setup.open("/me");
    const { registry, stack } = setup.test;
    await page.getByText("Nothing is bound yet").waitFor();
    await expectAccessible(page);
    const bound = Wallet.createRandom();
    expect((await bindWallet(stack, personOf(avatar), bound)).status).to.equal(201);
    const identity = bound.address.toLowerCase();

    await page.reload();
    await page.getByRole("button", { name: /^Revoke/ }).click();
    const dialog = page.getByRole("dialog");
    await unlock(page);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    expect((await registry.statusOf(avatar.address, "ethereum", identity))[0]).to.equal(CONFIRMED);
    await page.getByRole("button", { name: /^Revoke/ }).click();
    await expectAccessible(page);
    await dialog.getByRole("button", { name: "Sign and revoke" }).click();
    await page.getByRole("status").getByText("is revoked.").waitFor();
    expect((await registry.statusOf(avatar.address, "ethereum", identity))[0]).to.equal(DELETED);
    await page.getByText("Revoked (1)").click();
    await page
      .getByRole("article", { name: `Ethereum ${identity}` })
      .getByText("Deleted")
      .waitFor();
    expectQuietBut();
  });

  it("link another avatar, whose keystore signs too, and no other", async () => {
    const { page, avatar, expectQuietBut } = await setup.open("/me");
    const [other, stranger] = [Avatar.create(), Avatar.create()];
    const files = await Promise.all(
      [other, stranger].map(async (key) => {
        const path = join(tmpdir(), `syngraph-test-${randomBytes(8).toString("hex")}.json`);
        await writeFile(path, await key.toKeystore(PASSWORD, QUICK));
        return path;
      }),
    );
    await page.getByRole("link", { name: "Link another avatar" }).click();
    await page.getByLabel("Public key of the other avatar").fill(other.publicKey);
    await page.getByRole("button", { name: "Continue" }).click();
    await unlock(page);
    await page.getByRole("button", { name: "Sign with my avatar" }).click();
    for (const file of files.toReversed()) {
      await page.getByLabel("Keystore file of the other avatar").setInputFiles(file);
      await page.getByLabel("Its password").fill(PASSWORD);
      await page.getByRole("button", { name: "Unlock and sign" }).click();
      if (file === files[1]) await page.getByText("That keystore holds another avatar:").waitFor();
    }
    await page.getByRole("button", { name: "Bring on chain" }).click();
    await page.getByRole("heading", { name: "It is bound" }).waitFor();
    const { registry } = setup.test;
    expect((await registry.statusOf(avatar.address, "nextid", other.publicKey))[0]).to.equal(CONFIRMED);
    expectQuietBut();
  });

  it("unlock by a passkey where the wizard asks for it, authorise a passkey as a subkey, and end that", async () => {
    const { page, avatar, expectQuietBut } = await setup.open("/me/keys");
    await addAuthenticator(page);
    await unlock(page);
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByText("A passkey unlocks this avatar").waitFor();

    await page.getByRole("button", { name: "Authorise a passkey" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Make and authorise a passkey" }).click();
    await dialog.getByText("Give it a name.").waitFor();
    await expectAccessible(page);
    await dialog.getByLabel("Name").fill("Alice's phone");
    await dialog.getByRole("button", { name: "Make and authorise a passkey" }).click();
    await page.getByText("Alice's phone").waitFor();
    const [subkey] = await subkeysOf(avatar.publicKey);
    expect(subkey).to.include({ name: "Alice's phone", rp_id: "localhost", is_valid: true, on_chain: true });
    await expectAccessible(page);
    await page.getByRole("button", { name: "Revoke ⁨Alice's phone⁩" }).click();
    await dialog.getByRole("button", { name: "Sign and revoke" }).click();
    await page.getByText("Ended (1)").waitFor();
    expect((await subkeysOf(avatar.publicKey))[0]).to.include({ is_valid: false });

    await page.goto("/me/bind/dns?identity=example.com");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("button", { name: "Use passkey" }).click();
    await page.getByRole("button", { name: "Sign with my avatar" }).waitFor();
    expectQuietBut();
  });

  it("sign in, and list what was handed in", async () => {
    const { page, avatar, expectQuietBut } = await setup.open("/me/session");
    const bound = Wallet.createRandom();
    expect((await bindWallet(setup.test.stack, personOf(avatar), bound)).status).to.equal(201);
    await unlock(page);
    await expectAccessible(page);
    await page.getByRole("button", { name: "Sign in with my avatar" }).click();
    await page.getByText("On chain", { exact: true }).waitFor();
    await page.getByText(bound.address.toLowerCase()).waitFor();
    await expectAccessible(page);
    await page.reload();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Unlock", exact: true }).waitFor();
    expectQuietBut();
  });

  it("show what strangers wrote as text alone", async () => {
    const { page, avatar, expectQuietBut } = await setup.open("/me");
    const hostile = `<img src=x onerror="alert(1)">\u202e`;
    const proof = {
      ...{ platform: "github", identity: hostile, alt_id: hostile, created_at: "1", last_checked_at: "1" },
      ...{ is_valid: false, invalid_reason: hostile, status: "suspended", attesters: [], chain_id: 31337 },
      ...{ proof_location: "javascript:alert(1)", link_id: `0x${"00".repeat(32)}` },
    };
    const located = { ...proof, identity: "b", proof_location: `https://gist.example/"><script>alert(1)</script>` };
    await page.route("**/v1/proof?**", (route) =>
      route.fulfill({
        json: {
          pagination: { total: 1, per: 40, current: 1, next: 0 },
          ids: [{ persona: avatar.publicKey, avatar: avatar.publicKey, activated_at: "1", proofs: [proof, located] }],
        },
      }),
    );
    await page.reload();
    await page.getByText(hostile).first().waitFor();
    expect(await page.locator("main img, main script, main a[href^='javascript']").count()).to.equal(0);
    const links = page.getByRole("link", { name: "Proof (opens in a new tab)" });
    expect(await links.count()).to.equal(1);
    expect(await links.getAttribute("href")).to.match(/^https:\/\/gist\.example\/[^"<>]*$/);
    expect(await links.getAttribute("rel")).to.include("noopener");
    expectQuietBut();
  });

  async function subkeysOf(publicKey: string): Promise<Record<string, unknown>[]> {
    const answer = await fetch(`${setup.test.stack.apiUrl}/v1/subkey?avatar=${publicKey}&status=any`);
    return ((await answer.json()) as { subkeys: Record<string, unknown>[] }).subkeys;
  }
});
