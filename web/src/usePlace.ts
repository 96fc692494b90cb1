import { useMemo, useSyncExternalStore } from "react";

import { type Place, parsePlace } from "./place.ts";

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("popstate", listener);
  };
}

/** The place that the address bar names now; follows {@link navigate} and the browser's back and forward. */
export function usePlace(): Place {
  const search = useSyncExternalStore(subscribe, () => window.location.search);
  return useMemo(() => parsePlace(search), [search]);
}

/** Goes to an address of this page without loading it anew. */
export function navigate(href: string): void {
  const here = window.location.pathname + window.location.search;
  if (href !== here) window.history.pushState(null, "", href);
  window.scrollTo(0, 0);
  for (const listener of listeners) listener();
}
