import { Contract, type Provider, Transaction } from "ethers";

/**
 * The contracts of rollups that tell what it costs to bring a transaction to the chain below, which their gas does not
 * hold: of OP-stack chains and of Scroll. Arbitrum's and Linea's estimates of gas and fee hold it.
 */
const L1_FEE_ORACLES = ["0x420000000000000000000000000000000000000F", "0x5300000000000000000000000000000000000002"];
const L1_FEE_ABI = ["function getL1Fee(bytes data) view returns (uint256)"];

/** A transaction, as far as its size and its fee depend on it. */
export interface PricedTransaction {
  chainId: number | bigint;
  to?: string | null | undefined;
  data: string;
  gasLimit: bigint;
  /** Wei for each gas. */
  gasPrice: bigint;
}

/** What a transaction costs for the chain below, in wei; undefined where this chain asks for nothing of the kind. */
export async function l1FeeOf(provider: Provider, transaction: PricedTransaction): Promise<bigint | undefined> {
  const { chainId, to, data, gasLimit, gasPrice } = transaction;
  const fees = { maxFeePerGas: gasPrice, maxPriorityFeePerGas: gasPrice };
  const { unsignedSerialized } = Transaction.from({ type: 2, chainId, to: to ?? null, data, gasLimit, ...fees });
  for (const address of L1_FEE_ORACLES) {
    if ((await provider.getCode(address)) === "0x") continue;
    const oracle = new Contract(address, L1_FEE_ABI, provider);
    return (await oracle.getFunction("getL1Fee").staticCall(unsignedSerialized)) as bigint;
  }
  return undefined;
}
