/**
 * What `npm pack` and `npm publish` run before and after: the package has JavaScript and declarations, while everything here
 * imports the sources (docs/decisions/0021-a-package-of-javascript.md).
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const HERE = import.meta.dirname;
const MANIFEST = join(HERE, "package.json");
/** The manifest as it is here, while the package's own stands in its place. */
const KEPT = join(HERE, ".package.json");
const LICENSE = join(HERE, "LICENSE");
const DIST = join(HERE, "dist");

/** Beside the code, which reads its version there; and bundlers ask the nearest manifest what may be dropped. */
const NEAREST = join(DIST, "package.json");

/** A source's path in the package: of its code, or of its declarations. */
function compiled(source: string, extension = ".js"): string {
  return source.replace(/^\.\//, "./dist/").replace(/\.ts$/, extension);
}

function prepare(): void {
  // What was interrupted.
  restore();
  rmSync(DIST, { recursive: true, force: true });
  const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript-native/package.json")), "bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", join(HERE, "tsconfig.build.json")], { stdio: ["ignore", 2, 2] });
  const manifest = JSON.parse(readFileSync(MANIFEST, "utf8")) as {
    exports: Record<string, string>;
    bin: Record<string, string>;
    sideEffects: string[];
    version: string;
    type: string;
    scripts?: object;
  };
  const { scripts: _, ...published } = manifest;
  const { exports: entries, bin, sideEffects, version, type } = manifest;
  published.exports = Object.fromEntries(
    Object.entries(entries).map(([name, source]) => [
      name,
      { types: compiled(source, ".d.ts"), default: compiled(source) },
    ]),
  ) as unknown as Record<string, string>;
  published.bin = Object.fromEntries(Object.entries(bin).map(([name, source]) => [name, compiled(source)]));
  published.sideEffects = sideEffects.map((source) => compiled(source));
  const nearest = { version, type, sideEffects: sideEffects.map((source) => source.replace(/\.ts$/, ".js")) };
  writeFileSync(NEAREST, `${JSON.stringify(nearest)}\n`);
  copyFileSync(join(HERE, "../LICENSE"), LICENSE);
  renameSync(MANIFEST, KEPT);
  writeFileSync(MANIFEST, `${JSON.stringify(published, undefined, 2)}\n`);
}

function restore(): void {
  if (existsSync(KEPT)) renameSync(KEPT, MANIFEST);
  rmSync(LICENSE, { force: true });
}

if (process.argv[2] === "restore") restore();
else prepare();
