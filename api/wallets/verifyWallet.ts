import {
  ProtocolError,
  WALLET_CHECK_GAS,
  type WalletSignature,
  type WalletVerdict,
  readWalletVerdict,
  recoverPublicKey,
  unwrapSignature,
  walletCheckCode,
  walletPreparationCode,
} from "@syngraph/sdk/protocol";
import { type Provider, dataLength, getAddress, hashMessage } from "ethers";

import { ApiError, messageOf } from "../errors.ts";

/** Longest signature that is put to a chain, in bytes: it is paid for by the byte, and WebAuthn's take some 1,000. */
const MAX_SIGNATURE = 16_384;

/** What a wallet's signature of a message is worth. */
export type WalletWord =
  /** The account's own key made it (EIP-191). */
  | { valid: true; kind: "key"; signature: string }
  /** The account is a contract that takes it (ERC-1271). */
  | { valid: true; kind: "contract"; signature: string }
  /**
   * The account will be a contract that takes it (ERC-6492). `signature` is what the wallet itself judges; `preparation` the
   * init code of a contract creation that has the wallet deployed.
   */
  | { valid: true; kind: "undeployed"; signature: string; preparation: string }
  | { valid: false; message: string };

/**
 * Whether an account signed a message with personal_sign (EIP-191): by its key, as a contract (ERC-1271), or as a contract
 * that is still to be deployed (ERC-6492). What strangers' contracts do is bounded in gas, and no more than a byte of it is
 * read.
 *
 * @param address of the account, in any case.
 * @param signature `0x` hex.
 * @throws {ApiError} 502 when the chain cannot be asked.
 */
export async function verifyWalletMessage(
  provider: Provider,
  address: string,
  message: string,
  signature: string,
): Promise<WalletWord> {
  const wallet = getAddress(address);
  if (isSignedByKey(wallet, message, signature)) return { valid: true, kind: "key", signature };
  if (dataLength(signature) > MAX_SIGNATURE) {
    return refusal(`the signature has ${dataLength(signature)} bytes, more than ${MAX_SIGNATURE}`);
  }
  let unwrapped: WalletSignature;
  try {
    unwrapped = unwrapSignature(signature);
  } catch (error) {
    return refusal(messageOf(error));
  }
  const digest = hashMessage(message);
  const { factory } = unwrapped;
  const deployed = await check(provider, wallet, digest, { ...unwrapped, factory: null });
  if (deployed === "valid") return { valid: true, kind: "contract", signature: unwrapped.signature };
  if (deployed === "refused") return refusal(`the contract wallet ${wallet} does not take the signature (ERC-1271)`);
  if (factory === null) {
    return refusal(`${wallet} has no code on this chain, and its key did not make the signature`);
  }
  const prepared = await check(provider, wallet, digest, unwrapped);
  if (prepared === "noCode") {
    return refusal(`the factory ${factory.address} does not deploy the wallet ${wallet} within its gas (ERC-6492)`);
  }
  if (prepared === "refused") {
    return refusal(`the wallet ${wallet}, as ${factory.address} deploys it, does not take the signature (ERC-6492)`);
  }
  const preparation = walletPreparationCode(wallet, factory);
  return { valid: true, kind: "undeployed", signature: unwrapped.signature, preparation };
}

/** Asks the chain by contracts/wallets/WalletCheck.sol. */
async function check(
  provider: Provider,
  wallet: string,
  digest: string,
  signature: WalletSignature,
): Promise<WalletVerdict> {
  let answer: string;
  try {
    answer = await provider.call({ data: walletCheckCode(wallet, digest, signature), gasLimit: WALLET_CHECK_GAS });
  } catch (error) {
    throw new ApiError(502, `the chain could not be asked about the wallet ${wallet}`, { cause: error });
  }
  const verdict = readWalletVerdict(answer);
  if (verdict === null) throw new ApiError(502, `the chain has no answer about the wallet ${wallet}`);
  return verdict;
}

function isSignedByKey(wallet: string, message: string, signature: string): boolean {
  try {
    return recoverPublicKey(message, signature, "wallet_signature").address === wallet;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return false;
  }
}

function refusal(message: string): WalletWord {
  return { valid: false, message };
}
