import { useSyncExternalStore } from "react";

/** The unlocked avatar; it lives in the memory of this tab alone. */
export interface Avatar {
  readonly publicKey: string;
  readonly address: string;
  sign(text: string): string;
  signDigest(digest: string): string;
}

/** A wallet that signs texts, to derive an avatar from. */
export interface TextSigner {
  address: string;
  signText(text: string): Promise<string>;
}

/** The avatar that this browser holds. */
export interface Keyring {
  /** `none`: nothing is stored; `locked`: an encrypted key is; `unlocked`: this tab can sign. */
  state: "none" | "locked" | "unlocked";
  /** Compressed public key of what is stored; known while it is locked, too. */
  publicKey: string | null;
  avatar: Avatar | null;
  /** Whether a passkey can unlock it. */
  hasPasskey: boolean;
  create(password: string): Promise<void>;
  importKey(key: string, password: string): Promise<void>;
  importKeystore(json: string, password: string): Promise<void>;
  fromWallet(signer: TextSigner, password: string): Promise<void>;
  unlock(password: string): Promise<void>;
  unlockWithPasskey(): Promise<void>;
  /** Lets a passkey of this device unlock the key, too. */
  addPasskey(): Promise<void>;
  /** The encrypted keystore, JSON of version 3. */
  exportKeystore(): string;
  lock(): void;
  /** Forgets the key in this browser. */
  remove(): void;
}

const unwritten = () => Promise.reject(new Error("the keyring is not written yet"));
const snapshot: Keyring = {
  ...{ state: "none", publicKey: null, avatar: null, hasPasskey: false },
  ...{ create: unwritten, importKey: unwritten, importKeystore: unwritten, fromWallet: unwritten },
  ...{ unlock: unwritten, unlockWithPasskey: unwritten, addPasskey: unwritten },
  ...{ exportKeystore: () => "", lock: () => undefined, remove: () => undefined },
};

/** The keyring; follows what other tabs do with it. */
export function useKeyring(): Keyring {
  return useSyncExternalStore(
    () => () => undefined,
    () => snapshot,
  );
}
