export * from "./avatar.ts";
export { type FromWalletOptions, walletKeyText } from "./derive.ts";
export { type KeystoreOptions, keystorePublicKey } from "./keystore.ts";
export { type PasskeyKeystore, readPasskeyKeystore } from "./passkey.ts";
export type { PasskeyOptions } from "./webAuthn.ts";
export { type EthersSigner, type TextSigner, textSignerOf, walletError, walletSigner } from "./textSigner.ts";
