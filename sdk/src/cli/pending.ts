import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { type Link, signPayload } from "../protocol/index.ts";
import type { Context } from "./context.ts";
import type { Draft } from "./draft.ts";

/** How long a link may wait for its post, in seconds: the API takes no older ones than 30 days. */
const MAX_AGE = 29 * 24 * 3600;

/** What is kept of a link whose post the user may have published already. Nothing of it is secret. */
interface Pending {
  uuid: string;
  createdAt: number;
  prev: string | null;
  post: string;
}

/**
 * The draft of an earlier, interrupted run for the same identity, if the chain has not moved on since; else the fresh one,
 * which is kept for the next run. So a post that is out there stays good.
 */
export async function keepDraft(context: Context, fresh: Draft): Promise<Draft> {
  const file = pathOf(context, fresh.link);
  const kept = await readPending(file);
  const { prev } = fresh.link;
  if (kept && kept.prev === prev && Date.now() / 1000 - kept.createdAt < MAX_AGE) {
    const link: Link = { ...fresh.link, uuid: kept.uuid, createdAt: kept.createdAt };
    return { link, text: signPayload(link), post: kept.post };
  }
  const { uuid, createdAt } = fresh.link;
  const pending: Pending = { uuid, createdAt, prev, post: fresh.post };
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, JSON.stringify(pending), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return fresh;
}

/** Forgets the draft of a link that is on chain. */
export async function dropDraft(context: Context, link: Link): Promise<void> {
  await rm(pathOf(context, link), { force: true });
}

function pathOf({ keystore }: Context, { avatar, platform, identity }: Link): string {
  return join(dirname(keystore), "pending", `${avatar}-${platform}-${encodeURIComponent(identity)}.json`);
}

async function readPending(file: string): Promise<Pending | null> {
  try {
    const value = JSON.parse(await readFile(file, "utf8")) as Partial<Pending>;
    const whole =
      typeof value.uuid === "string" &&
      Number.isSafeInteger(value.createdAt) &&
      typeof value.post === "string" &&
      (value.prev === null || typeof value.prev === "string");
    return whole ? (value as Pending) : null;
  } catch {
    // Not there, or damaged: a fresh one takes its place.
    return null;
  }
}
