/**
 * `npm run coverage`: runs the contracts' tests with a report at each statement and branch, and fails where too little of the
 * contracts is reached. With file names: only these tests.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { glob, readFile, readdir, rm } from "node:fs/promises";

import type { Branch } from "./coverage/instrument.ts";

/** The least that has to be reached of all that is deployed, in percent. */
const BARS = { lines: 98, branches: 98 };

/** What is looked at; not the contracts that tests use, nor the examples. */
const MEASURED = /^contracts\/(?!test\/|examples\/)/;

/**
 * Tests of gas and code size, which reports change, of deployment, which deploys what `hardhat build` made, and of the
 * mirror, which is a script, and slow under reports.
 */
const WITHOUT = /\/(gas|layout|deploy[.\w]*|mirror[.\w]*)\.test\.ts$/;

/** Tests elsewhere, by their titles: what hold gas to a bound, and what try all strings, which reach no more than others. */
const WITHOUT_TITLE = String.raw`\bcosts?\b|all strings of`;

interface Coverage {
  lines: boolean[];
  branches: boolean[];
  /** Branches that were not taken. */
  missed: string[];
}

async function testFiles(): Promise<string[]> {
  const files = await Array.fromAsync(glob("test/contracts/**/*.test.ts"));
  return files.filter((file) => !WITHOUT.test(file)).sort();
}

async function run(files: readonly string[]): Promise<boolean> {
  const options = ["--config", "hardhat.coverage.ts", "--no-typechain", "--coverage"];
  const child = spawn("hardhat", [...options, "test", "mocha", "--grep-exclude", WITHOUT_TITLE, ...files], {
    stdio: "inherit",
  });
  const [code] = await once(child, "exit");
  return code === 0;
}

/** The tags that were reported. */
async function reportedTags(): Promise<Set<string>> {
  const folder = "coverage/data/mocha";
  const counts = await Promise.all((await readdir(folder)).map((name) => readJson<object>(`${folder}/${name}`)));
  return new Set(counts.flatMap(Object.keys));
}

/** Whether each line with a statement was reached, by file. */
async function reachedLines(): Promise<Record<string, boolean[]>> {
  const records = (await readFile("coverage/lcov.info", "utf8")).split("end_of_record");
  return Object.fromEntries(
    records
      .slice(0, -1)
      .map((record) => [
        /^SF:(.*)$/m.exec(record)![1]!,
        [...record.matchAll(/^DA:\d+,(\d+)/gm)].map(([, count]) => count !== "0"),
      ]),
  );
}

async function readCoverage(): Promise<Record<string, Coverage>> {
  const [lines, branches, tags] = await Promise.all([
    reachedLines(),
    readJson<Record<string, Branch[]>>("coverage/branches.json"),
    reportedTags(),
  ]);
  const files = Object.keys(lines).filter((file) => MEASURED.test(file));
  return Object.fromEntries(
    files.sort().map((file) => {
      const ways = branches[file] ?? [];
      return [
        file,
        {
          lines: lines[file]!,
          branches: ways.map(({ tag }) => tags.has(tag)),
          missed: ways.filter(({ tag }) => !tags.has(tag)).map(({ line, way }) => `${file}:${line}: ${way}`),
        },
      ];
    }),
  );
}

/** In percent, to two digits and never rounded up. */
function share(reached: readonly boolean[]): number {
  if (reached.length === 0) return 100;
  return Math.floor((reached.filter(Boolean).length / reached.length) * 10_000) / 100;
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, "utf8")) as T;
}

const given = process.argv.slice(2);
await rm("coverage", { recursive: true, force: true });
const passed = await run(given.length > 0 ? given : await testFiles());
if (!existsSync("coverage/lcov.info")) throw new Error("The tests ended before they were done: see above");
const coverage = await readCoverage();
const all = Object.values(coverage);
const total = {
  lines: share(all.flatMap(({ lines }) => lines)),
  branches: share(all.flatMap(({ branches }) => branches)),
};
for (const line of all.flatMap(({ missed }) => missed)) console.log(`not taken: ${line}`);
console.table({
  ...Object.fromEntries(
    Object.entries(coverage).map(([file, { lines, branches }]) => [
      file,
      { "lines %": share(lines), "branches %": share(branches), branches: branches.length },
    ]),
  ),
  total: { "lines %": total.lines, "branches %": total.branches, branches: all.flatMap((it) => it.branches).length },
});
for (const [what, least] of Object.entries(BARS) as [keyof typeof BARS, number][]) {
  if (total[what] >= least) continue;
  console.error(`${total[what]} % of ${what}, which is less than ${least} %`);
  process.exitCode = 1;
}
if (!passed) process.exitCode = 1;
