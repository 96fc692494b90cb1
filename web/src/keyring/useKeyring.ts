import { useSyncExternalStore } from "react";

import type { Keyring } from "./keyring.ts";
import { current, subscribe } from "./store.ts";

/** The keyring; follows what other tabs do with it. */
export function useKeyring(): Keyring {
  return useSyncExternalStore(subscribe, current);
}
