import { WalletError, walletError } from "@syngraph/sdk";
import { getWallets } from "@wallet-standard/app";
import type { Wallet, WalletAccount } from "@wallet-standard/base";
import { encodeBase58, toUtf8Bytes } from "ethers";
import { useSyncExternalStore } from "react";

/** A Solana wallet of this browser that can sign texts. What it says of itself is a stranger's word: show it as text. */
export interface SolanaWallet {
  id: string;
  name: string;
  /** The addresses of the accounts that it shows to this page; it may ask its user. @throws {WalletError} */
  connect(): Promise<readonly string[]>;
  /**
   * Has an account that {@link connect} gave sign a text. Whether it did, `Binding.cosign` sees.
   *
   * @returns Base58.
   * @throws {WalletError}
   */
  signText(address: string, text: string): Promise<string>;
}

/** Of https://github.com/wallet-standard/wallet-standard/blob/master/packages/core/features/src/connect.ts, what is used. */
interface Connect {
  connect(): Promise<{ accounts: readonly WalletAccount[] }>;
}
const CONNECT = "standard:connect";

/** Of https://github.com/anza-xyz/wallet-standard/blob/master/packages/core/features/src/signMessage.ts, what is used. */
interface SignMessage {
  signMessage(input: { account: WalletAccount; message: Uint8Array }): Promise<readonly { signature: Uint8Array }[]>;
}
const SIGN = "solana:signMessage";

const registered = getWallets();
const known = new Map<Wallet, SolanaWallet>();
const listeners = new Set<() => void>();
let snapshot = usable();

for (const event of ["register", "unregister"] as const) {
  registered.on(event, () => {
    snapshot = usable();
    for (const listener of listeners) listener();
  });
}

/** The Solana wallets of this browser (Wallet Standard), in the order in which they came. */
export function useSolanaWallets(): readonly SolanaWallet[] {
  return useSyncExternalStore(subscribe, () => snapshot);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function usable(): readonly SolanaWallet[] {
  return registered.get().flatMap((wallet) => {
    try {
      return canSign(wallet) ? [open(wallet)] : [];
    } catch {
      // It is somebody else's object, which may throw at any touch.
      return [];
    }
  });
}

function canSign({ name, chains, features }: Wallet): boolean {
  const isSolana = chains.some((chain) => chain.startsWith("solana:"));
  return typeof name === "string" && isSolana && CONNECT in features && SIGN in features;
}

function open(wallet: Wallet): SolanaWallet {
  let opened = known.get(wallet);
  if (!opened) {
    const accounts = new Map<string, WalletAccount>();
    opened = {
      ...{ id: `solana-${known.size}`, name: wallet.name },
      connect: async () => {
        const shown = await asked(async () => {
          const answer = await (wallet.features[CONNECT] as Connect).connect();
          return answer.accounts.filter(({ features }) => features.includes(SIGN));
        });
        accounts.clear();
        for (const account of shown) accounts.set(String(account.address), account);
        if (accounts.size > 0) return [...accounts.keys()];
        throw new WalletError("wallet_failed", "the wallet shows no account that signs texts");
      },
      signText: async (address, text) => {
        const account = accounts.get(address);
        if (!account) throw new WalletError("wallet_failed", `the wallet does not show ${address} to this page`);
        const signature = await asked(async () => {
          const input = { account, message: toUtf8Bytes(text) };
          const [output] = await (wallet.features[SIGN] as SignMessage).signMessage(input);
          return output?.signature;
        });
        if (signature instanceof Uint8Array) return encodeBase58(signature);
        throw new WalletError("wallet_failed", "the wallet answered something that is no signature");
      },
    };
    known.set(wallet, opened);
  }
  return opened;
}

async function asked<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (cause) {
    throw walletError(cause);
  }
}
