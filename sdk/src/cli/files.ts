import { randomUUID } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { copyFile, link, mkdir, open, rename, rm, writeFile } from "node:fs/promises";
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

/**
 * Writes a new file that its owner alone may read. It is there whole or not at all, whatever ends the process.
 *
 * @throws {CliError} where there is something, also a link to nowhere.
 */
export async function createOwn(file: string, text: string): Promise<void> {
  const fresh = await writeFresh(file, text);
  try {
    // Not every file system has links; none of the two overwrites.
    await link(fresh, file).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === "EEXIST") throw cause;
      return copyFile(fresh, file, constants.COPYFILE_EXCL);
    });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw unwritten(file, cause);
    throw new CliError(`${file} exists already, and is left as it is`);
  } finally {
    await rm(fresh, { force: true });
  }
}

/** Writes such a file, instead of one that is there; a link is replaced, and not followed. */
export async function replaceOwn(file: string, text: string): Promise<void> {
  const fresh = await writeFresh(file, text);
  try {
    await rename(fresh, file);
  } catch (cause) {
    await rm(fresh, { force: true });
    throw unwritten(file, cause);
  }
}

/** Writes it beside the file that it is to be. */
async function writeFresh(file: string, text: string): Promise<string> {
  await makeFolder(file);
  const fresh = `${file}.${randomUUID()}.new`;
  try {
    await writeFile(fresh, text, { flag: "wx", mode: 0o600, flush: true });
  } catch (cause) {
    await rm(fresh, { force: true });
    throw unwritten(file, cause);
  }
  return fresh;
}

function unwritten(file: string, cause: unknown): CliError {
  return new CliError(`${file} cannot be written: ${(cause as NodeJS.ErrnoException).code ?? String(cause)}`);
}

async function makeFolder(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 }).catch((cause: NodeJS.ErrnoException) => {
    throw new CliError(`${dirname(file)} cannot be made: ${cause.code ?? cause.message}`);
  });
}
