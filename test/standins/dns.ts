import { type Socket as UdpSocket, createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, type Server as TcpServer, type Socket, createServer } from "node:net";

import packet, { type Packet } from "dns-packet";

/** What a DNS server, or something between, does instead of answering. */
export type DnsTrouble =
  | "never answers"
  | "fails"
  | "refuses"
  | "answers with a wrong id"
  | "answers with garbage"
  | "answers another question"
  | "answers with aliases in a ring";

/** A name's TXT records: each a list of character-strings of at most 255 bytes. */
export type TxtRecords = readonly (readonly string[])[];

export interface DnsStandIn {
  /** For UPSTREAM_DNS: `udp://127.0.0.1:port`; the same port takes TCP. */
  upstream: string;
  /** Questions as they came, oldest first. */
  questions: { name: string; type: string; transport: "udp" | "tcp" }[];
  /** Sets a name's TXT records; without any it exists, but has none. */
  publish(name: string, records: TxtRecords): void;
  /** Whether answers say that DNSSEC vouches for them (AD). */
  vouch(authentic: boolean): void;
  /** Makes a name an alias of another (CNAME). */
  alias(name: string, target: string): void;
  /** From now on every question meets this trouble; null ends it. */
  trouble(trouble: DnsTrouble | null): void;
  close(): Promise<void>;
}

const SERVFAIL = 2;
const NXDOMAIN = 3;
const REFUSED = 5;

/** Largest answer over UDP to who named no size (RFC 1035, section 4.2.1). */
const PLAIN_UDP_SIZE = 512;

/** A DNS server for TXT records over UDP and TCP on one loopback port, which also misbehaves on demand. */
export async function startDns(): Promise<DnsStandIn> {
  const records = new Map<string, TxtRecords>();
  const aliases = new Map<string, string>();
  const questions: DnsStandIn["questions"] = [];
  let trouble: DnsTrouble | null = null;
  let authentic = false;

  function answer(query: Packet, transport: "udp" | "tcp"): Packet | null {
    const question = query.questions?.[0];
    if (!question) return null;
    const name = question.name.toLowerCase();
    questions.push({ name, type: question.type, transport });
    const reply = (rcode: number, answers: Packet["answers"] = []): Packet => ({
      type: "response",
      id: query.id!,
      flags: packet.RECURSION_DESIRED | packet.RECURSION_AVAILABLE | (authentic ? packet.AUTHENTIC_DATA : 0) | rcode,
      questions: [question],
      answers,
    });
    if (trouble === "never answers") return null;
    if (trouble === "fails") return reply(SERVFAIL);
    if (trouble === "refuses") return reply(REFUSED);
    const target = aliases.get(name) ?? name;
    const found = records.get(target);
    if (!found) return reply(NXDOMAIN);
    const chain: Packet["answers"] = target === name ? [] : [{ type: "CNAME", name, ttl: 60, data: target }];
    const texts: Packet["answers"] = found.map((data) => ({ type: "TXT", name: target, ttl: 60, data: [...data] }));
    const response = reply(0, [...chain, ...texts]);
    if (trouble === "answers another question") {
      return { ...response, questions: [{ ...question, name: `x${name}` }] };
    }
    if (trouble === "answers with aliases in a ring") return reply(0, [{ type: "CNAME", name, ttl: 60, data: name }]);
    return trouble === "answers with a wrong id" ? { ...response, id: response.id! ^ 1 } : response;
  }

  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    let pending = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const size = 2 + pending.readUInt16BE(0);
        const response = answer(packet.streamDecode(pending.subarray(0, size)), "tcp");
        if (response) socket.write(packet.streamEncode(response));
        pending = pending.subarray(size);
      }
    });
  });
  const udp = createSocket("udp4");
  udp.on("message", (message, { address, port }) => {
    const query = packet.decode(message);
    const response = answer(query, "udp");
    if (response) udp.send(trouble === "answers with garbage" ? Buffer.from("?") : fit(response, query), port, address);
  });
  const port = await listenOnOnePort(tcp, udp);

  return {
    upstream: `udp://127.0.0.1:${port}`,
    questions,
    publish: (name, next) => void records.set(name, next),
    vouch: (next) => void (authentic = next),
    alias: (name, target) => void aliases.set(name, target),
    trouble: (next) => void (trouble = next),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all([
        new Promise((resolve) => tcp.close(resolve)),
        new Promise<void>((resolve) => udp.close(resolve)),
      ]);
    },
  };
}

/** The encoded answer, or an empty one with TC where it does not fit into what the asker takes (RFC 6891). */
function fit(response: Packet, query: Packet): Buffer {
  const encoded = packet.encode(response);
  const opt = query.additionals?.find((record) => record.type === "OPT");
  const size = opt?.type === "OPT" ? Math.max(opt.udpPayloadSize, PLAIN_UDP_SIZE) : PLAIN_UDP_SIZE;
  if (encoded.length <= size) return encoded;
  return packet.encode({ ...response, flags: response.flags! | packet.TRUNCATED_RESPONSE, answers: [] });
}

/** The system gives TCP a free port; where UDP's of the same number is taken, the next is tried. */
async function listenOnOnePort(tcp: TcpServer, udp: UdpSocket): Promise<number> {
  for (;;) {
    tcp.listen(0, "127.0.0.1");
    await once(tcp, "listening");
    const { port } = tcp.address() as AddressInfo;
    try {
      udp.bind(port, "127.0.0.1");
      await once(udp, "listening");
      return port;
    } catch {
      await new Promise((resolve) => tcp.close(resolve));
    }
  }
}
