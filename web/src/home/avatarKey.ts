import { parsePublicKey } from "@syngraph/sdk/protocol";

import type { Place } from "./place.ts";

/** The compressed public key that a query names, or undefined where it is an identity. */
export function avatarKeyOf(place: Place): string | undefined {
  if (place.platform !== "" && place.platform !== "nextid") return undefined;
  try {
    return parsePublicKey(place.query).compressed;
  } catch {
    return undefined;
  }
}
