import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../sdk/bin/syngraph.ts", import.meta.url));

/** What Node has compiled, so that only the first of many runs has to: it halves what one costs. */
const CACHE = mkdtempSync(join(tmpdir(), "syngraph-compiled-"));
process.once("exit", () => rmSync(CACHE, { recursive: true, force: true }));

/** What a run of the command left. */
export interface Finished {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A run of the `syngraph` command as a process of its own. */
export interface Run {
  child: ChildProcess;
  finished: Promise<Finished>;
}

/**
 * Starts `syngraph`.
 *
 * @param env its whole environment, but for the PATH.
 * @param input its standard input; null leaves it open.
 */
export function startCli(args: readonly string[], env: Record<string, string> = {}, input: string | null = ""): Run {
  return startScript(BIN, args, env, input);
}

/** Runs `syngraph` to its end. */
export function runCli(args: readonly string[], env: Record<string, string> = {}, input = ""): Promise<Finished> {
  return startCli(args, env, input).finished;
}

/** Starts a script as {@link startCli} does. */
export function startScript(
  file: string,
  args: readonly string[],
  env: Record<string, string>,
  input: string | null = "",
): Run {
  const child = spawn(process.execPath, [file, ...args], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: CACHE, ...env },
  });
  if (input !== null) child.stdin.end(input);
  const exited = new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.once("exit", (code, signal) => resolve([code, signal]));
  });
  const finished = Promise.all([text(child.stdout), text(child.stderr), exited]).then(
    ([stdout, stderr, [code, signal]]) => ({ code, signal, stdout, stderr }),
  );
  return { child, finished };
}
