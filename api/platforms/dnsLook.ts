import { hash } from "node:crypto";
import { getServers } from "node:dns";

import type { Answer, TxtAnswer } from "dns-packet";

import { type DnsAnswer, type DnsServer, askDns } from "./dnsQuery.ts";
import { CheckError, type DnsLookup, type Facts, type Look } from "./types.ts";

export interface DnsLookOptions {
  /** Comma list of `udp://address:port`; the system's servers where it is undefined. */
  upstream: string | undefined;
  /** Deadline for all tries together, in milliseconds. */
  timeout: number;
}

/** How often each server is asked before the next. */
const TRIES = 2;

/** Longest chain of aliases (CNAME) that is followed within an answer. */
const MAX_ALIASES = 8;

/**
 * Asks DNS servers for TXT records, and notes whether DNSSEC vouches for them. Node's resolver would do but for that: it
 * hides the flags of an answer, and takes the answer of a server that does not validate where one that does found a
 * signature broken.
 */
export function createDnsLook(lookup: DnsLookup, { upstream, timeout }: DnsLookOptions): Look {
  const configured = upstream?.split(",").map(upstreamServer);
  return async (claim) => {
    const name = claim.link.identity;
    const servers = configured ?? getServers().map(systemServer);
    const answer = await askServers(name, servers, AbortSignal.timeout(timeout), timeout);
    const { records, facts } = readAnswer(name, answer);
    const post = lookup.extract(records, claim);
    return {
      post: { ...post, facts: { ...post.facts, ...facts } },
      texts: async () => post.texts.filter((text) => typeof text === "string"),
      answers: [
        {
          source: `dns:${name}?type=TXT`,
          status: answer.flag_ad ? "NOERROR, authentic data" : "NOERROR",
          sha256: hash("sha256", JSON.stringify(records)),
        },
      ],
    };
  };
}

/** The answer of the first server that has one. @throws {CheckError} */
async function askServers(
  name: string,
  servers: readonly DnsServer[],
  deadline: AbortSignal,
  timeout: number,
): Promise<DnsAnswer> {
  const patience = Math.ceil(timeout / (TRIES * servers.length));
  let failure = "no server is known";
  for (const server of servers) {
    for (let attempt = 0; attempt < TRIES && !deadline.aborted; attempt++) {
      const answer = await askDns(server, name, { deadline, patience }).catch((error: Error) => error);
      if (answer instanceof Error) {
        failure = answer.message;
        continue;
      }
      const { rcode } = answer;
      if (rcode === "NOERROR") return answer;
      if (rcode === "NXDOMAIN") throw absent(name);
      failure = rcode;
      if (rcode === "SERVFAIL" && (await isBogus(server, name, deadline, patience))) {
        // Another server might answer, one that does not validate: then whoever forged the records would have won.
        throw unreadable(name, "SERVFAIL: its DNSSEC signatures do not verify");
      }
      break;
    }
  }
  throw unreadable(name, failure);
}

/** Whether a server has the records, and withholds them because DNSSEC says that they are forged (RFC 4035, section 5.5). */
async function isBogus(server: DnsServer, name: string, deadline: AbortSignal, patience: number): Promise<boolean> {
  const unchecked = await askDns(server, name, { deadline, patience, checkingDisabled: true }).catch(() => null);
  return unchecked?.rcode === "NOERROR";
}

function readAnswer(name: string, { answers = [], flag_ad }: DnsAnswer) {
  const owner = ownerOf(name, answers);
  const records = answers
    .filter((record): record is TxtAnswer => record.type === "TXT" && isSame(record.name, owner))
    .map(({ data }) => [data].flat().map(String));
  if (records.length === 0) throw absent(name);
  const signature = answers.find(
    (record) => record.type === "RRSIG" && isSame(record.name, owner) && record.data.typeCovered === "TXT",
  );
  const facts: Facts = {
    // As far as the way to the resolver can be trusted (RFC 4035, section 4.9.3): an operator has it next to the node.
    dnssec: flag_ad,
    ...(isSame(owner, name) ? {} : { owner }),
    // A signature names fewer labels than the owner has where a wildcard was expanded (RFC 4034, section 3.1.3).
    ...(signature?.type === "RRSIG" && signature.data.labels < owner.split(".").length ? { wildcard: true } : {}),
  };
  return { records, facts };
}

/** The name at the end of the aliases that an answer holds. */
function ownerOf(name: string, answers: readonly Answer[]): string {
  let owner = name;
  for (let step = 0; step < MAX_ALIASES; step++) {
    const alias = answers.find((record) => record.type === "CNAME" && isSame(record.name, owner));
    if (alias?.type !== "CNAME") return owner;
    owner = alias.data.toLowerCase();
  }
  throw unreadable(name, "its aliases have no end");
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function absent(name: string): CheckError {
  return new CheckError("medium", `${name} has no TXT record`);
}

function unreadable(name: string, reason: string): CheckError {
  return new CheckError("soft", `the TXT records of ${name} could not be read (${reason})`);
}

function upstreamServer(server: string): DnsServer {
  const url = URL.parse(server.trim());
  if (url?.protocol !== "udp:" || url.hostname === "") {
    throw new Error(`a DNS server must be udp://address:port, and ${JSON.stringify(server)} is not`);
  }
  return { address: url.hostname.replace(/^\[(.*)\]$/, "$1"), port: Number(url.port || 53) };
}

/** As `dns.getServers()` prints them: with brackets and a port only where the port is another one. */
function systemServer(server: string): DnsServer {
  const [, bracketed, v4, port] = /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+)):(\d+)$/.exec(server) ?? [];
  return { address: bracketed ?? v4 ?? server, port: Number(port ?? 53) };
}
