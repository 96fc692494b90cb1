import { type Provider, getAddress, hashMessage } from "ethers";

import { SyngraphError, WalletError } from "../errors.ts";
import {
  type Link,
  WALLET_CHECK_GAS,
  type WalletSignature,
  readWalletVerdict,
  signPayload,
  walletCheckCode,
  walletPreparationCode,
} from "../protocol/index.ts";

/**
 * What has a link's wallet deployed, where it is not there yet and its signature says how (ERC-6492): the registry knows no
 * such wrapping, and asks the wallet itself.
 *
 * @returns the init code of a contract creation, which calls the factory: a stranger's contract, it never sees the account as
 * `msg.sender`. Null where the registry can judge the signature as it is.
 * @throws {WalletError} `wallet_signature` where the factory does not deploy this wallet, or the wallet would not take the
 * signature.
 */
export async function preparationOf(
  provider: Provider,
  link: Link,
  { signature, factory }: WalletSignature,
): Promise<string | null> {
  if (factory === null || (await provider.getCode(link.identity)) !== "0x") return null;
  const wallet = getAddress(link.identity);
  const data = walletCheckCode(wallet, hashMessage(signPayload(link)), { signature, factory });
  const verdict = readWalletVerdict(await provider.call({ data, gasLimit: WALLET_CHECK_GAS }));
  switch (verdict) {
    case "valid":
      return walletPreparationCode(wallet, factory);
    case "noCode":
      throw new WalletError(
        "wallet_signature",
        `the factory ${factory.address} does not deploy the wallet ${wallet} within its gas (ERC-6492)`,
      );
    case "refused":
      throw new WalletError(
        "wallet_signature",
        `the wallet ${wallet}, as ${factory.address} deploys it, does not take the signature (ERC-6492)`,
      );
    default:
      throw new SyngraphError("bad_reply", null, `the chain has no answer about the wallet ${wallet}`);
  }
}
