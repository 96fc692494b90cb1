import { JsonRpcProvider, type TransactionRequest, Wallet, getBytes, toQuantity } from "ethers";

/** A request of a page's to its wallet. */
export interface WalletRequest {
  method: string;
  params: readonly unknown[];
}

/** An error as wallets have them (EIP-1193). */
export function walletError(code: number, message: string, data?: unknown): Error {
  return Object.assign(new Error(message), { code, data });
}

/**
 * A browser's wallet (EIP-1193) over real chains: it signs with its own key and sends what it signed. A test may speak for its
 * user, or have it lie, by `intercept`.
 */
export class PageWallet {
  readonly #signer: Wallet;
  /** The chains that it knows, by their ids. */
  readonly #chains = new Map<number, JsonRpcProvider>();
  chainId: number;
  /** What was asked of it. */
  readonly requests: WalletRequest[] = [];
  intercept: (request: WalletRequest, answer: () => Promise<unknown>) => unknown = (_, answer) => answer();

  constructor(signer: { privateKey: string }, chains: Readonly<Record<number, string>>) {
    this.#signer = new Wallet(signer.privateKey);
    for (const [id, url] of Object.entries(chains)) this.#add(Number(id), url);
    this.chainId = Number(Object.keys(chains)[0]);
  }

  get address(): string {
    return this.#signer.address;
  }

  /** How often something was asked. */
  count(method: string): number {
    return this.requests.filter((request) => request.method === method).length;
  }

  close(): void {
    for (const provider of this.#chains.values()) provider.destroy();
  }

  async request({ method, params = [] }: { method: string; params?: readonly unknown[] | object }): Promise<unknown> {
    const request = { method, params: params as readonly unknown[] };
    this.requests.push(request);
    return this.intercept(request, () => this.#answer(request));
  }

  async #answer({ method, params }: WalletRequest): Promise<unknown> {
    const provider = this.#chains.get(this.chainId)!;
    switch (method) {
      case "eth_requestAccounts":
      case "eth_accounts":
        return [this.address.toLowerCase()];
      case "eth_chainId":
        return toQuantity(this.chainId);
      case "personal_sign":
        return this.#signer.signMessage(getBytes(params[0] as string));
      case "eth_sendTransaction":
        return this.#send(params[0] as Record<string, string>, provider);
      case "wallet_switchEthereumChain": {
        const wanted = Number((params[0] as { chainId: string }).chainId);
        if (!this.#chains.has(wanted)) throw walletError(4902, `Unrecognized chain ID ${wanted}`);
        this.chainId = wanted;
        return null;
      }
      case "wallet_addEthereumChain": {
        const { chainId, rpcUrls } = params[0] as { chainId: string; rpcUrls: string[] };
        this.#add(Number(chainId), rpcUrls[0]!);
        return null;
      }
      default:
        return this.#ask(provider, method, params);
    }
  }

  async #send({ from, gas, ...rest }: Record<string, string>, provider: JsonRpcProvider): Promise<string> {
    if (from!.toLowerCase() !== this.address.toLowerCase())
      throw walletError(4100, `${from} is not shown to this page`);
    if (rest.chainId !== undefined && Number(rest.chainId) !== this.chainId) {
      throw walletError(-32602, `the transaction is for chain ${Number(rest.chainId)}, not ${this.chainId}`);
    }
    const request: TransactionRequest = { ...rest, gasLimit: gas ?? null };
    return (await this.#signer.connect(provider).sendTransaction(request)).hash;
  }

  /** Errors of the node come with their code and data, as wallets hand them on. */
  async #ask(provider: JsonRpcProvider, method: string, params: readonly unknown[]): Promise<unknown> {
    const answer = await fetch(provider._getConnection().url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const { result, error } = (await answer.json()) as {
      result: unknown;
      error?: { code: number; message: string; data?: unknown };
    };
    if (error) throw walletError(error.code, error.message, error.data);
    return result;
  }

  #add(id: number, url: string): void {
    this.#chains.set(id, new JsonRpcProvider(url, id, { staticNetwork: true, cacheTimeout: -1, pollingInterval: 50 }));
  }
}
