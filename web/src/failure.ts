import { type ApiErrorCode, SyngraphError } from "@syngraph/sdk/client";

const TITLES: Readonly<Record<ApiErrorCode, string>> = {
  network: "The API cannot be reached.",
  timeout: "The API does not answer.",
  aborted: "The request was given up.",
  not_found: "The API does not know this.",
  rate_limited: "Too many requests; wait a moment.",
  refused: "The API refused the request.",
  server: "The API failed.",
  bad_reply: "The API’s answer cannot be read.",
};

/** What to tell the reader of an error that a request ended with. */
export function describeFailure(error: unknown): { title: string; detail: string } {
  if (error instanceof SyngraphError) return { title: TITLES[error.code as ApiErrorCode], detail: error.message };
  return { title: TITLES.bad_reply, detail: error instanceof Error ? error.message : "" };
}
