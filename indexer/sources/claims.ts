import type { End } from "./edges.ts";

/** What holders of names say of accounts elsewhere, by the key of the text record (ENSIP-5). */
const CLAIMS: Readonly<Record<string, { platform: string; handle: RegExp }>> = {
  "com.twitter": {
    platform: "twitter",
    handle: /^(?:https?:\/\/(?:www\.|mobile\.)?(?:twitter|x)\.com\/)?@?([a-z0-9_]{1,15})\/?$/,
  },
  "com.github": {
    platform: "github",
    handle: /^(?:https?:\/\/(?:www\.)?github\.com\/)?@?([a-z0-9][a-z0-9_-]{0,38})\/?$/,
  },
  "org.telegram": {
    platform: "telegram",
    handle: /^(?:https?:\/\/t\.me\/)?@?([a-z][a-z0-9_]{3,31})\/?$/,
  },
  "com.discord": { platform: "discord", handle: /^@?([a-z0-9_.]{2,32})$/ },
  "io.keybase": { platform: "keybase", handle: /^(?:https?:\/\/keybase\.io\/)?@?([a-z0-9_]{2,16})\/?$/ },
};

/** The keys whose texts may name an account. */
export const CLAIM_KEYS = Object.keys(CLAIMS);

/** The account that a text record names, in its platform's normal form; null where it names none. */
export function claimOf(key: string, text: string | undefined): End | null {
  const { platform, handle } = CLAIMS[key]!;
  const identity = text === undefined ? undefined : handle.exec(text.trim().toLowerCase())?.[1];
  return identity === undefined ? null : { platform, identity };
}
