import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";
import ts from "typescript";

import { ROOT } from "../../scripts/lib/stack/sources.ts";

const WEB = join(ROOT, "web/src");
const TEXTS = join(WEB, "i18n");
const LANGUAGES = ["en", "zh"] as const;

/** What i18next appends to a key for each plural category (CLDR). */
const PLURAL = /_(zero|one|two|few|many|other)$/;

/** Attributes whose value a reader sees or hears. */
const SPOKEN = new Set(["alt", "aria-label", "label", "placeholder", "title"]);
/** Names, which are not translated: ours, and of a kind of DNS record. */
const NAMES = new Set(["Syngraph", "TXT"]);

type Tree = { [key: string]: string | Tree };

async function namespaces(language: string): Promise<string[]> {
  return (await readdir(join(TEXTS, language))).toSorted();
}

/** All texts of a namespace by their key, `a.b.c`. */
async function textsOf(language: string, file: string): Promise<Map<string, string>> {
  const tree = JSON.parse(await readFile(join(TEXTS, language, file), "utf8")) as Tree;
  const flat = (branch: Tree, path: string): [string, string][] =>
    Object.entries(branch).flatMap(([key, value]) =>
      typeof value === "string" ? [[path + key, value] as [string, string]] : flat(value, `${path}${key}.`),
    );
  return new Map(flat(tree, ""));
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{\{\s*(\w+)/g)].map(([, name]) => name!).toSorted();
}

/** Placeholders by key, all plural forms of a key together. */
function shapeOf(texts: Map<string, string>): Record<string, string[]> {
  const shape: Record<string, string[]> = {};
  for (const [key, text] of texts) {
    const name = key.replace(PLURAL, "");
    shape[name] = [...new Set([...(shape[name] ?? []), ...placeholders(text)])].toSorted();
  }
  return Object.fromEntries(Object.entries(shape).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

describe("Texts of the page", () => {
  it("are in every language: the same files, keys and placeholders", async () => {
    const [english, chinese] = await Promise.all(LANGUAGES.map(namespaces));
    expect(chinese).to.deep.equal(english);
    expect(english).to.include.members(["common.json", "errors.json"]);
    for (const file of english!) {
      const [en, zh] = await Promise.all(LANGUAGES.map((language) => textsOf(language, file)));
      expect(shapeOf(zh!), file).to.deep.equal(shapeOf(en!));
    }
  });

  it("have every plural form that their language tells apart, and no other", async () => {
    for (const language of LANGUAGES) {
      const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();
      for (const file of await namespaces(language)) {
        const keys = [...(await textsOf(language, file)).keys()].filter((key) => PLURAL.test(key));
        for (const [name, ofName] of Map.groupBy(keys, (key) => key.replace(PLURAL, ""))) {
          const found = ofName.map((key) => PLURAL.exec(key)![1]!).toSorted();
          expect(found, `${language}/${file} ${name}`).to.deep.equal(forms);
        }
      }
    }
  });

  it("are in their language, and empty in both or in none", async () => {
    // Signs, and the marks that go with them.
    const han = /[\p{Script=Han}\u3000-\u303f\uff00-\uffef]/u;
    for (const file of await namespaces("en")) {
      for (const [key, text] of await textsOf("en", file)) {
        expect(text, `en/${file} ${key}`).to.not.match(han);
      }
      const english = await textsOf("en", file);
      for (const [key, text] of await textsOf("zh", file)) {
        // Only what has no words, and names, are the same in both.
        const same = english.get(key) ?? english.get(key.replace("_other", "_one"));
        if (!han.test(text)) expect(text, `zh/${file} ${key}`).to.equal(same);
        expect(text, `zh/${file} ${key}: Chinese has its own punctuation`).to.not.match(/\p{Script=Han}[,;:!?]/u);
      }
    }
  });

  it("do not stand in components", async () => {
    const files = (await readdir(WEB, { recursive: true })).filter((file) => file.endsWith(".tsx"));
    expect(files).to.include("app/App.tsx");
    const literal: string[] = [];
    for (const file of files) {
      const source = ts.createSourceFile(file, await readFile(join(WEB, file), "utf8"), ts.ScriptTarget.Latest, true);
      visit(source, (text) => literal.push(`${file}: ${text}`));
    }
    expect(literal).to.deep.equal([]);
  });

  it("are known for components to stand in, where they do", () => {
    const found: string[] = [];
    const code = `const a = <p title="Hello">{x} · <b aria-label={"World"}>Good morning</b>{"again"}{t("no")}</p>;`;
    visit(ts.createSourceFile("a.tsx", code, ts.ScriptTarget.Latest, true), (text) => found.push(text));
    expect(found).to.have.members(["Hello", "World", "Good morning", "again"]);
  });
});

/** Finds what a component says without looking it up. */
function visit(node: ts.Node, report: (text: string) => void): void {
  const text = spokenBy(node);
  if (text !== undefined && /\p{L}/u.test(text) && !NAMES.has(text.trim())) report(text.trim());
  ts.forEachChild(node, (child) => visit(child, report));
}

function spokenBy(node: ts.Node): string | undefined {
  if (ts.isJsxText(node)) return node.text;
  if (!ts.isStringLiteral(node)) return undefined;
  const inBraces = ts.isJsxExpression(node.parent);
  const owner = inBraces ? node.parent.parent : node.parent;
  if (ts.isJsxAttribute(owner)) return SPOKEN.has(owner.name.getText()) ? node.text : undefined;
  return inBraces ? node.text : undefined;
}
