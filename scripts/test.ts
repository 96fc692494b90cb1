import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/**
 * `npm test`: all suites, in three lanes at once. What runs against the whole stack mostly waits for blocks and processes; what
 * computes fills that time. The first lane prints as it goes, the others when all are done. Arguments go to mocha.
 */
const args = process.argv.slice(2);
const testsOf = (...folders: string[]) => folders.map((folder) => `test/${folder}/**/*.test.ts`);
const mocha = (...rest: string[]) => ["mocha", ...args, ...rest];

/** The tests of these lanes share a stack. `npm start` comes late: it would wait for the compiler, which the third begins with. */
const FIRST = testsOf("api", "browser", "examples", "graph", "graphql");
const SECOND = testsOf("indexer", "sdk", "e2e");
const OTHERS = ["test/**/*.test.ts", ...[...FIRST, ...SECOND].flatMap((files) => ["--ignore", files])];

const LANES: readonly (readonly string[][])[] = [
  [mocha(...FIRST)],
  [mocha(...SECOND)],
  [["node", "scripts/solidityTests.ts"], mocha(...OTHERS)],
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
  const logs = LANES.map((_, index) => (index === 0 ? null : join(folder, `${index}.log`)));
  const outcomes = await Promise.all(LANES.map((lane, index) => run(lane, logs[index]!)));
  for (const log of logs) if (log !== null) process.stdout.write(await readFile(log));
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
