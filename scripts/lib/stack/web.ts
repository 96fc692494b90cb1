import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { ROOT, digestOf } from "./sources.ts";

const WEB = join(ROOT, "web");

/** Builds the page into a folder. @throws with what Vite printed. */
export async function viteBuild(outDir: string): Promise<void> {
  // The page's own version: Ponder brings another one to the root.
  const vite = createRequire(join(WEB, "package.json")).resolve("vite/package.json");
  const args = [join(dirname(vite), "bin/vite.js"), "build", "--outDir", outDir, "--emptyOutDir", "--logLevel", "warn"];
  await promisify(execFile)(process.execPath, args, { cwd: WEB });
}

/** Makes `web/dist` if its sources have changed since it was made last. */
export async function buildWeb(): Promise<void> {
  const patterns = [
    "web/src/**/*",
    "web/embed/**/*",
    "web/public/**/*",
    "web/index.html",
    "web/vite.config.ts",
    "sdk/src/**/*.ts",
  ];
  const digest = await digestOf(ROOT, [...patterns, "package-lock.json"]);
  const dist = join(WEB, "dist");
  // A file that the API does not serve, since its name begins with a dot.
  const marker = join(dist, ".sources");
  if (existsSync(marker) && (await readFile(marker, "utf8")) === digest) return;
  await viteBuild(dist);
  await writeFile(marker, digest);
}
