import { type Link, ProtocolError, recoverPublicKey, signPayload } from "@syngraph/sdk/protocol";
import { decodeBase64, getAddress, hexlify } from "ethers";

import { address } from "./normalForms.ts";
import { definePlatform } from "./platform.ts";
import { CheckError, type CounterSignature } from "./types.ts";

/** An Ethereum wallet, which signs the same text as the avatar; nothing is published. */
export const ethereum = definePlatform({
  id: "ethereum",
  name: "Ethereum",
  identity: {
    rule: "an Ethereum address (0x and 40 hex digits, in mixed case with the checksum of EIP-55)",
    shapes: [
      /^@?(0x[0-9A-Fa-f]{40})$/,
      /^(?:https?:\/\/)?(?:www\.)?etherscan\.io\/address\/(0x[0-9A-Fa-f]{40})\/?(?:#[!-~]*)?$/,
    ],
    normalForm: address,
  },
  uri: (wallet) => `did:pkh:eip155:1:${getAddress(wallet)}`,
  template: "",
  verifyCounterSignature: verifyWalletSignature,
});

/**
 * Whether a wallet's signature (Base64 or `0x` hex) of a link is the ECDSA signature of the wallet that the identity
 * names, by EIP-191. If it is not, the wallet may be a contract that takes it (ERC-1271): only a chain can say.
 *
 * @throws {CheckError} final, where there is no signature at all.
 */
export function verifyWalletSignature(link: Link, walletSignature: string): CounterSignature {
  if (walletSignature === "") throw new CheckError("final", "wallet_signature not found");
  const signature = readBytes(walletSignature);
  try {
    const found = recoverPublicKey(signPayload(link), signature, "wallet_signature").address;
    if (found.toLowerCase() === link.identity) return { verified: true, signature };
    const message = `not signed by this wallet: found ${found} instead of ${getAddress(link.identity)}`;
    return { verified: false, signature, message };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { verified: false, signature, message: error.message };
  }
}

function readBytes(text: string): string {
  if (/^0x(?:[0-9a-f]{2})+$/i.test(text)) return text.toLowerCase();
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    throw new CheckError("final", "error when decoding wallet sig: neither standard Base64 nor hex");
  }
  return hexlify(decodeBase64(text));
}
