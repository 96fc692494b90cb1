import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { viteBuild } from "../../scripts/lib/stack/web.ts";

/** A build of web/ in a folder of its own, so that a test neither meets nor disturbs the one in web/dist. */
export interface WebBuild {
  /** The folder. */
  dist: string;
  /** Removes it. */
  remove: () => Promise<void>;
}

/** Builds web/ as `npm start` does. @throws with what Vite printed. */
export async function buildWeb(): Promise<WebBuild> {
  const dist = await mkdtemp(join(tmpdir(), "syngraph-web-"));
  await viteBuild(dist);
  return { dist, remove: () => rm(dist, { recursive: true, force: true }) };
}
