import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PATH, startDaemon } from "./daemon.ts";

export interface Zone {
  name: string;
  /** Lines of its zone file (RFC 1035, section 5), relative to the zone. */
  records: readonly string[];
  /** Signs it (RFC 4035, section 2) by keys made for it. */
  signed?: boolean;
  /** Changes the zone file once it is signed, as somebody between would change an answer. */
  tamper?: (file: string) => string;
}

/** A running BIND. */
export interface Bind {
  /** For UPSTREAM_DNS. */
  upstream: string;
  port: number;
  /** DNSKEY records of the signed zones' key-signing keys, for a validating resolver to trust. */
  anchors: readonly string[];
  close(): Promise<void>;
}

/** Starts BIND 9 on a free loopback port, authoritative for the zones. All its files are in a temporary folder. */
export async function startBind(zones: readonly Zone[]): Promise<Bind> {
  const folder = mkdtempSync(join(tmpdir(), "bind-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const anchors = zones.flatMap((zone) => writeZone(folder, zone));
    const { port, close } = await startDaemon({
      command: "named",
      args: ["-g", "-n", "1", "-c", join(folder, "named.conf")],
      configure: (at) => writeFileSync(join(folder, "named.conf"), configuration(folder, zones, at)),
      ready: / running\n/,
      taken: /could not listen/,
    });
    return { upstream: `udp://127.0.0.1:${port}`, port, anchors, close: () => close().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Writes a zone file, and gives the anchor of a signed one. */
function writeZone(folder: string, { name, records, signed = false, tamper = (file) => file }: Zone): string[] {
  const file = join(folder, name);
  const start = [`@ IN SOA ns.${name}. hostmaster.${name}. ( 1 3600 600 86400 60 )`, "@ IN NS ns", "ns IN A 127.0.0.1"];
  writeFileSync(file, ["$TTL 60", ...start, ...records, ""].join("\n"));
  if (!signed) return [];
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: folder, encoding: "utf8", env: { ...process.env, PATH }, stdio: "pipe" });
  const newKey = (...flags: string[]) => run("dnssec-keygen", "-a", "ECDSAP256SHA256", ...flags, name).trim();
  const anchor = newKey("-f", "KSK");
  newKey();
  run("dnssec-signzone", "-S", "-o", name, "-f", `${file}.signed`, file);
  writeFileSync(file, tamper(readFileSync(`${file}.signed`, "utf8")));
  const key = readFileSync(join(folder, `${anchor}.key`), "utf8");
  return key.split("\n").filter((line) => /\bDNSKEY\b/.test(line) && !line.startsWith(";"));
}

function configuration(folder: string, zones: readonly Zone[], port: number): string {
  return `
options {
  directory "${folder}";
  pid-file none;
  lock-file none;
  session-keyfile "${folder}/session.key";
  managed-keys-directory "${folder}";
  listen-on port ${port} { 127.0.0.1; };
  listen-on-v6 { none; };
  recursion no;
  dnssec-validation no;
  notify no;
  empty-zones-enable no;
};
controls { };
${zones.map(({ name }) => `zone "${name}" { type primary; file "${name}"; };`).join("\n")}
`;
}
