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
  // `syngraph chain … | head` closes the pipe; that is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) =>
    process.exit(error.code === "EPIPE" ? EXIT.ok : EXIT.failure),
  );
  try {
    const platforms = await platformNames(argv, DEFAULT_API);
    await createProgram(interrupt.signal, platforms).parseAsync(argv, { from: "user" });
    return EXIT.ok;
  } catch (error) {
    return report(error);
  }
}

/** Says what went wrong in one line, and what the exit code is. */
function report(error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    // Its message, or the help, is printed already.
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  const output = new Output(false);
  if (error instanceof SyngraphError && error.code === "aborted") {
    output.error("interrupted");
    return EXIT.interrupted;
  }
  output.error(error instanceof Error ? error.message : String(error));
  if (error instanceof InputError) return EXIT.usage;
  return error instanceof CliError ? error.exitCode : EXIT.failure;
}
