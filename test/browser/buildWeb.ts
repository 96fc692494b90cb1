import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { viteBuild } from "../../scripts/lib/stack/web.ts";

let shared: Promise<string> | undefined;

/**
 * The folder of a build of web/ as `npm start` makes it, in a place of its own, so that tests neither meet nor disturb the one in
 * web/dist; made when the first test asks. @throws with what Vite printed.
 */
export function sharedWebBuild(): Promise<string> {
  return (shared ??= build());
}

/** Removes it, if it was made. */
export async function removeSharedWebBuild(): Promise<void> {
  const dist = await shared?.catch(() => undefined);
  if (dist !== undefined) await rm(dist, { recursive: true, force: true });
}

async function build(): Promise<string> {
  const dist = await mkdtemp(join(tmpdir(), "syngraph-web-"));
  await viteBuild(dist);
  return dist;
}
