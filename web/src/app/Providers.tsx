import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";

/** What every page uses. Keyring, wallets and the SDK are stores of their own (`useKeyring`, `useWallets`, `useSyngraph`). */
export function Providers({ children }: { children: ReactNode }) {
  const [queries] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: {
            // An honest error and "Try again" instead of a long silence.
            retry: false,
            networkMode: "always",
            staleTime: 10_000,
            refetchOnWindowFocus: false,
          },
          // What one was called with may be a password, or hold one: it is forgotten with its form.
          mutations: { networkMode: "always", gcTime: 0 },
        },
      }),
  );
  return <QueryClientProvider client={queries}>{children}</QueryClientProvider>;
}
