import { useSyncExternalStore } from "react";

import { current, subscribe } from "./store.ts";
import type { Wallets } from "./wallets.ts";

/** The wallets of this browser and the one that is connected; follows its account and chain. */
export function useWallets(): Wallets {
  return useSyncExternalStore(subscribe, current);
}
