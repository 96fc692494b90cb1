import { useSyncExternalStore } from "react";

import { localStore } from "./storage.ts";

/** The themes to choose from; `system` follows the device. */
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** Read by `public/theme.js`, too, before anything is painted. */
const STORED = "syngraph.theme";

const listeners = new Set<() => void>();
// Another tab has chosen.
window.addEventListener("storage", ({ key }) => {
  if (key === STORED || key === null) apply();
});

function stored(): Theme {
  const theme = localStore.getItem(STORED);
  return THEMES.find((known) => known === theme) ?? "system";
}

function apply(): void {
  const theme = stored();
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const listener of listeners) listener();
}

/** The chosen theme, and how to choose another. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const theme = useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, stored);
  return [
    theme,
    (chosen) => {
      localStore.setItem(STORED, chosen);
      apply();
    },
  ];
}
