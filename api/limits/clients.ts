import ipaddr from "ipaddr.js";

/**
 * What a client is counted as: its IPv4 address, or the /64 of its IPv6 address, since that is what one household or one
 * rented machine gets (RFC 6177).
 *
 * @param address as Node has it, for example `::ffff:192.0.2.1`; anything else is counted as one.
 */
export function clientOf(address: string | undefined): string {
  if (address === undefined || !ipaddr.isValid(address)) return "unknown";
  const ip = ipaddr.process(address);
  if (ip.kind() === "ipv4") return ip.toString();
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${ip.toNormalizedString().replace(/%.*$/, "")}/64`);
  return `${network.toString()}/64`;
}
