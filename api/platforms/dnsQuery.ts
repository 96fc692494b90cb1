import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { connect, isIPv6 } from "node:net";

import packet, { type DecodedPacket } from "dns-packet";

/** Where a DNS server listens, over UDP and TCP. */
export interface DnsServer {
  address: string;
  port: number;
}

export interface DnsQueryOptions {
  deadline: AbortSignal;
  /** How long an answer is waited for, in milliseconds. */
  patience: number;
  /** Asks for what DNSSEC says is forged too (CD, RFC 4035, section 3.2.2). */
  checkingDisabled?: boolean;
}

/** An answer with the code of its outcome, for example NOERROR, which the library's types leave out. */
export interface DnsAnswer extends DecodedPacket {
  rcode: string;
}

/** A size that no network path of today breaks into fragments (https://dnsflagday.net/2020/). */
const UDP_SIZE = 1232;

/**
 * Asks one server for the TXT records of a name: over UDP, and over TCP where the answer is truncated (RFC 7766). Whatever
 * is no answer to this very question is passed over until the time is up.
 */
export async function askDns(server: DnsServer, name: string, options: DnsQueryOptions): Promise<DnsAnswer> {
  const query = newQuery(name, options.checkingDisabled ?? false);
  const signal = AbortSignal.any([options.deadline, AbortSignal.timeout(options.patience)]);
  const answer = await overUdp(server, query, signal);
  return answer.flag_tc ? overTcp(server, query, signal) : answer;
}

interface Query {
  id: number;
  name: string;
  packet: packet.Packet;
}

function newQuery(name: string, checkingDisabled: boolean): Query {
  // Together with the port of a new socket, which the system chooses, too much for a forger to guess (RFC 5452).
  const id = randomInt(0x1_0000);
  const checking = checkingDisabled ? packet.CHECKING_DISABLED : 0;
  return {
    id,
    name,
    packet: {
      type: "query",
      id,
      // AD asks for the AD flag (RFC 6840, section 5.7); older resolvers set it only where DO asks for signatures too.
      flags: packet.RECURSION_DESIRED | packet.AUTHENTIC_DATA | checking,
      questions: [{ type: "TXT", class: "IN", name }],
      additionals: [
        {
          type: "OPT",
          name: ".",
          udpPayloadSize: UDP_SIZE,
          extendedRcode: 0,
          ednsVersion: 0,
          flags: packet.DNSSEC_OK,
          flag_do: true,
          options: [],
        },
      ],
    },
  };
}

/** The answer that a message is; null where it is none to this query. */
function answerTo(query: Query, message: Buffer): DnsAnswer | null {
  try {
    const answer = packet.decode(message) as DnsAnswer;
    const [question, ...more] = answer.questions ?? [];
    const isOurs =
      answer.type === "response" &&
      answer.id === query.id &&
      more.length === 0 &&
      question?.type === "TXT" &&
      question.name.toLowerCase() === query.name;
    return isOurs ? answer : null;
  } catch {
    return null;
  }
}

function overUdp({ address, port }: DnsServer, query: Query, signal: AbortSignal): Promise<DnsAnswer> {
  const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
  return new Promise<DnsAnswer>((resolve, reject) => {
    onAbort(signal, () => reject(new Error("no answer in time")));
    socket.on("error", reject);
    socket.on("message", (message) => {
      const answer = answerTo(query, message);
      if (answer) resolve(answer);
    });
    // A connected socket takes messages of this address and port only.
    socket.connect(port, address, () => socket.send(packet.encode(query.packet)));
  }).finally(() => socket.close());
}

function overTcp({ address, port }: DnsServer, query: Query, signal: AbortSignal): Promise<DnsAnswer> {
  const socket = connect(port, address);
  return new Promise<DnsAnswer>((resolve, reject) => {
    onAbort(signal, () => reject(new Error("no answer in time")));
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the connection ended before the answer did")));
    let received = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      // Two bytes of length come first (RFC 1035, section 4.2.2), so there is never more than 64 KiB to keep.
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const answer = answerTo(query, received.subarray(2, 2 + received.readUInt16BE(0)));
      if (answer) resolve(answer);
      else reject(new Error("an answer to another question"));
    });
    socket.write(packet.streamEncode(query.packet));
  }).finally(() => socket.destroy());
}

function onAbort(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener("abort", act, { once: true });
}
