import { once } from "node:events";
import { spawn } from "node:child_process";

/** A server that does what nobody can leave out. */
export interface Floor {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/** Starts one, as a process of its own, which prints its port; by default that of binds. */
export async function startFloor(
  server = new URL("floorServer.ts", import.meta.url),
  env: NodeJS.ProcessEnv = {},
): Promise<Floor> {
  const child = spawn(process.execPath, [server.pathname], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return {
    url: `http://127.0.0.1:${Number(String(line))}`,
    pid: child.pid!,
    stop: async () => {
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}
