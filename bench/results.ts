import { readFile, writeFile } from "node:fs/promises";

import { format, resolveConfig } from "prettier";

const FILE = new URL("RESULTS.md", import.meta.url);

const HEAD = `# What was measured

Each section is written by a command of its own, which prints it too. Gas is the same on every machine; times are not.
`;

/** Puts a section into RESULTS.md, in place of the one with the same title, and prints it. */
export async function writeSection(title: string, body: string): Promise<void> {
  const section = `## ${title}\n\n${body.trim()}\n`;
  console.log(section);
  const [head, ...sections] = (await readResults()).split(/^(?=## )/m);
  const at = sections.findIndex((other) => other.startsWith(`## ${title}\n`));
  const all = at < 0 ? [...sections, section] : sections.with(at, section);
  const text = [head!.trimEnd(), ...all.map((it) => it.trimEnd())].join("\n\n");
  await writeFile(FILE, await format(text, { ...(await resolveConfig(FILE)), parser: "markdown" }));
}

/** A table in Markdown; the first row is its head. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const [head, ...body] = rows.map((row) => `| ${row.map(cell).join(" | ")} |`);
  return [head, `|${rows[0]!.map((_, column) => (column === 0 ? "---" : "--:")).join("|")}|`, ...body].join("\n");
}

function cell(value: string | number): string {
  return typeof value === "number" ? value.toLocaleString("en-US") : value;
}

async function readResults(): Promise<string> {
  try {
    return await readFile(FILE, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return HEAD;
  }
}
