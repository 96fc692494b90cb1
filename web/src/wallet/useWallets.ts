import { type EIP6963ProviderDetail, createStore } from "mipd";
import { useSyncExternalStore } from "react";

/** An EIP-1193 provider: all of it that we use. */
export interface Eip1193Provider {
  request(call: { method: string; params?: unknown[] | object }): Promise<unknown>;
  on?(event: string, listener: (value: never) => void): unknown;
  removeListener?(event: string, listener: (value: never) => void): unknown;
}

/** A wallet that announced itself by EIP-6963. */
export type WalletDetail = EIP6963ProviderDetail<Eip1193Provider>;

/** The wallet that the reader chose. */
export interface ConnectedWallet {
  info: WalletDetail["info"];
  provider: Eip1193Provider;
  /** With a checksum (EIP-55). */
  address: string;
  chainId: number;
}

/** Wallets of this browser. */
export interface Wallets {
  wallets: readonly WalletDetail[];
  connected: ConnectedWallet | null;
  /** Asks the wallet for an account. @throws {WalletError} where the reader rejects it. */
  connect(uuid: string): Promise<void>;
  disconnect(): void;
  /** Has the connected wallet sign a text (EIP-191): `0x` hex. @throws {WalletError} where the reader rejects it. */
  signText(text: string): Promise<string>;
}

const announced = createStore();
let snapshot: Wallets = {
  wallets: announced.getProviders() as unknown as WalletDetail[],
  connected: null,
  connect: () => Promise.reject(new Error("not written yet")),
  disconnect: () => undefined,
  signText: () => Promise.reject(new Error("not written yet")),
};
const listeners = new Set<() => void>();
announced.subscribe((wallets) => {
  snapshot = { ...snapshot, wallets: wallets as unknown as WalletDetail[] };
  for (const listener of listeners) listener();
});

/** The wallets of this browser and the one that is connected; follows its account and chain. */
export function useWallets(): Wallets {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => snapshot,
  );
}
