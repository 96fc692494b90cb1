/** The registry without an API: written to by the user's own wallet, and read from any RPC. */
export type { Eip1193Provider } from "../eip1193.ts";
export {
  type CollectedAttestations,
  type DirectEstimate,
  type DirectOptions,
  DirectRegistry,
  type SignedLink,
} from "./direct.ts";
export type { AvatarReading, ReadBinding, ReadLink } from "./avatarReading.ts";
export { type PricedTransaction, l1FeeOf } from "./l1Fee.ts";
export { type ReaderOptions, RegistryReader, type Rpc, type StoredStatus } from "./reader.ts";
export { type DirectTransaction, type Included, type WaitOptions } from "./transaction.ts";
export type { ChainDescription, WalletOptions } from "./wallet.ts";
