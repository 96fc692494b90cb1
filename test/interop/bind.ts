import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A running BIND with one zone. */
export interface Bind {
  /** For UPSTREAM_DNS. */
  upstream: string;
  close(): Promise<void>;
}

/**
 * Starts BIND 9 in the foreground on a free loopback port, authoritative for one zone. `records` are lines of its zone
 * file (RFC 1035, section 5), relative to the zone. All its files are in a temporary folder.
 */
export async function startBind(zone: string, records: readonly string[]): Promise<Bind> {
  const folder = mkdtempSync(join(tmpdir(), "bind-"));
  writeFileSync(
    join(folder, "zone"),
    [
      "$TTL 60",
      `@ IN SOA ns.${zone}. hostmaster.${zone}. ( 1 3600 600 86400 60 )`,
      "@ IN NS ns",
      "ns IN A 127.0.0.1",
      ...records,
      "",
    ].join("\n"),
  );
  try {
    const { port, server } = await startOnAFreePort(folder, zone);
    return {
      upstream: `udp://127.0.0.1:${port}`,
      close: async () => {
        await stop(server);
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** A free port may be taken by another before BIND has it, or be taken for UDP: then with the next. */
async function startOnAFreePort(folder: string, zone: string): Promise<{ port: number; server: ChildProcess }> {
  let log = "";
  for (let attempt = 0; attempt < 3; attempt++) {
    const port = await freePort();
    writeFileSync(join(folder, "named.conf"), configuration(folder, zone, port));
    const server = spawn("named", ["-g", "-n", "1", "-c", join(folder, "named.conf")], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` },
    });
    const exited = once(server, "exit").then(
      () => false,
      (error: unknown) => {
        throw new Error("BIND is not installed: run `node test/interop/install.mjs`", { cause: error });
      },
    );
    log = "";
    const ready = new Promise<boolean>((resolve) => {
      server.stderr!.on("data", (chunk: Buffer) => {
        log += chunk.toString();
        if (log.includes("could not listen")) resolve(false);
        else if (/ running\n/.test(log)) resolve(true);
      });
    });
    if (await Promise.race([ready, exited])) return { port, server };
    await stop(server);
  }
  throw new Error(`BIND did not start:\n${log}`);
}

function configuration(folder: string, zone: string, port: number): string {
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
zone "${zone}" { type primary; file "zone"; };
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, "exit");
  server.kill("SIGTERM");
  await exited;
}
