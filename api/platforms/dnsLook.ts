import { hash } from "node:crypto";
import { Resolver } from "node:dns/promises";

import { CheckError, type DnsLookup, type Look } from "./types.ts";

export interface DnsLookOptions {
  /** Comma list of `udp://address:port`; the system's servers where it is undefined. */
  upstream: string | undefined;
  /** Deadline for all tries together, in milliseconds. */
  timeout: number;
}

/** How often each server is asked before the next. */
const TRIES = 2;

/** What says that the name, or a TXT record at it, does not exist (RFC 2308); anything else is the server's trouble. */
const ABSENT = new Set(["ENOTFOUND", "ENODATA"]);

/** Asks DNS servers over UDP, and over TCP where an answer is truncated (RFC 1035, section 4.2). */
export function createDnsLook(lookup: DnsLookup, { upstream, timeout }: DnsLookOptions): Look {
  const servers = upstream?.split(",").map(serverAddress);
  return async (claim) => {
    const name = claim.link.identity;
    // One resolver a question: it can be cancelled alone, and keeps no cache.
    const resolver = new Resolver({ timeout: Math.ceil(timeout / (2 * TRIES)), tries: TRIES });
    if (servers) resolver.setServers(servers);
    const deadline = setTimeout(() => resolver.cancel(), timeout);
    const records = await resolver
      .resolveTxt(name)
      .catch((error: NodeJS.ErrnoException) => {
        throw asCheckError(error, name);
      })
      .finally(() => clearTimeout(deadline));
    const post = lookup.extract(records, claim);
    const sha256 = hash("sha256", JSON.stringify(records));
    return {
      post,
      texts: async () => post.texts.filter((text) => typeof text === "string"),
      answers: [{ source: `dns:${name}?type=TXT`, status: "NOERROR", sha256 }],
    };
  };
}

function asCheckError(error: NodeJS.ErrnoException, name: string): CheckError {
  const code = error.code ?? error.message;
  return ABSENT.has(code)
    ? new CheckError("medium", `${name} has no TXT record`, { cause: error })
    : new CheckError("soft", `the TXT records of ${name} could not be read (${code})`, { cause: error });
}

function serverAddress(server: string): string {
  const url = URL.parse(server.trim());
  if (url?.protocol !== "udp:" || url.hostname === "") {
    throw new Error(`a DNS server must be udp://address:port, and ${JSON.stringify(server)} is not`);
  }
  return url.port === "" ? url.hostname : `${url.hostname}:${url.port}`;
}
