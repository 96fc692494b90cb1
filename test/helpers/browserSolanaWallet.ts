import { decodeBase58, getBytes, toBeHex } from "ethers";
import type { BrowserContext } from "playwright-core";

import type { SolanaWallet } from "./solanaWallet.ts";

/** A Solana wallet of a browser, and what its user has it do. */
export interface BrowserSolanaWallet {
  name: string;
  /** What it shows to pages that ask. */
  accounts: readonly Pick<SolanaWallet, "address">[];
  /** The signature, 64 bytes. What it throws, the page gets as an error. */
  signMessage: (message: Uint8Array, address: string) => Uint8Array;
}

/**
 * Puts a Solana wallet into every page of a browser, registered by Wallet Standard as an extension's is, and two that are of
 * no use to a page that wants texts signed: one of another chain, and one that throws at any touch. What the page asks it comes
 * to `wallet`, here.
 */
export async function installSolanaWallet(context: BrowserContext, wallet: BrowserSolanaWallet): Promise<void> {
  await context.exposeFunction("solanaConnect", () =>
    wallet.accounts.map(({ address }) => ({ address, publicKey: [...getBytes(toBeHex(decodeBase58(address), 32))] })),
  );
  // Errors cross over with their code, which playwright would drop.
  await context.exposeFunction("solanaSign", (address: string, message: number[]) => {
    try {
      return { signature: [...wallet.signMessage(Uint8Array.from(message), address)] };
    } catch (error) {
      const { code, message: text } = error as { code?: number; message: string };
      return { error: { code, message: text } };
    }
  });
  await context.addInitScript(`(${REGISTRAR})(${JSON.stringify(wallet.name)})`);
}

/** Runs in the browser, whose types this project has not: as wallets do it, from before the page's own scripts. */
const REGISTRAR = `(name) => {
  const chains = ["solana:mainnet"];
  const icon = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=";
  const features = {
    "standard:connect": {
      version: "1.0.0",
      connect: async () => {
        const shown = await window.solanaConnect();
        const accounts = shown.map(({ address, publicKey }) => ({
          address, publicKey: Uint8Array.from(publicKey), chains, features: ["solana:signMessage"],
        }));
        return { accounts };
      },
    },
    "solana:signMessage": {
      version: "1.1.0",
      signMessage: async ({ account, message }) => {
        const { signature, error } = await window.solanaSign(account.address, [...message]);
        if (error) throw Object.assign(new Error(error.message), error);
        return [{ signedMessage: message, signature: Uint8Array.from(signature) }];
      },
    },
  };
  const wallets = [
    { version: "1.0.0", name, icon, chains, features, accounts: [] },
    { version: "1.0.0", name: "Of another chain", icon, chains: ["sui:mainnet"], features, accounts: [] },
    new Proxy({}, { get: () => { throw new Error("not for pages"); } }),
  ];
  const register = (api) => wallets.forEach((wallet) => api.register(wallet));
  window.dispatchEvent(new CustomEvent("wallet-standard:register-wallet", { detail: register }));
  window.addEventListener("wallet-standard:app-ready", ({ detail }) => register(detail));
}`;
