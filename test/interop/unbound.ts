import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Bind, Zone } from "./bind.ts";
import { startDaemon } from "./daemon.ts";

/** A running Unbound. */
export interface Unbound {
  /** For UPSTREAM_DNS. */
  upstream: string;
  close(): Promise<void>;
}

/** Starts Unbound on a free loopback port: a resolver that validates the zones of a BIND by its anchors. */
export async function startUnbound(zones: readonly Zone[], bind: Bind): Promise<Unbound> {
  const folder = mkdtempSync(join(tmpdir(), "unbound-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  writeFileSync(join(folder, "anchors"), bind.anchors.join("\n"));
  const stubs = zones.map(({ name }) => `stub-zone:\n  name: "${name}"\n  stub-addr: 127.0.0.1@${bind.port}\n`);
  const configure = (port: number) =>
    writeFileSync(
      join(folder, "unbound.conf"),
      `
server:
  interface: 127.0.0.1
  port: ${port}
  do-ip6: no
  num-threads: 1
  do-daemonize: no
  use-syslog: no
  verbosity: 1
  username: ""
  chroot: ""
  directory: "${folder}"
  pidfile: ""
  do-not-query-localhost: no
  local-zone: "test." nodefault
  trust-anchor-file: "${folder}/anchors"
remote-control:
  control-enable: no
${stubs.join("")}`,
    );
  try {
    const { port, close } = await startDaemon({
      command: "unbound",
      args: ["-d", "-p", "-c", join(folder, "unbound.conf")],
      configure,
      ready: /start of service/,
      taken: /Address already in use/,
    });
    return { upstream: `udp://127.0.0.1:${port}`, close: () => close().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}
