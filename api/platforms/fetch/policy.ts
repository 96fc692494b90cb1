import { isIP } from "node:net";

import { CheckError } from "../types.ts";

/** What may be asked for one platform. */
export interface Policy {
  /** Set by the operator: never refused. */
  trustedOrigins: readonly string[];
  /** The platform's own; where it is undefined, any public host may be asked. */
  origins: readonly string[] | undefined;
}

/** @throws {CheckError} unless a URL may be asked, as far as it can be told before its name is looked up. */
export function assertAllowed(url: URL, { trustedOrigins, origins }: Policy): void {
  if (trustedOrigins.includes(url.origin)) return;
  const refusal = refusalOf(url);
  if (refusal !== null) throw new CheckError("soft", `${shown(url)} could not be asked: ${refusal}`);
  if (origins && !origins.includes(url.origin)) {
    throw new CheckError("soft", `${shown(url)} could not be asked: it is none of the platform's hosts`);
  }
}

/** Whether an origin may be asked by anybody, as far as its name tells. */
export function isPublicOrigin(origin: string): boolean {
  const url = URL.parse(origin);
  return url !== null && refusalOf(url) === null;
}

function refusalOf(url: URL): string | null {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (url.protocol !== "https:") return "only https is spoken";
  if (url.username !== "" || url.password !== "") return "no credentials may stand in an address";
  if (url.port !== "") return "only the standard port is asked";
  if (isIP(host) !== 0) return "only names are asked, no addresses";
  // A single label is a name of the local network.
  if (!/^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/.test(host))
    return "it is no public name";
  return null;
}

/** Whether two hosts are of one owner as far as their names tell: the same, or one below the other. */
export function isSameSite(one: URL, other: URL): boolean {
  return below(one.hostname, other.hostname) || below(other.hostname, one.hostname);
}

function below(name: string, parent: string): boolean {
  return name === parent || name.endsWith(`.${parent}`);
}

/** Without credentials, which must not reach a log. */
function shown(url: URL): string {
  return url.host === "" ? `${url.protocol} address` : url.host;
}
