/** What a command ends with: 0 it worked, 1 it did not, 2 it was called wrongly, 130 it was interrupted (128 + SIGINT). */
export const EXIT = { ok: 0, failure: 1, usage: 2, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A failure whose message is all the user needs; it is printed as one line. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.failure, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** The command cannot be understood or lacks something. */
export function usageError(message: string): CliError {
  return new CliError(message, EXIT.usage);
}

/** The user pressed Ctrl-C, or the process was told to end. */
export function interrupted(cause?: unknown): CliError {
  return new CliError("interrupted", EXIT.interrupted, { cause });
}
