import { createInterface } from "node:readline/promises";

import password from "@inquirer/password";

import { CliError, interrupted, usageError } from "./errors.ts";
import { oneLine } from "./output.ts";

/** Shortest password of a new keystore. */
export const MIN_PASSWORD = 8;

/**
 * A password, from an environment variable or else from the terminal, without echo.
 *
 * @param variable name of the environment variable that scripts set.
 */
export async function readPassword(message: string, variable: string, signal: AbortSignal): Promise<string> {
  const given = process.env[variable];
  if (given) return given;
  if (!process.stdin.isTTY) throw usageError(`no password: set ${variable}, or run this in a terminal`);
  return readHidden(message, signal);
}

/** A new password, typed twice where it is typed. */
export async function readNewPassword(variable: string, signal: AbortSignal): Promise<string> {
  const first = await readPassword("Password for the new keystore:", variable, signal);
  if (first.length < MIN_PASSWORD) throw usageError(`the password must have at least ${MIN_PASSWORD} characters`);
  const second = await readPassword("The same again:", variable, signal);
  if (second !== first) throw usageError("the two passwords differ");
  return first;
}

/** A secret that is typed without echo, or the first line of what is piped in; null at the end of the input. */
export function readSecret(message: string, signal: AbortSignal): Promise<string | null> {
  return process.stdin.isTTY ? readHidden(message, signal) : readLine("", signal);
}

async function readHidden(message: string, signal: AbortSignal): Promise<string> {
  try {
    return await password({ message, toggleMask: false }, { signal, output: process.stderr });
  } catch (cause) {
    throw interrupted(cause);
  }
}

/** One line from the user, or from what is piped in; null at the end of the input. */
export async function readLine(message: string, signal: AbortSignal): Promise<string | null> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<null>((resolve) => void lines.once("close", () => resolve(null)));
  // While readline holds the terminal, Ctrl-C is a key and not a signal.
  lines.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    return await Promise.race([lines.question(message === "" ? "" : `${oneLine(message)} `, { signal }), ended]);
  } catch (cause) {
    throw interrupted(cause);
  } finally {
    lines.close();
  }
}

/** Asks before something that cannot be taken back. @throws {CliError} where the answer is no, or nobody can be asked. */
export async function confirm(question: string, yes: boolean, signal: AbortSignal): Promise<void> {
  if (yes) return;
  const answer = await readLine(`${question} [y/N]`, signal);
  if (answer === null) throw usageError("it has to be confirmed: give --yes, or run this in a terminal");
  if (!/^\s*y(?:es)?\s*$/i.test(answer)) throw new CliError("nothing was done: it was not confirmed");
}
