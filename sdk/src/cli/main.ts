import { CommanderError } from "commander";

import { InputError, SyngraphError } from "../errors.ts";
import { platformNames } from "./completion.ts";
import { CliError, EXIT, type ExitCode } from "./errors.ts";
import { Output } from "./output.ts";
import { DEFAULT_API, createProgram } from "./program.ts";

/**
 * Runs the `syngraph` command.
 *
 * @param argv the arguments behind the command's name.
 * @returns the exit code.
 */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  const interrupt = new AbortController();
  // Once: a second Ctrl-C ends the process whatever it does.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupt.abort());
  // `syngraph events | head` closes the pipe: that is no failure, and hides none that the command ends with.
  let isClosed = false;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    isClosed ||= error.code === "EPIPE";
    if (!isClosed) process.exit(EXIT.failure);
    interrupt.abort();
  });
  try {
    const platforms = await platformNames(argv, DEFAULT_API);
    await createProgram(interrupt.signal, platforms).parseAsync(argv, { from: "user" });
    return EXIT.ok;
  } catch (error) {
    return isClosed && isInterrupted(error) ? EXIT.ok : report(error);
  }
}

function isInterrupted(error: unknown): boolean {
  if (error instanceof CliError) return error.exitCode === EXIT.interrupted;
  return error instanceof SyngraphError && error.code === "aborted";
}

/** Says what went wrong in one line, and what the exit code is. */
function report(error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    // Its message, or the help, is printed already.
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  const output = new Output(false);
  if (isInterrupted(error)) {
    output.error("interrupted");
    return EXIT.interrupted;
  }
  output.error(error instanceof Error ? error.message : String(error));
  if (error instanceof InputError) return EXIT.usage;
  return error instanceof CliError ? error.exitCode : EXIT.failure;
}
