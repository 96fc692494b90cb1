import { randomUUID } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

import { CliError } from "./errors.ts";

/** Larger than any file that the command keeps, in bytes. */
const MAX_SIZE = 1 << 20;

/** Whom a file is to be kept from: one with a secret from readers, others from writers alone. */
export type Kept = "secret" | "own";

/**
 * What is in a file that nobody else may have written: whoever can, could have the command work with another key, or hand a
 * session's token to another server.
 *
 * @returns null where there is none.
 * @throws {CliError} where it is another user's, or others may write it, or read a secret.
 */
export async function readOwn(file: string, kept: Kept): Promise<string | null> {
  // A pipe would be waited for; of a secret, a link may lead to somewhere else the next moment.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (kept === "secret" ? constants.O_NOFOLLOW : 0);
  const handle = await open(file, flags).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return null;
    throw new CliError(
      `${file} cannot be read: ${cause.code === "ELOOP" ? "it is a link" : (cause.code ?? cause.message)}`,
    );
  });
  if (!handle) return null;
  try {
    requireOwn(file, await handle.stat(), kept);
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
}

function requireOwn(file: string, stats: Stats, kept: Kept): void {
  if (!stats.isFile()) throw new CliError(`${file} is no file`);
  if (stats.size > MAX_SIZE) throw new CliError(`${file} is larger than ${MAX_SIZE} bytes`);
  // Windows has neither.
  const user = process.getuid?.();
  if (user === undefined) return;
  if (stats.uid !== user && stats.uid !== 0) throw new CliError(`${file} is not used: it is another user's`);
  const others = kept === "secret" ? 0o077 : 0o022;
  if ((stats.mode & others) !== 0) {
    const may = kept === "secret" ? "read" : "change";
    throw new CliError(`${file} is not used: others may ${may} it (chmod 600 mends that)`);
  }
}

/** Makes a new file that its owner alone may read. @throws {CliError} where there is something, also a link to nowhere. */
export async function createOwn(file: string): Promise<FileHandle> {
  await makeFolder(file);
  return open(file, "wx", 0o600).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "EEXIST") throw new CliError(`${file} exists already, and is left as it is`);
    throw new CliError(`${file} cannot be written: ${cause.code ?? cause.message}`);
  });
}

/** Writes such a file, instead of one that is there; a link is replaced, and not followed. */
export async function replaceOwn(file: string, text: string): Promise<void> {
  const fresh = `${file}.${randomUUID()}.new`;
  const handle = await createOwn(fresh);
  try {
    await handle.writeFile(text);
    await handle.sync();
    await rename(fresh, file);
  } catch (cause) {
    await rm(fresh, { force: true });
    throw new CliError(`${file} cannot be written: ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`);
  } finally {
    await handle.close();
  }
}

async function makeFolder(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    throw new CliError(`${dirname(file)} cannot be made: ${cause.code ?? cause.message}`);
  });
}
