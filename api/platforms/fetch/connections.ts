import { type LookupFunction, type Socket, type TcpNetConnectOpts, connect as connectTcp, isIP } from "node:net";

import { Agent, buildConnector } from "undici";

import { AddressError, guardLookup, publicLookup } from "./addresses.ts";

/** What connections are made with. Tests bring their own; nothing in the environment changes it. */
export interface Network {
  /** Finds the addresses of a name; what it finds is checked. */
  lookup: LookupFunction;
  /** Dials an address that `options.lookup` finds. */
  connect: (options: TcpNetConnectOpts) => Socket;
  /** Certificates to trust instead of the public ones. */
  ca?: string;
}

const INTERNET: Network = { lookup: publicLookup, connect: connectTcp };

export interface ConnectionLimits {
  /** For a connection to be made, in milliseconds. */
  timeout: number;
  /** Largest body, as it comes over the wire. */
  maxBytes: number;
}

/** Largest head of an answer, in bytes. */
const MAX_HEAD_BYTES = 16 * 1024;

/** How long a connection is kept for the next request, in milliseconds. */
const KEEP_ALIVE = 2000;

/** Connections to wherever the operator says, private and plain as it may be. */
export function trustedConnections(limits: ConnectionLimits): Agent {
  return new Agent({ ...settings(limits), connect: { timeout: limits.timeout, allowH2: false } });
}

/** Connections by TLS to public addresses only, checked for each connection that is made. */
export function guardedConnections(limits: ConnectionLimits, network: Network = INTERNET): Agent {
  const { timeout } = limits;
  const secure = buildConnector({ timeout, allowH2: false, ...(network.ca === undefined ? {} : { ca: network.ca }) });
  const lookup = guardLookup(network.lookup);
  return new Agent({
    ...settings(limits),
    connect: (options, done) => {
      const { hostname: host, protocol, port } = options;
      // An address in place of a name would never reach the lookup.
      if (protocol !== "https:" || isIP(host.replace(/^\[|\]$/g, "")) !== 0) {
        done(new AddressError(`${protocol}//${host} is not asked: only names, and only by https`), null);
        return;
      }
      const socket = network.connect({ host, port: Number(port || 443), lookup });
      const late = setTimeout(() => socket.destroy(new Error("the connection was not made in time")), timeout);
      const fail = (error: Error) => {
        clearTimeout(late);
        done(error, null);
      };
      socket.once("error", fail).once("connect", () => {
        clearTimeout(late);
        socket.off("error", fail);
        secure({ ...options, httpSocket: socket }, done);
      });
    },
  });
}

function settings({ maxBytes }: ConnectionLimits): Agent.Options {
  return {
    allowH2: false,
    // Each look has one deadline for everything.
    ...{ headersTimeout: 0, bodyTimeout: 0 },
    maxHeaderSize: MAX_HEAD_BYTES,
    maxResponseSize: maxBytes,
    // An answer may ask for more.
    ...{ keepAliveTimeout: KEEP_ALIVE, keepAliveMaxTimeout: KEEP_ALIVE },
  };
}
