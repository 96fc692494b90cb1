import type { BrowserContext, Page } from "playwright-core";

/** What answers a page's requests to its wallet (EIP-1193). */
export interface WalletBackend {
  request(call: { method: string; params?: readonly unknown[] | object }): Promise<unknown>;
}

/** How a wallet presents itself (EIP-6963). */
export interface WalletInfo {
  uuid: string;
  name: string;
  rdns: string;
}

const ICON = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E";

/**
 * Puts a wallet into every page of a browser, announced by EIP-6963 as an extension's is. What the pages ask it comes to
 * `wallet`, here.
 */
export async function installWallet(context: BrowserContext, info: WalletInfo, wallet: WalletBackend): Promise<void> {
  // Errors cross over with their code and data, which playwright would drop.
  await context.exposeFunction("walletRequest", async (call: string) => {
    try {
      return JSON.stringify({ result: await wallet.request(JSON.parse(call)) });
    } catch (error) {
      const { code = -32603, message, data } = error as { code?: number; message: string; data?: unknown };
      return JSON.stringify({ error: { code, message, data } });
    }
  });
  await context.addInitScript(`(${ANNOUNCER})(${JSON.stringify({ ...info, icon: ICON })})`);
}

/** Tells a page's wallet listeners of an event of EIP-1193, for example `accountsChanged`. */
export async function emitFromWallet(page: Page, event: string, value: unknown): Promise<void> {
  await page.evaluate(`walletEmit(${JSON.stringify(event)}, ${JSON.stringify(value)})`);
}

/** Runs in the browser, whose types this project has not. */
const ANNOUNCER = `(info) => {
  const listeners = [];
  window.walletEmit = (event, value) => {
    for (const [of, listener] of [...listeners]) if (of === event) listener(value);
  };
  const provider = {
    request: async (call) => {
      const { result, error } = JSON.parse(await window.walletRequest(JSON.stringify(call)));
      if (error) throw Object.assign(new Error(error.message), error);
      return result;
    },
    on: (event, listener) => {
      listeners.push([event, listener]);
      return provider;
    },
    removeListener: (event, listener) => {
      listeners.splice(listeners.findIndex(([of, to]) => of === event && to === listener), 1);
      return provider;
    },
  };
  const detail = Object.freeze({ info: Object.freeze(info), provider });
  const announce = () => window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
  window.addEventListener("eip6963:requestProvider", announce);
  announce();
}`;
