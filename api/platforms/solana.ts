import { type Link, ProtocolError, isSolanaSignature, parseSolanaSignature, signPayload } from "@syngraph/sdk/protocol";

import { solanaAddress } from "./normalForms.ts";
import { definePlatform } from "./platform.ts";
import { CheckError, type CounterSignature } from "./types.ts";

/** The chain's name by CAIP-2: the beginning of its genesis hash. */
const MAINNET = "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp";

/**
 * A Solana wallet, which signs the same text as the avatar. The contract knows no ed25519, so attesters stand for it; the
 * signature is kept as the location of the proof, where anybody can verify it.
 */
export const solana = definePlatform({
  id: "solana",
  name: "Solana",
  identity: {
    rule: "the address of a Solana wallet (a public key of 32 bytes in Base58, in its own capitals)",
    shapes: [
      /^([1-9A-HJ-NP-Za-km-z]{32,44})$/,
      /^(?:https?:\/\/)?(?:www\.)?(?:solscan\.io\/account|explorer\.solana\.com\/address)\/([1-9A-HJ-NP-Za-km-z]{32,44})\/?(?:[?#][!-~]*)?$/,
    ],
    normalForm: solanaAddress,
  },
  uri: (wallet) => `did:pkh:${MAINNET}:${wallet}`,
  template: "",
  verifyCounterSignature: verifySolanaWallet,
});

/**
 * A wallet's signature of a link in Base58, read from that or Base64. No chain is asked: there are no contract wallets.
 *
 * @throws {CheckError} final, where the wallet did not sign this.
 */
export function verifySolanaWallet(link: Link, walletSignature: string): CounterSignature {
  if (walletSignature === "") throw new CheckError("final", "wallet_signature not found");
  try {
    const signature = parseSolanaSignature(walletSignature);
    if (isSolanaSignature(signPayload(link), signature, link.identity)) return { verified: true, signature };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw new CheckError("final", `Solana wallet signature validation failed: ${error.message}`, { cause: error });
  }
  const message = `Solana wallet signature validation failed: not signed by ${link.identity} over this payload`;
  throw new CheckError("final", message);
}
