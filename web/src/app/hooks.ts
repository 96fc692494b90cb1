/** What every page may use. */
export type { Keyring } from "../keyring/keyring.ts";
export { useKeyring } from "../keyring/useKeyring.ts";
export { useWallets } from "../wallet/useWallets.ts";
export type { Wallets } from "../wallet/wallets.ts";
export { navigate, useParam } from "./location.ts";
export { useSyngraph } from "./useSyngraph.ts";
