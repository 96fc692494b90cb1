/**
 * Has Ponder use three modules of ours in the place of its own: to be loaded before it (`node --import`). Decision 23 says why.
 *
 * Only the version of Ponder beside which they were written; any other runs as it is.
 */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

const WRITTEN_FOR = "0.16.10";
/** Ponder's own modules, which its package does not export. */
const FOLDER = "ponder/dist/esm/";
const folder = new URL(".", import.meta.resolve("ponder"));
const replaced = new Map(
  Object.entries({
    "indexing-store/cache.js": "./rowCache.ts",
    "sync-store/index.js": "./syncStore.ts",
    "utils/copy.js": "./copies.ts",
  }).map(([theirs, ours]) => [new URL(theirs, folder).href, new URL(ours, import.meta.url).href]),
);
const ours = new Set(replaced.values());

const { version } = JSON.parse(readFileSync(new URL("../../package.json", folder), "utf8")) as { version: string };
if (version === WRITTEN_FOR) {
  registerHooks({
    resolve(specifier, context, next) {
      if (context.parentURL !== undefined && ours.has(context.parentURL)) {
        return next(
          specifier.startsWith(FOLDER) ? new URL(specifier.slice(FOLDER.length), folder).href : specifier,
          context,
        );
      }
      const resolved = next(specifier, context);
      const url = replaced.get(resolved.url);
      return url === undefined ? resolved : { ...resolved, url, format: "module-typescript" };
    },
  });
} else {
  const msg = `The faster tables are for Ponder ${WRITTEN_FOR}, and this is ${version}, which runs as it is`;
  console.warn(JSON.stringify({ level: "warn", msg }));
}
