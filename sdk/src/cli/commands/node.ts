import type { Command } from "commander";

import type { NodeStatus } from "../../client/index.ts";
import type { Context, Runner } from "../context.ts";
import { CliError } from "../errors.ts";
import { addExamples } from "../options.ts";
import { type Span, table } from "../output.ts";

export function addNode(program: Command, run: Runner): void {
  const platforms = program
    .command("platforms")
    .description("list what can be bound, and what has to be told for it")
    .action(run(listPlatforms));
  addExamples(platforms, [["syngraph platforms --json", "one JSON value for each, as GET /v1/platforms has it"]]);

  const status = program
    .command("status")
    .description("tell how the node stands and what it rests on; exit code 1 unless all is well")
    .action(run(showStatus));
  addExamples(status, [
    ["syngraph status --api https://…", "chain, indexer, relayer, queue, platforms, attesters, peers"],
  ]);
}

/** `syngraph platforms`. */
async function listPlatforms({ syngraph, output, signal }: Context): Promise<void> {
  const all = await syngraph.platforms({ signal });
  if (output.json) for (const platform of all) output.result("", platform);
  else {
    const rows = all.map(({ id, name, status, side, identity_rule: rule }) => [id, name, status, SIDES[side], rule]);
    output.result(table([["platform", "name", "status", "confirmed by", "identity"], ...rows]), all);
  }
}

const SIDES = { wallet: "the wallet", avatar: "the other avatar", post: "a post" } as const;

/** `syngraph status`. */
async function showStatus({ syngraph, output, signal }: Context): Promise<void> {
  const status = await syngraph.status({ signal });
  output.result(linesOf(status), status);
  if (status.state !== "ok") throw new CliError(`the node is ${status.state}`);
}

function linesOf(status: NodeStatus): Span[][] {
  const { state, version, uptime, chain, indexer, database, relayer, queue, events, attesters } = status;
  const resting = status.platforms.filter((each) => each.resting !== null);
  const closed = status.platforms.filter((each) => each.status !== "live");
  return [
    part("node", state, `version ${version}, up for ${durationOf(uptime)}`),
    part("chain", chain.state, `${chain.chain_id}, block ${known(chain.block)}, ${known(chain.age)} s old`),
    part("", "", `registry ${chain.proof_registry}`),
    part("indexer", indexer.state, `block ${known(indexer.block)}, ${known(indexer.lag)} behind`),
    part("database", database.state, ""),
    part("relayer", relayer.state, `${relayer.address} has ${known(relayer.balance)} ETH`),
    part("queue", queue.state, `${known(queue.accepted)} to be sent, ${known(queue.sent)} to be in a block`),
    part("events", "", `${events.streams} of ${events.limit} streams`),
    part("attesters", "", `${attesters.all?.length ?? "unknown"}, this one is ${activity(attesters.active)}`),
    ...status.peers.map(({ origin, state: peer, latency }) =>
      part("peer", peer, `${origin ?? "not told"}${latency === null ? "" : `, ${latency} ms`}`),
    ),
    ...closed.map(({ id, status: why }) => part("platform", why, id)),
    ...resting.map(({ id, resting: rest }) => part("platform", "resting", `${id}, for ${rest} s`)),
  ];
}

function part(name: string, state: string, detail: string): Span[] {
  const style = ["ok", "unasked", ""].includes(state)
    ? "green"
    : ["down", "failing"].includes(state)
      ? "red"
      : "yellow";
  return [
    name.padEnd(11),
    { text: state, style },
    " ".repeat(Math.max(1, 10 - state.length)),
    { text: detail, style: "dim" },
  ];
}

function known(value: number | string | null): string {
  return value === null ? "unknown" : String(value);
}

function activity(active: boolean | null): string {
  return active === null ? "unknown" : active ? "active" : "not active";
}

function durationOf(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}
