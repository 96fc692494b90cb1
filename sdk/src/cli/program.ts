import { homedir } from "node:os";
import { join } from "node:path";

import { Command, InvalidArgumentError, Option } from "commander";

import manifest from "../../package.json" with { type: "json" };
import { newAvatar, showAvatar } from "./commands/avatar.ts";
import { bindEthereum } from "./commands/bindEthereum.ts";
import { bindDns, bindGithub } from "./commands/bindPost.ts";
import { chain } from "./commands/chain.ts";
import { revoke } from "./commands/revoke.ts";
import { show } from "./commands/show.ts";
import { verify } from "./commands/verify.ts";
import { type Context, type GlobalOptions, createContext } from "./context.ts";

const ENVIRONMENT_HELP = `
Environment:
  SYNGRAPH_PASSWORD         password of the avatar's keystore, for scripts; else it is asked for
  SYNGRAPH_KEY              the avatar's private key, instead of a keystore
  SYNGRAPH_WALLET_PASSWORD  password of the wallet's keystore
  SYNGRAPH_WALLET_KEY       the wallet's private key
  DATABASE_URL              what verify compares with, instead of --database

Exit codes: 0 it worked, 1 it did not, 2 the command was not understood.`;

/** The commands and their options. Nothing runs before it is parsed. */
export function createProgram(signal: AbortSignal): Command {
  const program = new Command("syngraph")
    .description("Bind accounts, domains and wallets to an avatar key, and look them up.")
    .version(manifest.version)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .addOption(
      new Option("--api <url>", "address of a Syngraph API").env("SYNGRAPH_API").default("http://127.0.0.1:3000"),
    )
    .addOption(
      new Option("--keystore <file>", "the avatar's keystore")
        .env("SYNGRAPH_KEYSTORE")
        .default(join(homedir(), ".syngraph", "avatar.json"), "~/.syngraph/avatar.json"),
    )
    .option("--json", "results as JSON, one value a line")
    .addHelpText("after", ENVIRONMENT_HELP);

  const withContext =
    <A extends unknown[]>(run: (context: Context, ...args: A) => Promise<void>) =>
    (...args: A) => {
      const given = program.getOptionValueSource("keystore") === "cli";
      return run(createContext(program.opts<GlobalOptions>(), given, signal), ...args);
    };

  const avatar = program.command("avatar").description("make and show an avatar's key");
  avatar.command("new").description("make a key and keep it in a new encrypted file").action(withContext(newAvatar));
  avatar.command("show").description("show public key and address").action(withContext(showAvatar));

  const bind = program.command("bind").description("bind an identity to the avatar");
  bind
    .command("ethereum")
    .description("bind a wallet: avatar and wallet sign, nothing is published")
    .option("--wallet-keystore <file>", "the wallet's keystore; else SYNGRAPH_WALLET_KEY is used")
    .action(withContext(bindEthereum));
  addPatience(bind.command("github"), 600, 5)
    .description("bind a GitHub account: prints a gist to publish, and waits for it")
    .argument("<login>", "the account")
    .option("--gist <address>", "a gist of yours that the file will be put into; else you are asked for it")
    .action(withContext(bindGithub));
  addPatience(bind.command("dns"), 3600, 15)
    .description("bind a domain: prints a TXT record to add, and waits for it")
    .argument("<domain>", "the domain")
    .action(withContext(bindDns));

  program
    .command("revoke")
    .description("take a binding back")
    .argument("<platform>", "for example github")
    .argument("<identity>", "as bound")
    .action(withContext(revoke));
  program
    .command("show")
    .description("show who has an identity, or what an avatar has")
    .argument("<identity|avatar>", "an identity, or an avatar's public key or address")
    .option("--platform <platform>", "look on this platform only")
    .action(withContext(show));
  program
    .command("chain")
    .description(
      "show an avatar's proof chain and verify each link on this machine; exit code 1 if one does not verify",
    )
    .argument("<avatar>", "public key or address")
    .action(withContext(chain));
  program
    .command("verify")
    .description(
      "rebuild the registry from the chain's logs, check every signature, and compare it with the contracts' storage and an " +
        "index; exit code 1 if anything differs, 2 if it could not be checked",
    )
    .requiredOption("--rpc <url>", "RPC of the chain; several are held against each other", collect)
    .option("--registry <address>", "the ProofRegistry; else --deployment, deployments/<chain id>.json, or the node's")
    .option("--deployment <file>", "a deployment file")
    .addOption(new Option("--from-block <number>", "first block to read; else all").argParser(readBlock))
    .addOption(new Option("--to-block <number>", "last block to read; else that of the index").argParser(readBlock))
    .addOption(new Option("--database <url>", "the index's PostgreSQL, postgres://…").env("DATABASE_URL"))
    .addOption(new Option("--schema <name>", "the schema of its tables").argParser(readSchema).default("indexer"))
    .action(withContext(verify));
  return program;
}

function addPatience(command: Command, wait: number, every: number): Command {
  return command
    .addOption(new Option("--wait <seconds>", "how long to wait in all").argParser(readSeconds).default(wait))
    .addOption(new Option("--every <seconds>", "how long between two tries").argParser(readSeconds).default(every));
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

function readBlock(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("It must be the number of a block.");
  return Number(text);
}

function readSchema(text: string): string {
  if (!/^[a-z_][a-z0-9_]{0,62}$/i.test(text)) throw new InvalidArgumentError("It must be a plain name.");
  return text;
}

function readSeconds(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("It must be a number of seconds.");
  return value;
}
