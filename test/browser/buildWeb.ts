import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const WEB = join(import.meta.dirname, "../../web");

/** A build of web/ in a folder of its own, so that a test neither meets nor disturbs the one in web/dist. */
export interface WebBuild {
  /** The folder. */
  dist: string;
  /** Removes it. */
  remove: () => Promise<void>;
}

/** Builds web/ as `npm run build -w web` does. @throws with what Vite printed. */
export async function buildWeb(): Promise<WebBuild> {
  const dist = await mkdtemp(join(tmpdir(), "syngraph-web-"));
  // Ponder brings a Vite of its own to the root: web's is the one that web/ resolves.
  const vite = join(dirname(createRequire(join(WEB, "package.json")).resolve("vite/package.json")), "bin/vite.js");
  const args = [vite, "build", "--outDir", dist, "--emptyOutDir", "--logLevel", "warn"];
  await promisify(execFile)(process.execPath, args, { cwd: WEB });
  return { dist, remove: () => rm(dist, { recursive: true, force: true }) };
}
