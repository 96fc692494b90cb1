import { type Command, InvalidArgumentError, Option } from "commander";

/** An option with a number of seconds. */
export function readSeconds(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text) => {
    const value = Number(text);
    if (!(value > 0)) throw new InvalidArgumentError("It must be a number of seconds.");
    return value;
  });
}

/** An option with a whole number. */
export function readInteger(flags: string, description: string, [least, most]: readonly [number, number]): Option {
  return new Option(flags, description).argParser((text) => {
    const value = Number(text);
    if (!/^\d{1,15}$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    }
    return value;
  });
}

/** The options of a command that can send a transaction from a wallet's key. */
export function addDirect(command: Command, keystore: string): void {
  command.option("--direct", "send it from the wallet's own key, which pays, instead of by the node");
  addPayer(
    command,
    keystore,
    "with --direct, --rpc and --registry: ask no node at all, for what both sides sign themselves",
  );
}

/** Those of a command that always does. */
export function addPayer(
  command: Command,
  keystore: string,
  noNode = "with --rpc and --registry: ask no node at all",
): void {
  command
    .option("--wallet-keystore <file>", keystore)
    .option("--rpc <url>", "RPC of the registry's chain, to send to")
    .option("--registry <address>", "the ProofRegistry to send to; else the one that the node names")
    .option("--no-node", noNode)
    .option("--yes", "send without being asked whether the cost is all right");
}

/** Examples below a command's help. */
export function addExamples(command: Command, examples: readonly (readonly [command: string, what: string])[]): void {
  const lines = examples.map(([line, what]) => `  ${line}\n      ${what}`);
  command.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}
