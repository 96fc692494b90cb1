import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";

import { Syngraph } from "../syngraph.ts";
import { oneLine } from "./output.ts";

/** The node is asked while somebody waits with a finger on the key, so not for long: milliseconds. */
const PATIENCE = 1_000;

const DESCRIPTION =
  "print a script that has a shell complete commands, options and platforms: put it where the shell reads it";

/** Adds `syngraph completion <shell>`, whose script asks `syngraph complete -- …` at each Tab. */
export function addCompletion(program: Command, platforms: readonly string[]): void {
  const completion = tab(program, { completionCommandName: "completion" });
  program.commands.find((command) => command.name() === "completion")?.description(DESCRIPTION);
  const complete = (add: (value: string, description: string) => void) => {
    for (const name of platforms) add(name, "");
  };
  for (const command of completion.commands.values()) {
    // Those for all commands may stand behind each.
    for (const [name, option] of completion.options) {
      if (!command.options.has(name)) command.options.set(name, option);
    }
    const places = [
      command.arguments.get("platform"),
      command.options.get("platform"),
      command.options.get("bindings"),
    ];
    for (const place of places) if (place) place.handler = complete;
  }
}

/** The names of the node's platforms, where one of them may come next. None where it does not answer at once. */
export async function platformNames(argv: readonly string[], defaultApi: string): Promise<string[]> {
  const words = argv.slice(argv.indexOf("--") + 1);
  const before = words.at(-2) ?? "";
  const isPlatform =
    /^--(?:platform|bindings)$/.test(before) ||
    words.some((word) => ["bind", "revoke", "graph", "identity"].includes(word));
  if (argv[0] !== "complete" || !isPlatform) return [];
  try {
    const [given] = words.flatMap((word, index) =>
      word === "--api" ? (words[index + 1] ?? []) : word.startsWith("--api=") ? word.slice("--api=".length) : [],
    );
    const url = given || process.env.SYNGRAPH_API || defaultApi;
    const all = await new Syngraph({ api: url, timeoutMs: PATIENCE }).platforms();
    // A shell splits what it gets at blanks and lines.
    return all.map(({ id }) => oneLine(id)).filter((id) => /^[a-z0-9_.-]+$/.test(id));
  } catch {
    return [];
  }
}
