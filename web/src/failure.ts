import { SyngraphError, type SyngraphErrorCode } from "@syngraph/sdk/client";

/** What to tell the reader of an error: a key of the namespace `errors`, and what the error itself says, in English. */
export function describeFailure(error: unknown): { code: SyngraphErrorCode | "page" | "unknown"; detail: string } {
  if (error instanceof SyngraphError) return { code: error.code, detail: error.message };
  // What `import()` of a chunk throws; browsers word it in their own ways.
  if (error instanceof TypeError && /module/i.test(error.message)) return { code: "page", detail: "" };
  return { code: "unknown", detail: error instanceof Error ? error.message : "" };
}
