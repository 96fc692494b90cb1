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
    try {
      const post = lookup.extract(await resolver.resolveTxt(name), claim);
      return { post, texts: async () => post.texts.filter((text) => typeof text === "string") };
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? String(error);
      if (ABSENT.has(code)) throw new CheckError("medium", `${name} has no TXT record`, { cause: error });
      throw new CheckError("soft", `the TXT records of ${name} could not be read (${code})`, { cause: error });
    } finally {
      clearTimeout(deadline);
    }
  };
}

function serverAddress(server: string): string {
  const url = URL.parse(server.trim());
  if (url?.protocol !== "udp:" || url.hostname === "") {
    throw new Error(`a DNS server must be udp://address:port, and ${JSON.stringify(server)} is not`);
  }
  return url.port === "" ? url.hostname : `${url.hostname}:${url.port}`;
}
