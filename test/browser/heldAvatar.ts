import type { Avatar } from "@syngraph/sdk";
import type { BrowserContext, Page } from "playwright-core";

/** The password of all avatars under test. */
export const PASSWORD = "correct horse battery";
/** Stretches the password for a moment only, where that is not what the test is of. */
export const QUICK = { scrypt: { N: 1024 } };

/**
 * Puts an avatar into a browser as if it had been made there before: locked, with {@link PASSWORD}. Pages have it from their next
 * load on; what they do with it stays.
 *
 * @param change what is stored otherwise.
 */
export async function holdAvatar(
  context: BrowserContext,
  avatar: Avatar,
  change: Record<string, unknown> = {},
): Promise<void> {
  const kept = {
    ...{ version: 1, publicKey: avatar.publicKey, keystore: await avatar.toKeystore(PASSWORD, QUICK) },
    ...{ passkey: null, hasBackup: true, ...change },
  };
  await context.addInitScript(`if (!localStorage.getItem("test.held")) {
    localStorage.setItem("test.held", "1");
    localStorage.setItem("syngraph.keyring", ${JSON.stringify(JSON.stringify(kept))});
  }`);
}

/** Unlocks it on a page that asks for its password, which it then has or refuses. */
export async function unlock(page: Page, password = PASSWORD): Promise<void> {
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Unlock", exact: true }).click();
}
