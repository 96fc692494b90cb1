import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import { type Binding, type BindingSnapshot, identityForms } from "../binding/index.ts";
import { TrustError, WalletError } from "../errors.ts";
import type { Context } from "./context.ts";
import { CliError } from "./errors.ts";
import { readOwn, replaceOwn } from "./files.ts";

/** How long a link may wait for its post, in seconds: the API takes no older ones than 30 days. */
const MAX_AGE = 29 * 24 * 3600;

/** Names what is kept. */
type Name = Pick<Binding["link"], "avatar" | "platform" | "identity">;

/** Keeps how far a binding is, for the next run. Nothing of it is secret. */
export async function keepBinding(context: Context, binding: Binding): Promise<void> {
  await replaceOwn(pathOf(context, binding.link), JSON.stringify(binding));
}

/** Forgets the binding of a link that is on chain, or can never be. */
export async function dropBinding(context: Context, { link }: Binding): Promise<void> {
  await rm(pathOf(context, link), { force: true });
}

/**
 * The binding of an earlier run that was interrupted, so that a post that is out there stays good. What the avatar did not
 * sign, is too old, or behind another link of the chain by now, is not gone on with.
 *
 * @param avatar public key.
 */
export async function findBinding(
  context: Context,
  avatar: string,
  { platform, identity }: { platform: string; identity: string },
): Promise<Binding | null> {
  for (const form of identityForms(platform, identity)) {
    const kept = await readBinding(context, avatar, { avatar, platform, identity: form });
    if (kept && (await isGood(kept, context))) return kept;
  }
  return null;
}

/** What is kept of all avatars, as the files say it: unverified. */
export async function listBindings(context: Context): Promise<BindingSnapshot[]> {
  const folder = folderOf(context);
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return [];
    throw new CliError(`${folder} cannot be read: ${cause.code ?? cause.message}`);
  });
  const found: BindingSnapshot[] = [];
  for (const name of names.filter((each) => each.endsWith(".json"))) {
    const snapshot = parse(await readOwn(join(folder, name), "own"));
    if (typeof snapshot?.link?.avatar !== "string") continue;
    try {
      found.push((await context.syngraph.resume({ publicKey: snapshot.link.avatar }, snapshot)).toJSON());
    } catch (error) {
      if (!(error instanceof TrustError || error instanceof WalletError)) throw error;
    }
  }
  return found;
}

async function readBinding(context: Context, avatar: string, name: Name): Promise<Binding | null> {
  const file = pathOf(context, name);
  const snapshot = parse(await readOwn(file, "own"));
  if (!snapshot) return null;
  try {
    const binding = await context.syngraph.resume({ publicKey: avatar }, snapshot);
    const { platform, identity } = binding.link;
    const same = platform === name.platform && identity === name.identity && binding.action === "create";
    return same ? binding : null;
  } catch (error) {
    if (!(error instanceof TrustError || error instanceof WalletError)) throw error;
    context.output.note(`${file} is not used: ${error.message}`);
    return null;
  }
}

async function isGood(kept: Binding, { signal }: Context): Promise<boolean> {
  if (Date.now() / 1000 - kept.link.createdAt > MAX_AGE) return false;
  return kept.step.name === "pending" || (await kept.isCurrent({ signal })) !== false;
}

function folderOf({ keystore }: Context): string {
  return join(dirname(keystore), "pending");
}

/** By a hash: identities may have any character, and be longer than names of files. */
function pathOf(context: Context, { avatar, platform, identity }: Name): string {
  const hash = createHash("sha256").update(JSON.stringify([avatar, platform, identity]));
  return join(folderOf(context), `${hash.digest("hex").slice(0, 32)}.json`);
}

/** Damaged is as if it were not there: a fresh one takes its place. */
function parse(json: string | null): BindingSnapshot | null {
  try {
    return json === null ? null : (JSON.parse(json) as BindingSnapshot | null);
  } catch {
    return null;
  }
}
