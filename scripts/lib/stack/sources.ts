import { createHash } from "node:crypto";
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The checkout. */
export const ROOT = join(import.meta.dirname, "../../..");

/** SHA-256 (hex) over the names and contents of the files that patterns find in a folder, so that a change shows. */
export async function digestOf(folder: string, patterns: string[], exclude: string[] = []): Promise<string> {
  const hash = createHash("sha256");
  const entries = await Array.fromAsync(glob(patterns, { cwd: folder, exclude, withFileTypes: true }));
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  for (const file of files.sort()) hash.update(file.slice(folder.length)).update(await readFile(file));
  return hash.digest("hex");
}
