import { once } from "node:events";
import { spawn } from "node:child_process";

/** A server that does of a bind what nobody can leave out. */
export interface Floor {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/** Starts it, as a process of its own. */
export async function startFloor(): Promise<Floor> {
  const child = spawn(process.execPath, [new URL("floorServer.ts", import.meta.url).pathname], {
    stdio: ["ignore", "pipe", "inherit"],
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
