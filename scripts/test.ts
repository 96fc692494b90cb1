import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/**
 * `npm test`: all suites, in two lanes at once. What runs against the whole stack mostly waits for blocks and processes; what
 * computes fills that time. The first lane prints as it goes, the second when both are done. Arguments go to mocha.
 */
const args = process.argv.slice(2);
const STACK = ["api", "browser", "e2e", "indexer"].map((folder) => `test/${folder}/**/*.test.ts`);
const mocha = (...rest: string[]) => ["mocha", ...args, ...rest];

const LANES: readonly (readonly string[][])[] = [
  [mocha(...STACK)],
  [["node", "scripts/solidityTests.ts"], mocha("test/**/*.test.ts", ...STACK.flatMap((files) => ["--ignore", files]))],
];

// Tests start hundreds of programs, each of which would compile the same files anew (module.enableCompileCache).
process.env.NODE_COMPILE_CACHE ??= resolve("cache/compiled");

const folder = await mkdtemp(join(tmpdir(), "syngraph-tests-"));
const children = new Set<ChildProcess>();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    for (const child of children) child.kill(signal);
  });
}
try {
  const [first, second] = LANES;
  const later = join(folder, "second.log");
  const outcomes = await Promise.all([run(first!, null), run(second!, later)]);
  process.stdout.write(await readFile(later));
  process.exitCode = outcomes.every(Boolean) ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Runs commands in turn, all of them, and says whether they all succeeded. */
async function run(commands: readonly string[][], logFile: string | null): Promise<boolean> {
  let good = true;
  const log = logFile === null ? null : createWriteStream(logFile);
  for (const [command, ...rest] of commands) {
    const child = spawn(command!, rest, { stdio: ["ignore", log ? "pipe" : "inherit", log ? "pipe" : "inherit"] });
    children.add(child);
    if (log) for (const output of [child.stdout!, child.stderr!]) output.pipe(log, { end: false });
    const [code] = (await once(child, "close")) as [number | null];
    children.delete(child);
    good &&= code === 0;
  }
  if (log) {
    log.end();
    await once(log, "finish");
  }
  return good;
}
