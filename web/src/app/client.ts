import { SyngraphClient } from "@syngraph/sdk/client";

/** The page waits less long than a program would, in milliseconds. */
export const TIMEOUT = 20_000;

/** The API that serves this page. For pages that only read, which need not load what signs: `useSyngraph` for the others. */
export const client = new SyngraphClient({ baseUrl: window.location.origin, timeoutMs: TIMEOUT });
