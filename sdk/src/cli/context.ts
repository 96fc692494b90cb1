import { setTimeout as sleep } from "node:timers/promises";

import type { SyngraphClient } from "../client/index.ts";
import { Syngraph } from "../syngraph.ts";
import { interrupted, usageError } from "./errors.ts";
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
  client: SyngraphClient;
  output: Output;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** Path of the avatar's keystore. */
  keystore: string;
  /** Whether the path was named on the command line. */
  keystoreGiven: boolean;
}

/** @throws {CliError} usage, when the API's address is none. */
export function createContext(options: GlobalOptions, keystoreGiven: boolean, signal: AbortSignal): Context {
  const url = URL.parse(options.api);
  if (!url || !["http:", "https:"].includes(url.protocol)) {
    throw usageError(`--api ${options.api} is no http or https address`);
  }
  const syngraph = new Syngraph({ api: options.api });
  return {
    syngraph,
    client: syngraph.client,
    output: new Output(options.json ?? false),
    signal,
    keystore: options.keystore,
    keystoreGiven,
  };
}

/** Waits, until Ctrl-C. */
export async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(seconds * 1000, undefined, { signal });
  } catch (cause) {
    throw interrupted(cause);
  }
}
