import { type CallExceptionError, isCallException } from "ethers";

/** How nodes tell of a call that failed in the EVM and left no data: geth, Erigon, Nethermind, Besu, anvil and Hardhat. */
const FAILED_IN_EVM =
  /revert|out ?of ?gas|gas required exceeds|(?:invalid|bad|undefined|illegal) ?(?:fe)?(?:opcode|jump|instruction)|stack (?:over|under|limit)|VM (?:Exception|execution error)/i;

/**
 * Whether a contract refused a call. ethers takes every error of `eth_call` and `eth_estimateGas` for that, also a node that
 * is asked too often, or has not got the block: of those nothing follows, and it is to be asked again.
 */
export function isRevert(error: unknown): error is CallExceptionError {
  if (!isCallException(error)) return false;
  if (error.data !== null) return true;
  const { code, message } = (error.info?.error ?? {}) as { code?: unknown; message?: unknown };
  // geth has a code of its own for it.
  return code === 3 || FAILED_IN_EVM.test(String(message));
}
