import type { Eip1193Provider } from "@syngraph/sdk";
import { createStore } from "mipd";

import { localStore } from "../app/storage.ts";
import type { ConnectedWallet, WalletDetail, Wallets } from "./wallets.ts";

/** The wallet that was connected last, by its name in reverse DNS: a page that is loaded anew finds it again. */
const LAST = "syngraph.wallet";

/** A provider with the events of EIP-1193, which not all have. */
type Provider = Eip1193Provider & {
  on?(event: string, listener: (value: never) => void): unknown;
  removeListener?(event: string, listener: (value: never) => void): unknown;
};

const sdk = () => import("@syngraph/sdk");

const announced = createStore();
let connected: ConnectedWallet | null = null;
/** Ends listening to the connected wallet. */
let release: () => void = () => undefined;
let snapshot = takeSnapshot();
const listeners = new Set<() => void>();

announced.subscribe(() => {
  changed();
  void findAgain();
});
void findAgain();

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function current(): Wallets {
  return snapshot;
}

function takeSnapshot(): Wallets {
  return { wallets: wallets(), connected, connect, disconnect, signText };
}

function wallets(): readonly WalletDetail[] {
  // mipd types providers as viem does; we use what EIP-1193 promises.
  return (announced.getProviders() as unknown as readonly WalletDetail[]).filter(isWallet);
}

/** Whether what announced itself is what EIP-6963 has: mipd takes anything, and what is no text cannot be shown as one. */
function isWallet({ info, provider }: WalletDetail): boolean {
  const texts: unknown[] = [info.uuid, info.name, info.rdns];
  return texts.every((text) => typeof text === "string" && text !== "") && typeof provider?.request === "function";
}

function changed(): void {
  snapshot = takeSnapshot();
  for (const listener of listeners) listener();
}

async function connect(uuid: string): Promise<void> {
  const { InputError, walletError } = await sdk();
  const wallet = wallets().find(({ info }) => info.uuid === uuid);
  if (!wallet) throw new InputError("this wallet is no longer there", "uuid");
  try {
    await use(wallet, "eth_requestAccounts");
  } catch (cause) {
    throw walletError(cause);
  }
  localStore.setItem(LAST, wallet.info.rdns);
}

function disconnect(): void {
  // Wallets cannot be told (EIP-1193 knows no such call): the page forgets them.
  localStore.removeItem(LAST);
  setConnected(null);
}

async function signText(text: string): Promise<string> {
  const { InputError, walletSigner } = await sdk();
  if (!connected) throw new InputError("no wallet is connected");
  return walletSigner(connected.provider, connected.address).signText(text);
}

/** Takes a wallet's account, where there is one, and follows what becomes of it. */
async function use(wallet: WalletDetail, method: "eth_requestAccounts" | "eth_accounts"): Promise<void> {
  const { walletSigner } = await sdk();
  // With its checksum, and only if it is an address at all.
  const addressOf = (account: string) => walletSigner(wallet.provider, account).address;
  const provider = wallet.provider as Provider;
  const [account] = (await provider.request({ method })) as string[];
  const chainId = Number(await provider.request({ method: "eth_chainId" }));
  if (account === undefined) return;
  // Found again so late that the reader has chosen another meanwhile, or none: it must not sign in the other's place.
  if (method === "eth_accounts" && (connected || localStore.getItem(LAST) !== wallet.info.rdns)) return;
  setConnected(null);
  /** Wallets without `removeListener` go on telling of themselves when another is connected, or none. */
  let isOver = false;
  const follow = (change: Partial<ConnectedWallet>) => {
    if (isOver) return;
    connected = { info: wallet.info, provider, address: addressOf(account), chainId, ...connected, ...change };
    changed();
  };
  const onAccounts = (accounts: string[]) => {
    if (accounts[0] === undefined) onEnd();
    else follow({ address: addressOf(accounts[0]) });
  };
  const onChain = (id: string) => follow({ chainId: Number(id) });
  const onEnd = () => {
    if (!isOver) setConnected(null);
  };
  const events = [
    ["accountsChanged", onAccounts],
    ["chainChanged", onChain],
    ["disconnect", onEnd],
  ] as const;
  for (const [event, listener] of events) provider.on?.(event, listener);
  release = () => {
    isOver = true;
    for (const [event, listener] of events) provider.removeListener?.(event, listener);
  };
  follow({});
}

function setConnected(next: ConnectedWallet | null): void {
  release();
  release = () => undefined;
  connected = next;
  changed();
}

/** Connects to the wallet of the last time, if it announces itself and still lets this page see an account, without asking. */
async function findAgain(): Promise<void> {
  const last = localStore.getItem(LAST);
  const wallet = wallets().find(({ info }) => info.rdns === last);
  if (connected || !wallet) return;
  // A wallet that fails here is simply not connected; the reader has not asked for anything.
  await use(wallet, "eth_accounts").catch(() => undefined);
}
