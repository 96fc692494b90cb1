import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** Where Debian keeps daemons, which is not always on a user's path. */
export const PATH = `${process.env.PATH}:/usr/sbin:/usr/local/sbin`;

/** A server program that stays in the foreground and logs to its standard error. */
export interface DaemonOptions {
  command: string;
  args: readonly string[];
  /** Writes its configuration for this port. */
  configure(port: number): void;
  /** What its log says once it serves. */
  ready: RegExp;
  /** What its log says where the port is taken. */
  taken: RegExp;
}

export interface Daemon {
  port: number;
  close(): Promise<void>;
}

/** A free port may be taken by another before the program has it, or be taken for UDP: then with the next. */
export async function startDaemon({ command, args, configure, ready, taken }: DaemonOptions): Promise<Daemon> {
  let log = "";
  for (let attempt = 0; attempt < 3; attempt++) {
    const port = await freePort();
    configure(port);
    const server = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, PATH } });
    const exited = once(server, "exit").then(
      () => false,
      (error: unknown) => {
        throw new Error(`${command} is not installed: run \`node test/interop/install.mjs\``, { cause: error });
      },
    );
    log = "";
    const serves = new Promise<boolean>((resolve) => {
      server.stderr!.on("data", (chunk: Buffer) => {
        log += chunk.toString();
        if (taken.test(log)) resolve(false);
        else if (ready.test(log)) resolve(true);
      });
    });
    if (await Promise.race([serves, exited])) return { port, close: () => stop(server) };
    await stop(server);
  }
  throw new Error(`${command} did not start:\n${log}`);
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
