import { type Command, InvalidArgumentError, Option } from "commander";

import type { EventsQuery, RegistryEvent } from "../../client/index.ts";
import type { Context, Runner } from "../context.ts";
import { addExamples, readInteger } from "../options.ts";
import { oneLine, timeOf } from "../output.ts";

interface EventsCommandOptions {
  since?: number | "start";
  type?: RegistryEvent["type"][];
  avatar?: string;
  platform?: string;
  identity?: string;
  count?: number;
}

const TYPES: readonly RegistryEvent["type"][] = ["link", "binding", "reorg"];

export function addEvents(program: Command, run: Runner): void {
  const command = program
    .command("events")
    .description("follow links and changes of bindings as they come, until Ctrl-C")
    .addOption(
      new Option("--since <id>", `what came after the event of this id; "start" for all that is kept`).argParser(
        (text) => {
          if (text === "start") return text;
          if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError(`It must be the id of an event, or "start".`);
          return Number(text);
        },
      ),
    )
    .addOption(new Option("--type <type...>", "only these").choices(TYPES))
    .option("--avatar <key>", "only of this avatar: public key or address")
    .option("--platform <platform>", "only of this identity, with --identity")
    .option("--identity <identity>", "only of this identity, with --platform")
    .addOption(readInteger("--count <number>", "end after so many", [1, 1e9]))
    .action(run(follow));
  addExamples(command, [
    ["syngraph events", "from now on"],
    [
      "syngraph events --since start --type binding --json",
      "all that is kept; one JSON value a line, its id goes on with --since",
    ],
  ]);
}

/** `syngraph events`. */
async function follow({ syngraph, output, signal }: Context, options: EventsCommandOptions): Promise<void> {
  const { since, type, avatar, platform, identity, count = Infinity } = options;
  const query: EventsQuery = {
    ...(since === "start" ? { from: "start" as const } : since !== undefined && { cursor: since }),
    ...(type !== undefined && { types: type }),
    ...(avatar !== undefined && { avatar }),
    ...(platform !== undefined && { platform }),
    ...(identity !== undefined && { identity }),
  };
  let seen = 0;
  for await (const event of syngraph.events(query, { signal })) {
    output.result(lineOf(event), event);
    seen += 1;
    if (seen >= count) return;
  }
}

function lineOf(event: RegistryEvent): string {
  const { id, type, platform, identity, avatar } = event;
  return oneLine(`${id} ${whenOf(event)} ${type} ${whatOf(event)} ${platform} ${identity} avatar ${avatar}`);
}

function whenOf(event: RegistryEvent): string {
  return event.type === "reorg" || event.block_time === null ? "-" : timeOf(event.block_time);
}

function whatOf(event: RegistryEvent): string {
  switch (event.type) {
    case "link":
      return `${event.action} (${event.status})`;
    case "binding":
      return `${event.status}${event.is_valid ? "" : ` (not valid: ${event.reason || "without a reason"})`} by ${event.cause}`;
    case "reorg":
      return `${event.status}, ${event.removed.length} taken back`;
  }
}
