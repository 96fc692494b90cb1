export * from "./avatar.ts";
export { type FromWalletOptions, walletKeyText } from "./derive.ts";
export { type KeystoreOptions, keystorePublicKey } from "./keystore.ts";
export { type PasskeyKeystore, type PasskeyOptions, readPasskeyKeystore } from "./passkey.ts";
export { type EthersSigner, type TextSigner, textSignerOf, walletError, walletSigner } from "./textSigner.ts";
