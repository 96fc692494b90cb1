import { getAddress, hexlify, isHexString, toUtf8Bytes } from "ethers";

import type { Eip1193Provider } from "../eip1193.ts";
import { InputError, WalletError } from "../errors.ts";

/** A wallet that signs texts with EIP-191 personal_sign. */
export interface TextSigner {
  address: string;
  /** @returns the signature, `0x` hex. */
  signText(text: string): Promise<string>;
}

/** What ethers's signers have of it. */
export interface EthersSigner {
  getAddress(): Promise<string>;
  signMessage(message: string): Promise<string>;
}

/** How wallets say that their user refused (EIP-1193), and ethers after them. */
const USER_REJECTED = 4001;
/** How they say that they do not know the account, or were not allowed to use it. */
const UNAUTHORIZED = 4100;

/**
 * A browser's wallet as a {@link TextSigner}.
 *
 * @param provider of EIP-1193, for example what EIP-6963 announces.
 * @param address one of the accounts that it gave with `eth_requestAccounts`.
 * @throws {InputError} where the address is none. Its `signText` throws {@link WalletError}.
 * @example
 * const [address] = await ethereum.request({ method: "eth_requestAccounts" });
 * const wallet = walletSigner(ethereum, address);
 * binding.cosign(await wallet.signText(binding.text));
 */
export function walletSigner(provider: Eip1193Provider, address: string): TextSigner {
  const account = addressOf(address);
  return {
    address: account,
    signText: async (text) => {
      const params = [hexlify(toUtf8Bytes(text)), account];
      const signature = await provider.request({ method: "personal_sign", params }).catch((cause: unknown) => {
        throw walletError(cause);
      });
      if (!isHexString(signature))
        throw new WalletError("wallet_failed", "the wallet answered something that is no signature");
      return signature;
    },
  };
}

/** Either kind of signer as a {@link TextSigner}. Errors of an ethers signer become {@link WalletError}. */
export async function textSignerOf(signer: TextSigner | EthersSigner): Promise<TextSigner> {
  if ("signText" in signer) return { address: addressOf(signer.address), signText: (text) => signer.signText(text) };
  return {
    address: addressOf(await signer.getAddress()),
    signText: async (text) => {
      try {
        return await signer.signMessage(text);
      } catch (cause) {
        throw walletError(cause);
      }
    },
  };
}

/** What a wallet threw, as an error of ours. */
export function walletError(cause: unknown): WalletError {
  if (cause instanceof WalletError) return cause;
  const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown };
  if (code === USER_REJECTED || code === "ACTION_REJECTED") {
    return new WalletError("wallet_rejected", "the wallet's user refused", { cause });
  }
  if (code === UNAUTHORIZED) {
    return new WalletError("wallet_rejected", "the wallet does not let this page use the account", { cause });
  }
  const why = typeof message === "string" && message !== "" ? `: ${message.slice(0, 200)}` : "";
  return new WalletError("wallet_failed", `the wallet did not do it${why}`, { cause });
}

function addressOf(text: string): string {
  try {
    return getAddress(text);
  } catch (cause) {
    throw new InputError(`${JSON.stringify(text)} is no Ethereum address`, "address", { cause });
  }
}
