import { isError } from "ethers";

import { ContractError, SyngraphError, WalletError } from "../errors.ts";
import { explainRevert, isRevert } from "../protocol/index.ts";

/** Codes by which wallets refuse: EIP-1193, and EIP-3326 for a chain that they do not know. */
export const USER_REJECTED = 4001;
const UNAUTHORIZED = 4100;
export const UNKNOWN_CHAIN = 4902;
/** JSON-RPC's by which a wallet says that it asks its user already (EIP-1474). */
const RESOURCE_UNAVAILABLE = -32002;

/** How ethers tells of a server that did not answer: what of a call is no revert, too. */
const UNANSWERED = ["NETWORK_ERROR", "SERVER_ERROR", "CALL_EXCEPTION"] as const;

/** The code of a wallet's own error; null where it has none. */
export function codeOf(error: unknown): number | null {
  const { code, data, error: inner } = (error ?? {}) as { code?: unknown; data?: unknown; error?: unknown };
  // MetaMask on phones wraps its errors.
  const { originalError } = (typeof data === "object" && data !== null ? data : {}) as { originalError?: unknown };
  if (originalError !== undefined) return codeOf(originalError) ?? (typeof code === "number" ? code : null);
  if (typeof code === "number") return code;
  return inner === undefined ? null : codeOf(inner);
}

/**
 * What a wallet, or the server behind it, said no with, as an error of the SDK's.
 *
 * @param doing what it was asked for, in words: "send the transaction".
 */
export function toSyngraphError(error: unknown, doing: string): SyngraphError {
  if (error instanceof SyngraphError) return error;
  const options = { cause: error };
  if (isRevert(error)) {
    const { error: name, message } = explainRevert(error.data);
    return new ContractError(name, name === null ? reasonOf(error.reason, message) : message, options);
  }
  if (isError(error, "ACTION_REJECTED") || codeOf(error) === USER_REJECTED) {
    return new WalletError("wallet_rejected", `the wallet's user refused to ${doing}`, options);
  }
  if (isError(error, "INSUFFICIENT_FUNDS")) {
    return new WalletError("wallet_funds", `the wallet has too little to ${doing}`, options);
  }
  if (isError(error, "TIMEOUT")) return new SyngraphError("timeout", null, `no answer in time to ${doing}`, options);
  if (UNANSWERED.some((code) => isError(error, code)) || error instanceof TypeError) {
    return new SyngraphError("network", null, `the chain could not be asked to ${doing}: ${messageOf(error)}`, options);
  }
  switch (codeOf(error)) {
    case UNAUTHORIZED:
      return new WalletError("wallet_failed", `the wallet does not let this page use the account to ${doing}`, options);
    case RESOURCE_UNAVAILABLE:
      return new WalletError("wallet_failed", "the wallet waits for an answer already: open it", options);
    default:
      return new WalletError("wallet_failed", `the wallet could not ${doing}: ${messageOf(error)}`, options);
  }
}

/** What a contract says that has no errors of its own, as where there is another one than was thought. */
function reasonOf(reason: string | null | undefined, otherwise: string): string {
  return reason ? `the contract refused the link: ${reason}` : otherwise;
}

/** What went wrong, without ethers's list of all that belongs to it: the address of a request, for one, may have a key in it. */
export function messageOf(error: unknown): string {
  const {
    error: inner,
    info,
    shortMessage,
    message,
  } = error as Record<"error" | "shortMessage" | "message", unknown> & {
    info?: { error?: unknown };
  };
  // What ethers cannot name it wraps, and the server's own words are within.
  const own = (inner ?? info?.error) as { message?: unknown } | undefined;
  return String(own?.message ?? shortMessage ?? message ?? error);
}
