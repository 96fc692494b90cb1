import type { Eip1193Provider } from "@syngraph/sdk";

/** What a wallet says of itself (EIP-6963). It may say anything: show it as text. */
export interface WalletInfo {
  uuid: string;
  name: string;
  icon: string;
  rdns: string;
}

/** A wallet that announced itself by EIP-6963. */
export interface WalletDetail {
  info: WalletInfo;
  provider: Eip1193Provider;
}

/** The wallet that the reader chose, with the account and chain that it is at now. */
export interface ConnectedWallet extends WalletDetail {
  /** With a checksum (EIP-55). */
  address: string;
  chainId: number;
}

/** Wallets of this browser. */
export interface Wallets {
  wallets: readonly WalletDetail[];
  connected: ConnectedWallet | null;
  /** Asks the wallet for an account. @throws {WalletError} `wallet_rejected` where the reader says no. */
  connect(uuid: string): Promise<void>;
  disconnect(): void;
  /** Has the connected wallet sign a text (EIP-191): `0x` hex. @throws {WalletError} */
  signText(text: string): Promise<string>;
}
