import { Syngraph } from "@syngraph/sdk";

import { TIMEOUT } from "./client.ts";

let syngraph: Syngraph | undefined;

/** The SDK over the API that serves this page; one for all. Made when first asked for: importing this costs nothing. */
export function useSyngraph(): Syngraph {
  return (syngraph ??= new Syngraph({ api: window.location.origin, timeoutMs: TIMEOUT }));
}
