import { SigningKey, hexlify, isHexString, randomBytes } from "ethers";

import { InputError } from "../errors.ts";
import { type PublicKey, publicKeyOf, signSubkeyDigest, signText } from "../protocol/index.ts";
import { type FromWalletOptions, keyFromWallet } from "./derive.ts";
import { type KeystoreOptions, decryptKey, encryptKey } from "./keystore.ts";
import { type PasskeyKeystore, lockWithPasskey, unlockWithPasskey } from "./passkey.ts";
import type { EthersSigner, TextSigner } from "./textSigner.ts";
import type { PasskeyOptions } from "./webAuthn.ts";

/**
 * A person's key in the registry, able to sign. The private key is out of reach of `JSON.stringify`, `console.log` and the
 * like: {@link Avatar.exportKey} and the keystores are the only ways out.
 *
 * @example
 * const avatar = Avatar.create();
 * console.log(avatar.publicKey); // 0x0…
 */
export class Avatar {
  readonly #privateKey: string;
  readonly #key: PublicKey;

  private constructor(privateKey: string) {
    this.#privateKey = privateKey;
    this.#key = publicKeyOf(privateKey);
  }

  /** Compressed, `0x` hex: the avatar's public name. */
  get publicKey(): string {
    return this.#key.compressed;
  }

  /** EIP-55: the avatar's name on chain. */
  get address(): string {
    return this.#key.address;
  }

  /** A new avatar. Keep it (`toKeystore`, `toPasskey`), or it is lost. */
  static create(): Avatar {
    return Avatar.fromKey(hexlify(randomBytes(32)));
  }

  /**
   * @param key 32 bytes in hex, with or without `0x`.
   * @throws {InputError} which does not quote it.
   */
  static fromKey(key: string): Avatar {
    const hex = `0x${key.trim().replace(/^0x/i, "").toLowerCase()}`;
    try {
      if (isHexString(hex, 32)) return new Avatar(new SigningKey(hex).privateKey);
    } catch {
      // Said below, without the value that an error of ethers may quote.
    }
    throw new InputError("not a private key of 32 bytes in hex", "key");
  }

  /**
   * Opens a Web3 Secret Storage keystore of version 3, as `toKeystore`, ethers and geth make them.
   *
   * @throws {KeystoreError}
   */
  static async fromKeystore(json: string, password: string, options: KeystoreOptions = {}): Promise<Avatar> {
    return new Avatar(await decryptKey(json, password, options));
  }

  /**
   * The avatar that a wallet's signature makes, always the same. The wallet is asked twice, since what does not sign
   * deterministically cannot be used.
   *
   * **Whoever gets that signature has the avatar.** The text says so; ask for it only where your user means to open their
   * avatar, and never send it anywhere. A keystore or a passkey is safer.
   *
   * @throws {WalletError}
   */
  static async fromWallet(wallet: TextSigner | EthersSigner, options: FromWalletOptions = {}): Promise<Avatar> {
    return new Avatar(await keyFromWallet(wallet, options));
  }

  /** Opens what `toPasskey` made; its user has to agree. Browsers only. @throws {KeystoreError} */
  static async fromPasskey(locked: PasskeyKeystore): Promise<Avatar> {
    return new Avatar(await unlockWithPasskey(locked));
  }

  /**
   * Makes a passkey that opens the avatar. Browsers only, and authenticators with the PRF extension; keep another copy, since
   * passkeys are lost with their devices or accounts.
   *
   * @throws {KeystoreError}
   */
  toPasskey(options: PasskeyOptions): Promise<PasskeyKeystore> {
    return lockWithPasskey(this.#privateKey, options);
  }

  /** Encrypts the avatar with a password: Web3 Secret Storage, version 3. Takes a second or more. */
  toKeystore(password: string, options: KeystoreOptions = {}): Promise<string> {
    return encryptKey(this.#privateKey, password, options);
  }

  /** The private key, `0x` hex. Whoever has it has the avatar. */
  exportKey(): string {
    return this.#privateKey;
  }

  /** Signs a text with EIP-191 personal_sign. @returns 65 bytes in standard Base64. */
  sign(text: string): string {
    return signText(this.#privateKey, text).base64;
  }

  /** Signs 32 bytes as they are, for example the hash of typed data (EIP-712). @returns 65 bytes, `0x` hex. */
  signDigest(digest: string): string {
    if (!isHexString(digest, 32)) throw new InputError("a digest has 32 bytes in 0x hex", "digest");
    return signSubkeyDigest(this.#privateKey, digest);
  }

  /** The public key alone. */
  toJSON(): { publicKey: string; address: string } {
    return { publicKey: this.publicKey, address: this.address };
  }

  toString(): string {
    return `Avatar ${this.publicKey}`;
  }
}
