import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";

import { ROOT } from "../../scripts/lib/stack/sources.ts";

const WEB = join(ROOT, "web/src");

/** Style sheets that all pages have, whose classes the others may refine. */
const SHARED = new Set(["style.css", "ui/ui.css"]);

/** Classes that a style sheet gives a look by their name alone, not within another rule. */
function classesOf(css: string): string[] {
  const names: string[] = [];
  const open: string[] = [];
  for (const [part] of css.replaceAll(/\/\*[\s\S]*?\*\//g, "").matchAll(/[^{};]*[{};]/g)) {
    if (part.endsWith("}")) open.pop();
    if (!part.endsWith("{")) continue;
    const head = part.slice(0, -1).trim();
    if (!head.startsWith("@") && open.every((rule) => rule.startsWith("@"))) {
      // Not what is within `:is(…)`.
      const selectors = head.replaceAll(/\([^)]*\)/g, "").split(",");
      names.push(...selectors.flatMap((selector) => /^\s*\.([\w-]+)\s*$/.exec(selector)?.[1] ?? []));
    }
    open.push(head);
  }
  return names;
}

describe("Style sheets of the page", () => {
  it("give no class two looks: the sheet of a page that was left still counts on the next one", async () => {
    const files = (await readdir(WEB, { recursive: true })).filter((file) => file.endsWith(".css"));
    expect(files).to.include.members([...SHARED]);
    const owners = new Map<string, Set<string>>();
    for (const file of files) {
      for (const name of classesOf(await readFile(join(WEB, file), "utf8"))) {
        owners.set(name, (owners.get(name) ?? new Set()).add(SHARED.has(file) ? "shared" : file));
      }
    }
    const twice = [...owners].filter(([, of]) => of.size > 1).map(([name, of]) => `${name}: ${[...of].join(", ")}`);
    expect(twice).to.deep.equal([]);
  });

  it("are read with what is nested in them", () => {
    const css =
      ".a, .b:hover { color: red; .c { top: 0 } } /* .d {} */ @media (width < 1px) { .e { top: 0; } .f .g {} }";
    expect(classesOf(css)).to.deep.equal(["a", "e"]);
  });
});
