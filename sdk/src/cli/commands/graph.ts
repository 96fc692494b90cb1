import type { Command } from "commander";

import type { PathReply } from "../../client/index.ts";
import type { GraphVertex } from "../../syngraph.ts";
import type { Context, Runner } from "../context.ts";
import { CliError, usageError } from "../errors.ts";
import { addExamples, readInteger } from "../options.ts";
import type { Span } from "../output.ts";
import { type ScopeOptions, addScope, scopeOf } from "../scope.ts";
import { drawGraph, edgeSpans, nameSpan, strokesOf } from "../tree.ts";

export function addGraph(program: Command, run: Runner): void {
  const graph = program
    .command("graph")
    .description("draw what an identity is connected with, as a tree, and what each connection rests on")
    .argument("<platform>", "for example ethereum; nextid for an avatar")
    .argument("<identity>", "an address, login, public key, …")
    .addOption(readInteger("--depth <steps>", "how many steps from the identity; all unless told", [0, 1000]));
  addScope(graph);
  addExamples(graph, [
    ["syngraph graph github alice --depth 2", "what is two steps away at most"],
    ["syngraph graph ethereum 0x… --level 5", "only what is signed by both sides"],
    ["syngraph graph nextid 0x02… --json", "one JSON value: root, vertices, edges, truncated"],
  ]);
  graph.action(run(showGraph));

  const path = program
    .command("path")
    .description("tell whether two identities are one person's, and why; exit code 1 if they are not")
    .argument("<from>", "platform,identity")
    .argument("<to>", "platform,identity");
  addScope(path);
  addExamples(path, [["syngraph path github,alice ethereum,0x…", "each step, with what it rests on"]]);
  path.action(run(showPath));
}

async function showGraph(
  context: Context,
  platform: string,
  identity: string,
  { depth, ...rest }: ScopeOptions & { depth?: number },
): Promise<void> {
  const { syngraph, output, signal } = context;
  const scope = { ...(depth !== undefined && { depth }), ...scopeOf(rest) };
  const graph = await syngraph.graph({ platform, identity }, { ...scope, signal });
  const { root, vertices, edges, truncated } = graph;
  output.result(drawGraph(graph, strokesOf(process.env)), {
    ...{ root, vertices: vertices.map(vertexOf), edges, truncated },
  });
  if (edges.length === 0) output.note("no connection is known of it");
  if (truncated) output.note("there is more than this: it is cut off");
}

/** With the API's way to write names, as everything in `--json`. */
function vertexOf({ displayName, ...rest }: GraphVertex): object {
  return { ...rest, display_name: displayName };
}

async function showPath(context: Context, from: string, to: string, options: ScopeOptions): Promise<void> {
  const { syngraph, output, signal } = context;
  const [one, other] = [readVertex(from), readVertex(to)];
  const reply = await syngraph.path(one, other, { ...scopeOf(options), signal });
  const start: Span[] = [nameSpan(reply.from.platform, reply.from.identity)];
  const steps = reply.steps.map((step, index) => stepLine(step, index));
  output.result(reply.linked ? [start, ...steps] : [["not connected"]], reply);
  if (!reply.linked) throw new CliError(`${from} and ${to} are not connected, as far as is known`);
  output.note(`connected, by level ${reply.level ?? 0} in its weakest step`);
}

function stepLine({ to, edge }: PathReply["steps"][number], index: number): Span[] {
  const { last, blank } = strokesOf(process.env);
  return [blank.repeat(index) + last, nameSpan(to.platform, to.identity), "  ", ...edgeSpans([edge])];
}

/** @throws {CliError} usage */
function readVertex(text: string): { platform: string; identity: string } {
  const [, platform, identity] = /^([^,:]+)[,:](.+)$/.exec(text) ?? [];
  if (platform === undefined || identity === undefined) {
    throw usageError(`${JSON.stringify(text)} is not of the form platform,identity`);
  }
  return { platform, identity };
}
