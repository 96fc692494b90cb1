import { BrowserProvider, type Provider, type Signer, getAddress, toQuantity } from "ethers";

import type { Eip1193Provider } from "../eip1193.ts";
import { InputError, WalletError } from "../errors.ts";
import { UNKNOWN_CHAIN, USER_REJECTED, codeOf, toSyngraphError } from "./failures.ts";

/** Milliseconds between two looks for a block: L2s make one every second or two. */
const POLLING = 1_000;

/** What a wallet may be told of a chain that it does not know (EIP-3085). */
export interface ChainDescription {
  chainName: string;
  rpcUrls: readonly string[];
  nativeCurrency: { name: string; symbol: string; decimals: number };
  blockExplorerUrls?: readonly string[];
}

/** Which wallet is to be opened, and for which chain. */
export interface WalletOptions {
  /** The wallet is asked to switch there; without it, the chain that it is on. */
  chainId?: number;
  /** The account to send from; the wallet's first unless told. */
  account?: string;
  /** For a wallet that does not know the chain. */
  chain?: ChainDescription;
}

/** What is sent to a contract, without value. */
export interface ContractCall {
  /** Absent where it creates one. */
  to?: string;
  data: string;
}

/** The same with what it may cost. */
export interface ContractTransaction extends ContractCall {
  gasLimit: bigint;
  /** Wei for each gas, now. */
  gasPrice: bigint;
  /** The same, as much as is paid for it: the price goes up and down. */
  most: bigint;
}

/** The user's own wallet, open on one chain: a browser's (EIP-1193), or a signer of ethers. */
export class DirectWallet {
  /** EIP-55. */
  readonly address: string;
  readonly chainId: number;
  readonly provider: Provider;
  readonly #signer: Signer;
  /** Null for a signer of ethers, which stays where it is. */
  readonly #browser: Eip1193Provider | null;
  readonly #chain: ChainDescription | undefined;

  private constructor(
    { signer, provider, browser }: Opened,
    address: string,
    chainId: number,
    chain: ChainDescription | undefined,
  ) {
    this.address = address;
    this.chainId = chainId;
    this.provider = provider;
    this.#signer = signer;
    this.#browser = browser;
    this.#chain = chain;
  }

  /** Whether its user sees what a transaction costs before it is signed: a browser's wallet shows that. */
  get asksUser(): boolean {
    return isUnchecked(this.#signer);
  }

  /** @throws {SyngraphError} where the wallet refuses, or is on another chain and stays there. */
  static async open(wallet: Eip1193Provider | Signer, options: WalletOptions = {}): Promise<DirectWallet> {
    try {
      const opened = isSigner(wallet) ? openSigner(wallet) : await openBrowser(wallet, options.account);
      const address = getAddress(await opened.signer.getAddress());
      if (options.account !== undefined && options.account.toLowerCase() !== address.toLowerCase()) {
        throw new WalletError("wallet_failed", `the wallet's account is ${address}, not ${options.account}`);
      }
      const chainId = options.chainId ?? (await chainOf(opened));
      const open = new DirectWallet(opened, address, chainId, options.chain);
      await open.ensureChain();
      return open;
    } catch (error) {
      throw toSyngraphError(error, "connect");
    }
  }

  /**
   * Sees to it that the wallet is on the chain, also if its user went elsewhere since; it is asked to switch (EIP-3326).
   *
   * @throws {WalletError} `wallet_chain` or `wallet_rejected` where it stays elsewhere.
   */
  async ensureChain(): Promise<void> {
    const current = await this.#currentChain();
    if (current === this.chainId) return;
    const where = `the wallet is on chain ${current}, and the registry on chain ${this.chainId}`;
    if (this.#browser === null) throw new WalletError("wallet_chain", where);
    try {
      await this.#switch(this.#browser);
    } catch (cause) {
      if (codeOf(cause) === USER_REJECTED) {
        throw new WalletError("wallet_rejected", `${where}: its user refused to switch`, { cause });
      }
      const what = codeOf(cause) === UNKNOWN_CHAIN ? "does not know that chain: add it there" : "did not switch";
      throw new WalletError("wallet_chain", `${where}; it ${what}, then try again`, { cause });
    }
    const now = await this.#currentChain();
    if (now !== this.chainId) {
      throw new WalletError("wallet_chain", `the wallet is on chain ${now} still: switch it to ${this.chainId}`);
    }
  }

  async #switch(browser: Eip1193Provider): Promise<void> {
    const chainId = toQuantity(this.chainId);
    const change = () => browser.request({ method: "wallet_switchEthereumChain", params: [{ chainId }] });
    try {
      await change();
    } catch (error) {
      if (codeOf(error) !== UNKNOWN_CHAIN || this.#chain === undefined) throw error;
      await browser.request({ method: "wallet_addEthereumChain", params: [{ chainId, ...this.#chain }] });
      await change();
    }
  }

  #currentChain(): Promise<number> {
    return chainOf({ provider: this.provider, browser: this.#browser });
  }

  /** The wallet's signature of a text (EIP-191), `0x` hex. @throws {SyngraphError} */
  async signText(text: string): Promise<string> {
    try {
      return await this.#signer.signMessage(text);
    } catch (error) {
      throw toSyngraphError(error, "sign");
    }
  }

  /**
   * What a key offers that no wallet asks its user about. A server that names the price alone could have all that the account
   * has paid to whoever makes the block.
   */
  async #fees({
    gasPrice,
    most,
  }: Pick<ContractTransaction, "gasPrice" | "most">): Promise<
    Partial<Record<"gasPrice" | "maxFeePerGas" | "maxPriorityFeePerGas", bigint>>
  > {
    const { maxFeePerGas, maxPriorityFeePerGas } = await this.provider.getFeeData();
    if (maxFeePerGas === null) return { gasPrice: least(gasPrice, most) };
    return { maxFeePerGas: most, maxPriorityFeePerGas: least(maxPriorityFeePerGas ?? 0n, least(gasPrice, most)) };
  }

  /** Sends a transaction, on this chain and no other, and answers its hash at once. @throws {SyngraphError} */
  async send({ gasPrice, most, ...transaction }: ContractTransaction): Promise<string> {
    await this.ensureChain();
    // Named in the transaction too: between the look and this, the user may switch.
    const request = { ...transaction, chainId: this.chainId };
    try {
      // A browser's wallet says the hash; to have the transaction seen, too, ethers might wait for ever.
      if (isUnchecked(this.#signer)) return await this.#signer.sendUncheckedTransaction(request);
      return (await this.#signer.sendTransaction({ ...request, ...(await this.#fees({ gasPrice, most })) })).hash;
    } catch (error) {
      throw toSyngraphError(error, "send the transaction");
    }
  }
}

/** The smaller of the two. */
function least(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

interface Opened {
  signer: Signer;
  provider: Provider;
  browser: Eip1193Provider | null;
}

function openSigner(signer: Signer): Opened {
  const { provider } = signer;
  if (provider === null)
    throw new InputError("the signer has no provider: connect it to the registry's chain", "wallet");
  return { signer, provider, browser: null };
}

async function openBrowser(browser: Eip1193Provider, account: string | undefined): Promise<Opened> {
  const accounts = (await browser.request({ method: "eth_requestAccounts" })) as string[];
  const chosen = account ?? accounts[0];
  if (chosen === undefined || !accounts.some((one) => one.toLowerCase() === chosen.toLowerCase())) {
    throw new WalletError(
      "wallet_failed",
      `the wallet shows ${accounts.join(", ") || "no account"}, not ${chosen ?? "any"}`,
    );
  }
  // Its network may change: which it is, is asked before each transaction.
  const provider = new BrowserProvider(browser as ConstructorParameters<typeof BrowserProvider>[0], "any", {
    pollingInterval: POLLING,
    // ethers would answer from memory for a moment after a block.
    cacheTimeout: -1,
  });
  return { signer: await provider.getSigner(chosen), provider, browser };
}

async function chainOf({ provider, browser }: Pick<Opened, "provider" | "browser">): Promise<number> {
  if (browser === null) return Number((await provider.getNetwork()).chainId);
  return Number(await browser.request({ method: "eth_chainId" }));
}

function isSigner(wallet: Eip1193Provider | Signer): wallet is Signer {
  return "getAddress" in wallet;
}

function isUnchecked(
  signer: Signer,
): signer is Signer & { sendUncheckedTransaction: (request: object) => Promise<string> } {
  return "sendUncheckedTransaction" in signer;
}
