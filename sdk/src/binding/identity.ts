import { ensNormalize, getAddress } from "ethers";

import { parsePublicKey, parseSolanaAddress } from "../protocol/index.ts";

/**
 * The forms in which a platform may sign what was typed: what a server proposes has to be one of them. Empty where it can be
 * no identity there.
 */
export function identityForms(platform: string, typed: string): string[] {
  const trimmed = typed.trim();
  try {
    return [...new Set(formsOf(platform, trimmed))].filter((form) => form !== "");
  } catch {
    return [];
  }
}

function formsOf(platform: string, typed: string): string[] {
  const bare = typed.replace(/^@/, "");
  switch (platform) {
    case "ethereum":
      return [getAddress(bare).toLowerCase()];
    case "nextid":
      return [parsePublicKey(bare).compressed];
    case "solana":
      return parseSolanaAddress(typed).length > 0 ? [typed] : [];
    case "dns":
      return [hostOf(typed.replace(/^(?:https?:\/\/|dns:)/, "").replace(/\/$/, ""))];
    case "ens":
      return [ensNormalize(typed)];
    case "activitypub":
      return accountForms(typed);
    case "github":
      return [loginOf(lastSegment(bare).toLowerCase())];
    default:
      return [lastSegment(bare), bare, typed].flatMap((form) => [form, form.toLowerCase(), form.replace(/#0$/, "")]);
  }
}

/** A GitHub login, of managed users also with the underscore of their enterprise; empty for what is none. */
function loginOf(name: string): string {
  return /^[a-z0-9][a-z0-9_-]{0,38}$/.test(name) ? name : "";
}

/** Of a profile's address what names the account, else the text itself. */
function lastSegment(typed: string): string {
  const [, path] = /^(?:https?:\/\/)?[a-z0-9-]+(?:\.[a-z0-9-]+)+\/([^?#]*)/i.exec(typed) ?? [];
  return (
    path
      ?.split("/")
      .findLast((segment) => segment !== "")
      ?.replace(/^@/, "") ?? typed
  );
}

/** `user@host` (RFC 7565) of that, with `acct:` or `@` in front, or of a profile's address. */
function accountForms(typed: string): string[] {
  const bare = typed.replace(/^(?:acct:|@)/, "");
  const [, site, ofSite] = /^(?:https?:\/\/)?([^/@]+)\/@([^/@]+)\/?$/.exec(bare) ?? [];
  const [user = "", host = ""] = site === undefined ? bare.split("@") : [ofSite, site];
  return [`${user.toLowerCase()}@${hostOf(host)}`];
}

/** A host name in A-labels and lower case, as URLs have it (WHATWG); empty for what is none. */
function hostOf(typed: string): string {
  const name = typed.replace(/\.$/, "");
  // What a URL's parser would take for something else than a host, or decode.
  if (/[\s/?#@:\\%[\]]/.test(name)) return "";
  return URL.parse(`http://${name}/`)?.hostname ?? "";
}
