import type { LookupAddress } from "node:dns";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import { type AddressInfo, Socket, type TcpNetConnectOpts, createServer as createTcpServer, isIP } from "node:net";
import { type TLSSocket, createServer as createTlsServer } from "node:tls";

import type { Network } from "../../api/platforms/fetcher.ts";
import { CERTIFICATE } from "./certificate.ts";

/** Serves one request. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** The addresses that a name has, by how often it was asked for before. */
export type Addresses = (asked: number) => readonly string[];

/** A public address, at which nobody is asked: every connection ends at this stand-in. */
export const PUBLIC = "93.184.215.14";

/** An internet of one's own, in which every address and every name leads to one process, which counts who dials what. */
export interface HostileNetwork {
  network: Network;
  /** Addresses as they were dialled, in order. */
  dialled: string[];
  /** Requests as they came: `https://host/path`. */
  requests: { url: string; headers: IncomingMessage["headers"] }[];
  /** Gives a name addresses. */
  name(host: string, addresses: readonly string[] | Addresses): void;
  /** Serves HTTP under a name with a public address. */
  serve(host: string, handler: Handler): void;
  /** Serves what is no HTTP, after the handshake of TLS. */
  serveRaw(host: string, handler: (socket: TLSSocket) => void): void;
  /** Accepts connections to this name, and says nothing. */
  silence(host: string): void;
  close(): Promise<void>;
}

export async function startHostileNetwork(): Promise<HostileNetwork> {
  const names = new Map<string, Addresses>();
  const asked = new Map<string, number>();
  const handlers = new Map<string, Handler>();
  const raw = new Map<string, (socket: TLSSocket) => void>();
  const silent = new Set<string>();
  const sockets = new Set<Socket>();
  const dialled: string[] = [];
  const requests: HostileNetwork["requests"] = [];

  const http = createServer((request, response) => {
    const host = request.headers.host ?? "";
    requests.push({ url: `https://${host}${request.url}`, headers: request.headers });
    // One connection a request, so that every one is dialled.
    response.setHeader("connection", "close");
    const handler = handlers.get(host) ?? ((_request, reply: ServerResponse) => reply.end("reached"));
    handler(request, response);
  });
  const tls = createTlsServer(CERTIFICATE, (socket) => {
    socket.on("error", () => socket.destroy());
    const handler = raw.get(String(socket.servername));
    if (handler) handler(socket);
    else http.emit("connection", socket);
  });
  const tcp = createTcpServer();
  for (const server of [tls, tcp]) {
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  }

  const lookup: Network["lookup"] = (host, _options, done) => {
    const count = asked.get(host) ?? 0;
    asked.set(host, count + 1);
    const found = names.get(host)?.(count);
    if (!found) return done(Object.assign(new Error(`queryA ENOTFOUND ${host}`), { code: "ENOTFOUND" }), []);
    return done(
      null,
      found.map((address): LookupAddress => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };

  /** As net.connect does: an address is dialled as it is, a name after its lookup. */
  function connect({ host = "", lookup: find = lookup }: TcpNetConnectOpts): Socket {
    const socket = new Socket();
    const dial = (address: string) => {
      dialled.push(address);
      socket.connect(((silent.has(host) ? tcp : tls).address() as AddressInfo).port, "127.0.0.1");
    };
    if (isIP(host)) dial(host);
    else {
      find(host, { all: true }, (error, found) => {
        if (error) socket.destroy(error);
        else dial((found as LookupAddress[])[0]!.address);
      });
    }
    return socket;
  }

  const name = (host: string, addresses: readonly string[] | Addresses) =>
    void names.set(host, typeof addresses === "function" ? addresses : () => addresses);
  return {
    network: { lookup, connect, ca: CERTIFICATE.cert },
    dialled,
    requests,
    name,
    serve: (host, handler) => {
      name(host, [PUBLIC]);
      handlers.set(host, handler);
    },
    serveRaw: (host, handler) => {
      name(host, [PUBLIC]);
      raw.set(host, handler);
    },
    silence: (host) => {
      name(host, [PUBLIC]);
      silent.add(host);
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all([tls, tcp].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}
