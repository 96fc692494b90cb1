import { AbiCoder, concat, dataLength, dataSlice, getAddress } from "ethers";

import { WALLET_CHECK_CODE, WALLET_PREPARATION_CODE } from "./abi.ts";
import { ProtocolError } from "./errors.ts";

/** What marks the signature of a wallet that is not deployed yet (ERC-6492). */
const ERC6492_MAGIC = "0x6492649264926492649264926492649264926492649264926492649264926492";

const WRAPPING = ["address", "bytes", "bytes"];

const abi = AbiCoder.defaultAbiCoder();

/** What deploys a wallet: the contract to call, and what with. */
export interface WalletFactory {
  /** EIP-55. */
  address: string;
  /** `0x` hex. */
  data: string;
}

/** A contract wallet's signature, and what deploys the wallet where the signature brings that along. */
export interface WalletSignature {
  /** What the wallet itself judges, `0x` hex. */
  signature: string;
  factory: WalletFactory | null;
}

/**
 * Takes a signature out of the wrapping of ERC-6492; one without it comes back as it is.
 *
 * @param signature `0x` hex.
 * @throws {ProtocolError} `wallet_signature` where there is the mark and no wrapping.
 */
export function unwrapSignature(signature: string): WalletSignature {
  const size = dataLength(signature);
  if (size < 32 || dataSlice(signature, size - 32).toLowerCase() !== ERC6492_MAGIC) return { signature, factory: null };
  try {
    const [address, data, inner] = abi.decode(WRAPPING, dataSlice(signature, 0, size - 32)).toArray() as string[];
    return { signature: inner!, factory: { address: getAddress(address!), data: data! } };
  } catch {
    throw new ProtocolError(
      "wallet_signature",
      "ends like one of ERC-6492, but wraps no factory, calldata and signature",
    );
  }
}

/** Wraps the signature of a wallet that is not deployed yet (ERC-6492). */
export function wrapSignature(signature: string, factory: WalletFactory): string {
  return concat([abi.encode(WRAPPING, [factory.address, factory.data, signature]), ERC6492_MAGIC]);
}

/** What contracts/wallets/WalletCheck.sol answers, by its byte. */
export const WALLET_VERDICTS = ["noCode", "valid", "refused"] as const;
export type WalletVerdict = (typeof WALLET_VERDICTS)[number];

/**
 * Gas of one check: that of WalletCheck's two calls, of its creation and of the longest signature (EIP-7623). Public nodes
 * allow more by themselves.
 */
export const WALLET_CHECK_GAS = 5_000_000n;

/** What a chain answered to {@link walletCheckCode}; null where that is none of its answers. */
export function readWalletVerdict(answer: string): WalletVerdict | null {
  return (/^0x[0-9a-f]{2}$/.test(answer) && WALLET_VERDICTS[Number(answer)]) || null;
}

/**
 * What an `eth_call` without `to` creates to learn whether a wallet takes a signature (ERC-1271), deployed by its factory
 * where it is not there.
 *
 * @param digest of EIP-191.
 */
export function walletCheckCode(wallet: string, digest: string, { signature, factory }: WalletSignature): string {
  const values = [...factoryValues(wallet, factory), digest, signature];
  return concat([WALLET_CHECK_CODE, abi.encode(["address", "address", "bytes", "bytes32", "bytes"], values)]);
}

/** What a transaction without `to` creates to have a wallet deployed by its factory. */
export function walletPreparationCode(wallet: string, factory: WalletFactory): string {
  return concat([WALLET_PREPARATION_CODE, abi.encode(["address", "address", "bytes"], factoryValues(wallet, factory))]);
}

function factoryValues(wallet: string, factory: WalletFactory | null): [string, string, string] {
  return factory ? [wallet, factory.address, factory.data] : [wallet, `0x${"00".repeat(20)}`, "0x"];
}
