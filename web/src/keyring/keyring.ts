import type { Avatar, TextSigner } from "@syngraph/sdk";

/** Told how far the encryption is, from 0 to 1: it takes a second or more. */
type OnProgress = (done: number) => void;

/** The avatar that this browser holds. Its actions throw errors of the SDK. */
export interface Keyring {
  /** `none`: nothing is stored; `locked`: an encrypted key is; `unlocked`: this tab can sign. */
  state: "none" | "locked" | "unlocked";
  /** Compressed public key of what is stored; known while it is locked, too. */
  publicKey: string | null;
  /** Able to sign; it lives in the memory of this tab alone. */
  avatar: Avatar | null;
  /** Whether a passkey can unlock it. */
  hasPasskey: boolean;
  /** Whether its owner has exported it. */
  hasBackup: boolean;
  create(password: string, onProgress?: OnProgress): Promise<void>;
  importKey(key: string, password: string, onProgress?: OnProgress): Promise<void>;
  /**
   * @param password the keystore's own.
   * @param kept by which it is kept here: the same, or another one.
   */
  importKeystore(json: string, password: string, kept: string, onProgress?: OnProgress): Promise<void>;
  /** Derives the avatar from a wallet's signature, for which the wallet is asked twice. */
  fromWallet(signer: TextSigner, password: string, onProgress?: OnProgress): Promise<void>;
  unlock(password: string, onProgress?: OnProgress): Promise<void>;
  unlockWithPasskey(): Promise<void>;
  /** Lets a passkey unlock the key, too. */
  addPasskey(): Promise<void>;
  removePasskey(): Promise<void>;
  changePassword(password: string, onProgress?: OnProgress): Promise<void>;
  /** The encrypted keystore, JSON of version 3. */
  exportKeystore(): string;
  /** Forgets the key in all tabs; what is stored stays. */
  lock(): void;
  /** Forgets the key in this browser for good. */
  remove(): void;
}
