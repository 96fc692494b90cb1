import { SyngraphClient } from "@syngraph/sdk/client";

/** The page waits less long than a program would, in milliseconds. */
const TIMEOUT = 20_000;

/** The API that serves this page. */
const syngraph = { client: new SyngraphClient({ baseUrl: window.location.origin, timeoutMs: TIMEOUT }) };

/** The SDK over the API that serves this page; one for all. */
export function useSyngraph(): typeof syngraph {
  return syngraph;
}
