import type { TrustError } from "../errors.ts";

/**
 * What a server sent as the text of a JSON object.
 *
 * @param refusal makes the error of a reason, where it is none.
 */
export function jsonObject(json: string, refusal: (why: string) => TrustError): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw refusal("it is no JSON object");
}
