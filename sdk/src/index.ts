/**
 * Syngraph for applications: avatars, bindings step by step, and everything that can be looked up. For browsers and Node; the
 * API's calls one by one are in `@syngraph/sdk/client`, what is signed and hashed in `@syngraph/sdk/protocol`.
 */
export {
  Avatar,
  type EthersSigner,
  type FromWalletOptions,
  type KeystoreOptions,
  type PasskeyKeystore,
  type PasskeyOptions,
  type TextSigner,
  keystorePublicKey,
  readPasskeyKeystore,
  walletError,
  walletKeyText,
  walletSigner,
} from "./avatar/index.ts";
export {
  Binding,
  type BindingOptions,
  type BindingSnapshot,
  type BindingStep,
  type Check,
  type CosignOptions,
  type CosignStep,
  type DoneStep,
  type PendingStep,
  type Post,
  type PublishStep,
  type RefusedStep,
  type SubmitStep,
  type WaitOptions,
  composeHref,
  identityForms,
  languagesOf,
} from "./binding/index.ts";
export {
  type AvatarReading,
  type ChainDescription,
  type DirectEstimate,
  type DirectOptions,
  DirectRegistry,
  type DirectTransaction,
  type ReadBinding,
  type ReadLink,
  type ReaderOptions,
  RegistryReader,
  type SignedLink,
  type StoredStatus,
  type WalletOptions,
} from "./chain/index.ts";
export * from "./client/index.ts";
export type { Eip1193Provider } from "./eip1193.ts";
export {
  ContractError,
  InputError,
  KeystoreError,
  type KeystoreErrorCode,
  TrustError,
  WalletError,
  type WalletErrorCode,
} from "./errors.ts";
export {
  type IdTokenOptions,
  Session,
  type SignInMessage,
  type SignInOptions,
  type Signer,
  signInMessage,
} from "./session.ts";
export {
  type AuthorizeOptions,
  type PasskeySubkey,
  type SubkeyChange,
  type SubkeySigner,
  accountSubkey,
  createPasskeySubkey,
  passkeySubkey,
  webCryptoSubkey,
} from "./subkeys.ts";
export * from "./syngraph.ts";
