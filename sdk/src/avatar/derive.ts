import { dataSlice, getBytes, hexlify, toBeHex, toUtf8Bytes } from "ethers";

import { InputError, KeystoreError, WalletError } from "../errors.ts";
import { ProtocolError, parseSignature, recoverPublicKey } from "../protocol/index.ts";
import { type EthersSigner, type TextSigner, textSignerOf } from "./textSigner.ts";

/** The order of secp256k1. */
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** Which avatar of a wallet. */
export interface FromWalletOptions {
  /** A wallet has many: 1 unless told, at most 1,000,000. */
  index?: number;
}

/**
 * What a wallet signs to make an avatar. Whoever has that signature has the avatar, so the text says so: a page that asks
 * for it and is not trusted with the avatar is a thief. It never changes, or avatars are lost.
 */
export function walletKeyText(address: string, index: number): string {
  return [
    "Syngraph: make the key of my avatar",
    "",
    "This signature IS the key of your avatar. Whoever has it can bind accounts to your avatar and take bindings back.",
    "Sign this only where you mean to open your avatar, on a page that you trust with it. Anywhere else, refuse: no sign-in,",
    "no airdrop and no support ever needs it.",
    "",
    `Wallet: ${address}`,
    `Avatar: ${index}`,
    "Version: 1",
  ].join("\n");
}

/**
 * The private key that a wallet's deterministic signature (RFC 6979) makes. Wallets that sign in another way would make
 * another key the next time, so it is asked for twice.
 *
 * @throws {WalletError} `wallet_signature` where the two differ, or where the wallet's key did not sign the text.
 */
export async function keyFromWallet(
  wallet: TextSigner | EthersSigner,
  { index = 1 }: FromWalletOptions = {},
): Promise<string> {
  if (!Number.isSafeInteger(index) || index < 1 || index > 1_000_000) {
    throw new InputError(`the index must be from 1 to 1,000,000, and is ${index}`, "index");
  }
  const signer = await textSignerOf(wallet);
  const text = walletKeyText(signer.address, index);
  const first = signed(text, await signer.signText(text), signer.address);
  const second = signed(text, await signer.signText(text), signer.address);
  if (first !== second) {
    throw new WalletError(
      "wallet_signature",
      "the wallet signed the same text in two ways, so that it would make another avatar each time: use a keystore",
    );
  }
  // Without v, which wallets write in two ways and which r and s determine.
  return privateKeyFrom(dataSlice(first, 0, 64), `Syngraph avatar from wallet\n${text}`);
}

/** A signature in the one form that it has, if the address's own key made it. */
function signed(text: string, signature: string, address: string): string {
  try {
    if (recoverPublicKey(text, signature).address === address) return parseSignature(signature).canonical;
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new WalletError("wallet_signature", `no key's signature, as a contract wallet's is not: ${cause.message}`, {
      cause,
    });
  }
  throw new WalletError("wallet_signature", `the wallet signed something else, or with another key than ${address}'s`);
}

/** A private key out of secret bytes: HKDF-SHA256 (RFC 5869) to 48 bytes, modulo n - 1, plus 1 (FIPS 186-5, A.2.1). */
export async function privateKeyFrom(secret: string, info: string): Promise<string> {
  const bytes = await hkdf(getBytes(secret), info, 48);
  return toBeHex((BigInt(hexlify(bytes)) % (N - 1n)) + 1n, 32);
}

/** HKDF-SHA256 without a salt. @throws {KeystoreError} where there is no WebCrypto. */
export async function hkdf(secret: Uint8Array, info: string, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const subtle = webCrypto();
  const key = await subtle.importKey("raw", Uint8Array.from(secret), "HKDF", false, ["deriveBits"]);
  const settings = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: Uint8Array.from(toUtf8Bytes(info)) };
  return new Uint8Array(await subtle.deriveBits(settings, key, 8 * length));
}

/** WebCrypto, which browsers have on pages of https and of localhost only. */
export function webCrypto(): typeof globalThis.crypto.subtle {
  const { subtle } = globalThis.crypto ?? {};
  if (!subtle) throw new KeystoreError("crypto_unavailable", "there is no WebCrypto here: the page must come by https");
  return subtle;
}
