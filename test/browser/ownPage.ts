import { Avatar } from "@syngraph/sdk";
import { Wallet, parseEther, toQuantity } from "ethers";
import type { Browser, BrowserContextOptions } from "playwright-core";

import { type WatchedPage, launchBrowser, watchPage } from "../helpers/browser.ts";
import { installWallet } from "../helpers/browserWallet.ts";
import { PageWallet } from "../helpers/pageWallet.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { holdAvatar } from "./heldAvatar.ts";
import { expectQuiet } from "./page.ts";

/** How long a page over the whole stack may take to show something, in milliseconds. */
const PATIENCE = 30_000;

/** What Chromium says by itself of an answer that is an error, where a test has the API refuse or fail. */
export const REFUSED = /^Failed to load resource: the server responded with a status of 400/;
export const UNREACHABLE = /^Failed to load resource: net::ERR_/;

/** Somebody's browser: with their avatar, locked, and where they have one, a wallet. */
export interface OwnBrowser extends WatchedPage {
  avatar: Avatar;
  wallet: PageWallet;
  /** Asserts that pages were quiet, but for these console messages. */
  expectQuietBut: (...allowed: RegExp[]) => void;
}

/** A stack and browsers over it, for one `describe`. */
export interface OwnSetup {
  readonly test: TestStack;
  /** `apiUrl`: of another node on the stack's chain than its own. */
  open: (href: string, options?: BrowserContextOptions, apiUrl?: string) => Promise<OwnBrowser>;
}

/** Registers the hooks that bring up what browsers of avatars' owners need. */
export function useOwnPages(): OwnSetup {
  let test: TestStack;
  let browser: Browser;
  const opened: OwnBrowser[] = [];
  before(async function () {
    this.timeout(180_000);
    test = await sharedStack();
    browser = await launchBrowser();
  });
  afterEach(async () => {
    for (const { context, wallet } of opened.splice(0)) {
      await context.close();
      wallet.close();
    }
  });
  after(() => browser?.close());

  return {
    get test() {
      return test;
    },
    open: async (href, options = {}, apiUrl = test.stack.apiUrl) => {
      // Passkeys and sessions are for a host with a name.
      const origin = apiUrl.replace("127.0.0.1", "localhost");
      const watched = await watchPage(browser, origin, { locale: "en-GB", ...options });
      watched.page.setDefaultTimeout(PATIENCE);
      const { chainId } = await test.provider.getNetwork();
      const wallet = new PageWallet(Wallet.createRandom(), { [Number(chainId)]: test.stack.rpcUrl });
      const info = {
        uuid: "350670db-19fa-4704-a166-e52e178b59d2",
        name: "Test <b>Wallet</b>",
        rdns: "com.example.wallet",
      };
      await installWallet(watched.context, info, wallet);
      const avatar = Avatar.create();
      await holdAvatar(watched.context, avatar);
      const own: OwnBrowser = {
        ...watched,
        ...{ avatar, wallet },
        expectQuietBut: (...allowed) => {
          const complaints = watched.complaints.filter((text) => !allowed.some((shape) => shape.test(text)));
          expectQuiet({ ...watched, complaints });
        },
      };
      opened.push(own);
      await watched.page.goto(href);
      return own;
    },
  };
}

/** Gives an account on the test chain some ether. */
export async function fund({ provider }: TestStack, address: string): Promise<void> {
  await provider.send("anvil_setBalance", [address, toQuantity(parseEther("1"))]);
}
