import type { LookupAddress } from "node:dns";
import { Resolver } from "node:dns/promises";
import type { LookupFunction } from "node:net";

import ipaddr from "ipaddr.js";

/** A host that is, or leads to, an address that is not public. */
export class AddressError extends Error {
  override readonly name = "AddressError";
}

/** All of IPv6 that is given out to the public internet (RFC 4291, section 2.4; IANA's IPv6 address space). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Whether an address belongs to one host of the public internet, by IANA's registries of special addresses (RFC 6890). An
 * IPv4 address within an IPv6 one (mapped, NAT64, 6to4, Teredo) counts as none.
 */
function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address) || address.includes("%")) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== "unicast") return false;
  return parsed.kind() === "ipv4" || (parsed as ipaddr.IPv6).match(GLOBAL_UNICAST);
}

/**
 * A lookup for `net.connect` that fails unless every address of the name is public: the connection is made to one of these
 * very addresses, so that a name cannot resolve to another one in between.
 */
export function guardLookup(lookup: LookupFunction): LookupFunction {
  return (name, options, callback) =>
    lookup(name, { ...options, all: true }, (error, found) => {
      const addresses = error ? [] : (found as LookupAddress[]);
      const refusal = error ?? refusalOf(name, addresses);
      if (refusal) callback(refusal, []);
      else if (options.all) callback(null, addresses);
      else callback(null, addresses[0]!.address, addresses[0]!.family);
    });
}

function refusalOf(name: string, addresses: readonly LookupAddress[]): Error | null {
  const foreign = addresses.find(({ address }) => !isPublicAddress(address));
  if (foreign) return new AddressError(`${name} leads to ${foreign.address}, which is no public address`);
  return addresses.length === 0 ? new AddressError(`${name} has no address`) : null;
}

/** How long a name server may take for one try, in milliseconds. */
const LOOKUP_TIMEOUT = 2000;

/**
 * Asks the name servers themselves. The system's own lookup would occupy one of a few threads for as long as a stranger's
 * name server likes, and would know the names of /etc/hosts.
 */
export const publicLookup: LookupFunction = (name, _options, callback) => {
  const resolver = new Resolver({ timeout: LOOKUP_TIMEOUT, tries: 2 });
  const questions = [resolver.resolve4(name), resolver.resolve6(name)];
  void Promise.allSettled(questions).then((answers) => {
    const [four, six] = answers.map((answer) => (answer.status === "fulfilled" ? answer.value : []));
    const addresses = [
      ...four!.map((address) => ({ address, family: 4 })),
      ...six!.map((address) => ({ address, family: 6 })),
    ];
    const failure = answers.find((answer) => answer.status === "rejected");
    callback(addresses.length === 0 ? (failure?.reason as NodeJS.ErrnoException) : null, addresses);
  });
};
