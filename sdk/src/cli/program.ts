import { homedir } from "node:os";
import { join } from "node:path";

import { Command, Option } from "commander";

import manifest from "../../package.json" with { type: "json" };
import { addAvatar } from "./commands/avatar.ts";
import { addBind } from "./commands/bind.ts";
import { addBound, addChain } from "./commands/chain.ts";
import { addEvents } from "./commands/events.ts";
import { addGraph } from "./commands/graph.ts";
import { addNode } from "./commands/node.ts";
import { addProofs } from "./commands/proofs.ts";
import { addSession } from "./commands/session.ts";
import { addSubkey } from "./commands/subkey.ts";
import { addVerify } from "./commands/verify.ts";
import { addWallet } from "./commands/wallet.ts";
import { addCompletion } from "./completion.ts";
import { type GlobalOptions, type Runner, createContext } from "./context.ts";
import { oneLine } from "./output.ts";

/** The node that `npm start` brings up. */
export const DEFAULT_API = "http://127.0.0.1:3000";

const HELP = `
Examples:
  syngraph avatar new
  syngraph bind github alice
  syngraph chain
  syngraph graph github alice

Environment:
  SYNGRAPH_API, SYNGRAPH_KEYSTORE                    instead of --api and --keystore
  SYNGRAPH_PASSWORD                                  password of the avatar's keystore, for scripts; else it is asked for
  SYNGRAPH_KEY                                       the avatar's private key, instead of a keystore
  SYNGRAPH_WALLET_KEY, SYNGRAPH_WALLET_PASSWORD      the wallet's private key, or its keystore's password
  SYNGRAPH_OTHER_KEY, SYNGRAPH_OTHER_PASSWORD        the same of another avatar, for alias
  SYNGRAPH_SUBKEY_KEY, SYNGRAPH_SUBKEY_PASSWORD      the same of a subkey
  SYNGRAPH_IMPORT_PASSWORD, SYNGRAPH_EXPORT_PASSWORD password of the file of avatar import and avatar export
  DATABASE_URL                                       what verify compares with, instead of --database
  NO_COLOR                                           no colours, also on a terminal

Exit codes: 0 it worked, 1 it did not, 2 the command was not understood, 130 it was interrupted.`;

/**
 * The commands and their options. Nothing runs before it is parsed.
 *
 * @param platforms names that are completed.
 */
export function createProgram(signal: AbortSignal, platforms: readonly string[] = []): Command {
  const program = new Command("syngraph")
    .description("Bind accounts, domains and wallets to an avatar key, and look them up.")
    .version(manifest.version)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    // One line, as all failures; a command that was nearly right is named in it.
    .configureOutput({ outputError: (text, write) => write(`${oneLine(text)}\n`) })
    .addOption(new Option("--api <url>", "address of a Syngraph API").env("SYNGRAPH_API").default(DEFAULT_API))
    .addOption(
      new Option("--keystore <file>", "the avatar's keystore")
        .env("SYNGRAPH_KEYSTORE")
        .default(join(homedir(), ".syngraph", "avatar.json"), "~/.syngraph/avatar.json"),
    )
    .option("--json", "results as JSON, one value a line")
    .addHelpText("after", HELP);

  const run: Runner =
    (work) =>
    (...args) => {
      const given = program.getOptionValueSource("keystore") === "cli";
      return work(createContext(program.opts<GlobalOptions>(), given, signal), ...args);
    };

  program.commandsGroup("Bind:");
  addAvatar(program, run);
  addBind(program, run);
  addWallet(program, run);
  addSubkey(program, run);
  program.commandsGroup("Look up:");
  addProofs(program, run);
  addChain(program, run);
  addBound(program, run);
  addGraph(program, run);
  addEvents(program, run);
  addVerify(program, run);
  program.commandsGroup("Node:");
  addNode(program, run);
  addSession(program, run);
  program.commandsGroup("Other:");
  addCompletion(program, platforms);
  return program;
}
