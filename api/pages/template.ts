import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { type PageHead, headTags } from "./head.ts";
import { TAGS } from "./words.ts";

/** In web/index.html: what stands between them is said of the page where nothing else is known. */
const HEAD = /<!--head-->[\s\S]*?<!--\/head-->/;
/** In its root element, which the page empties when it runs. */
const SUMMARY = "<!--summary-->";
const LANGUAGE = /<html lang="[\w-]+"/;

/** The built page. @throws where there is none. */
export function readPage(webDir: string): Promise<string> {
  return readFile(join(webDir, "index.html"), "utf8");
}

/** The page with a head and a summary of its own. @throws where the page has no place for them. */
export function fillPage(page: string, head: PageHead): string {
  for (const [name, found] of [
    ["<html lang>", LANGUAGE.test(page)],
    ["<!--head-->…<!--/head-->", HEAD.test(page)],
    [SUMMARY, page.includes(SUMMARY)],
  ] as const) {
    if (!found) throw new Error(`web/index.html has no ${name}`);
  }
  // By functions: in a text, `$&` would stand for what is replaced.
  return page
    .replace(LANGUAGE, () => `<html lang="${TAGS[head.language]}"`)
    .replace(HEAD, () => headTags(head))
    .replace(SUMMARY, () => head.summary);
}
