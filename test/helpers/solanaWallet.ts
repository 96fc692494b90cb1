import { type KeyObject, generateKeyPairSync, sign } from "node:crypto";

import { encodeBase58 } from "ethers";

/** A Solana wallet as its owner has it: an ed25519 key by Node, which knows nothing of our verifier. */
export interface SolanaWallet {
  address: string;
  privateKey: KeyObject;
  /** 64 bytes over the text's UTF-8 bytes. */
  sign(text: string): Uint8Array;
}

export function newSolanaWallet(): SolanaWallet {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  // The key is what the DER form ends with (RFC 8410, section 4).
  const bytes = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  return { address: encodeBase58(bytes), privateKey, sign: (text) => sign(null, Buffer.from(text), privateKey) };
}
