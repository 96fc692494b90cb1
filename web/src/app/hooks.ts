/** What every page may use. */
export { type Keyring, useKeyring } from "../keyring/useKeyring.ts";
export { type Wallets, useWallets } from "../wallet/useWallets.ts";
export { navigate, useParam } from "./location.ts";
export { useSyngraph } from "./useSyngraph.ts";
