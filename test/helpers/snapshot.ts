import { readFile, writeFile } from "node:fs/promises";

import { format, resolveConfig } from "prettier";

/** A committed snapshot, a JSON file below test/. With `UPDATE_SNAPSHOTS=1` it is written first, as what is given. */
export async function readSnapshot<T>(path: string, given: T): Promise<T> {
  const file = new URL(`../${path}`, import.meta.url);
  if (process.env.UPDATE_SNAPSHOTS === "1") {
    const options = await resolveConfig(file);
    await writeFile(file, await format(JSON.stringify(given), { ...options, parser: "json" }));
  }
  return JSON.parse(await readFile(file, "utf8")) as T;
}
