import { Syngraph } from "../syngraph.ts";
import { usageError } from "./errors.ts";
import { Output } from "./output.ts";

/** The options that all commands share. */
export interface GlobalOptions {
  api: string;
  keystore: string;
  json?: boolean;
}

/** What a command works with. */
export interface Context {
  syngraph: Syngraph;
  /** Its address. */
  api: string;
  output: Output;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** Path of the avatar's keystore. */
  keystore: string;
  /** Whether the path was named on the command line. */
  keystoreGiven: boolean;
}

/** Wraps what a command does, so that it gets what it works with. */
export type Runner = <A extends unknown[]>(
  run: (context: Context, ...args: A) => Promise<void>,
) => (...args: A) => Promise<void>;

/** @throws {CliError} usage, when the API's address is none. */
export function createContext(options: GlobalOptions, keystoreGiven: boolean, signal: AbortSignal): Context {
  const { api, keystore, json = false } = options;
  const url = URL.parse(api);
  if (!url || !["http:", "https:"].includes(url.protocol)) {
    throw usageError(`--api ${api} is no http or https address`);
  }
  return { syngraph: new Syngraph({ api }), api, output: new Output(json), signal, keystore, keystoreGiven };
}
