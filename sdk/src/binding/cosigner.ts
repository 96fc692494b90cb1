import { decodeBase64, hexlify, isHexString } from "ethers";

import { InputError, WalletError } from "../errors.ts";
import {
  type Link,
  ProtocolError,
  isSolanaSignature,
  parseSignature,
  parseSolanaSignature,
  recoverPublicKey,
} from "../protocol/index.ts";
import type { CosignStep } from "./step.ts";

/** How a cosignature is read. */
export interface CosignOptions {
  /**
   * The wallet is a contract (ERC-1271, ERC-6492): only the chain can judge its signature, so that it is not checked here.
   */
  contractWallet?: boolean;
}

/** Who signs beside the avatar, by platform. */
const COSIGNERS: Readonly<Record<string, CosignStep["by"]>> = {
  ethereum: "wallet",
  solana: "solana",
  nextid: "avatar",
};

/** Who signs a link beside its avatar; null where nobody does. */
export function cosignerOf({ action, platform }: Link): CosignStep["by"] | null {
  return action === "create" ? (COSIGNERS[platform] ?? null) : null;
}

/** Whether something has to be published for a link. */
export function needsPost(link: Link): boolean {
  return link.action === "create" && cosignerOf(link) === null;
}

/**
 * Reads and verifies the other side's signature of a link's text.
 *
 * @param signature `0x` hex or Base64; of a Solana wallet Base58 or Base64.
 * @returns `0x` hex; of a Solana wallet Base58.
 * @throws {WalletError} `wallet_signature`, where another key signed, or another text.
 */
export function readCosignature(
  link: Link,
  text: string,
  signature: string,
  { contractWallet = false }: CosignOptions = {},
): string {
  const by = cosignerOf(link);
  if (by === null) throw new InputError(`nobody signs beside the avatar on ${link.platform}`, "signature");
  try {
    if (by === "solana") {
      if (isSolanaSignature(text, signature, link.identity)) return parseSolanaSignature(signature);
      throw new WalletError("wallet_signature", `it is not the signature of ${link.identity} over this text`);
    }
    if (by === "wallet" && contractWallet) return bytesOf(signature);
    const signer = recoverPublicKey(text, bytesOf(signature));
    const name = by === "wallet" ? signer.address.toLowerCase() : signer.compressed;
    if (name === link.identity) return parseSignature(bytesOf(signature)).raw;
    const hint = by === "wallet" ? "; a contract's wallet is told by contractWallet" : "";
    throw new WalletError(
      "wallet_signature",
      `${name} signed, or another text was signed, and not ${link.identity} this one${hint}`,
    );
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new WalletError("wallet_signature", `it is no signature of ${link.identity}: ${cause.message}`, { cause });
  }
}

function bytesOf(signature: string): string {
  const text = signature.trim();
  if (isHexString(text) && text.length % 2 === 0) return text.toLowerCase();
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return hexlify(decodeBase64(text));
  throw new WalletError("wallet_signature", "the signature is neither hex with 0x nor Base64");
}
