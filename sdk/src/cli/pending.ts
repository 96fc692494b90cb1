import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { Avatar } from "../avatar/index.ts";
import type { Binding, BindingSnapshot } from "../binding/index.ts";
import { TrustError } from "../errors.ts";
import type { Link } from "../protocol/index.ts";
import type { Context } from "./context.ts";

/** How long a link may wait for its post, in seconds: the API takes no older ones than 30 days. */
const MAX_AGE = 29 * 24 * 3600;

/**
 * The binding of an earlier, interrupted run for the same identity, if the chain has not moved on since; else the fresh one,
 * which is kept for the next run. So a post that is out there stays good.
 */
export async function keepBinding(context: Context, avatar: Avatar, fresh: Binding): Promise<Binding> {
  const file = pathOf(context, fresh.link);
  const kept = await readPending(context, avatar, file);
  const { platform, identity, prev } = fresh.link;
  const same = kept?.link.platform === platform && kept.link.identity === identity && kept.action === fresh.action;
  if (kept && same && kept.link.prev === prev && Date.now() / 1000 - kept.link.createdAt < MAX_AGE) return kept;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, JSON.stringify(fresh), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return fresh;
}

/** Forgets the binding of a link that is on chain. */
export async function dropBinding(context: Context, { link }: Binding): Promise<void> {
  await rm(pathOf(context, link), { force: true });
}

function pathOf({ keystore }: Context, { avatar, platform, identity }: Link): string {
  return join(dirname(keystore), "pending", `${avatar}-${platform}-${encodeURIComponent(identity)}.json`);
}

async function readPending({ syngraph }: Context, avatar: Avatar, file: string): Promise<Binding | null> {
  try {
    return await syngraph.resume(avatar, JSON.parse(await readFile(file, "utf8")) as BindingSnapshot);
  } catch (error) {
    // Not there, or damaged: a fresh one takes its place.
    if (error instanceof TrustError || error instanceof SyntaxError || "code" in (error as object)) return null;
    throw error;
  }
}
