import { type Command, InvalidArgumentError, Option } from "commander";

import { RegistryReader } from "../../chain/index.ts";
import type { CheckedChain } from "../../client/index.ts";
import { parsePublicKey } from "../../protocol/index.ts";
import type { VerifiedChain } from "../../syngraph.ts";
import type { Context, Runner } from "../context.ts";
import { CliError, usageError } from "../errors.ts";
import { avatarKey } from "../keys.ts";
import { addExamples } from "../options.ts";
import { table, timeOf } from "../output.ts";

export function addChain(program: Command, run: Runner): void {
  const command = program
    .command("chain")
    .summary("show an avatar's proof chain, each link verified on this machine")
    .description(
      "show an avatar's proof chain and verify each link on this machine; exit code 1 if one does not verify",
    )
    .argument("[avatar]", "public key or address; your own unless told")
    .option("--rpc <url>", "without the node: rebuilt from the chain's logs, read here; several have to agree", collect)
    .option("--registry <address>", "the ProofRegistry, with --rpc")
    .action(run(chain));
  addExamples(command, [
    ["syngraph chain", "your own"],
    ["syngraph chain 0x02… --rpc https://… --registry 0x…", "with the bindings that follow from it; no API is asked"],
    ["syngraph chain 0x02… --json", "one JSON value, with what each link's check came to"],
  ]);
}

/** `syngraph bound <avatar> <platform> <identity>`. */
export function addBound(program: Command, run: Runner): void {
  const command = program
    .command("bound")
    .description("ask the contract itself whether both sides stand for a binding; exit code 1 unless they do")
    .argument("<avatar>", "public key or address")
    .argument("<platform>", "for example github")
    .argument("<identity>", "in its normal form: alice, not @Alice");
  addReader(command);
  addExamples(command, [["syngraph bound 0x02… github alice --rpc https://… --registry 0x…", "no node is asked"]]);
  command.action(run(showBound));
}

/** The options of a command that reads the registry from the chain. */
export function addReader(command: Command): void {
  command
    .addOption(
      new Option("--rpc <url>", "RPC of the chain; several have to agree").argParser(collect).makeOptionMandatory(),
    )
    .requiredOption("--registry <address>", "the ProofRegistry");
}

/** What it takes to read the registry from the chain. */
export interface ReaderOptions {
  rpc: [string, ...string[]];
  registry: string;
}

/** Reads the registry from the chain, and lets go of the RPCs after that. */
export async function withReader<T>(options: ReaderOptions, read: (reader: RegistryReader) => Promise<T>): Promise<T> {
  const reader = new RegistryReader({ rpc: options.rpc, registry: options.registry });
  try {
    return await read(reader);
  } finally {
    await reader.close();
  }
}

async function showBound(
  { output, signal }: Context,
  avatar: string,
  platform: string,
  identity: string,
  options: ReaderOptions,
): Promise<void> {
  await withReader(options, async (reader) => {
    const { status, asOf, link } = await reader.statusOf(avatar, platform, identity, { signal });
    const bound = await reader.isBound(avatar, platform, identity, { signal });
    output.result(`${platform} ${identity} is ${status}${asOf === 0 ? "" : ` since ${timeOf(asOf)}`}`, {
      ...{ avatar, platform, identity, status, as_of: String(asOf), link, bound },
    });
    if (!bound) throw new CliError(`${platform} ${identity} is not bound to ${avatar}`);
  });
}

interface ChainOptions {
  rpc?: [string, ...string[]];
  registry?: string;
}

function collect(value: string, before?: string[]): string[] {
  if (["http:", "https:"].includes(URL.parse(value)?.protocol ?? "")) return [...(before ?? []), value];
  throw new InvalidArgumentError("It must be an http or https address.");
}

/** `syngraph chain [avatar]`: each link verified here and not by the server. */
async function chain(context: Context, named: string | undefined, { rpc, registry }: ChainOptions): Promise<void> {
  const { syngraph, output, signal } = context;
  const name = named ?? (await avatarKey(context)).publicKey;
  if (rpc) {
    if (registry === undefined) throw usageError("give the ProofRegistry's address: --registry 0x…");
    return readChain(context, name, { rpc, registry });
  }
  // For an address the server names the key, which has to fit it.
  const avatar = /^0x[0-9a-f]{40}$/i.test(name) ? (await syngraph.avatar(name, { signal }))?.avatar : keyOf(name);
  const { items, chains } = avatar === undefined ? NONE : await syngraph.chain(avatar, { signal });
  if (items.length === 0) throw new CliError(`there is no proof chain of ${name} in this registry`);
  const checked = new Map(chains.flatMap(({ links }) => links.map((link) => [link.item, link.check] as const)));
  // As the server told them: on several chains they take turns.
  const links = items.map((item) => ({ ...item, verification: checked.get(item)! }));
  output.result(chains.map(chainText).join("\n\n"), { avatar, links });
  const unverified = links.filter(({ verification }) => !verification.ok).length;
  if (unverified > 0) throw new CliError(`${unverified} of ${items.length} items could not be verified`);
  output.note(`${items.length} of ${items.length} items verified here`);
}

/** The same without an API. @throws {CliError} where something is wrong with it. */
async function readChain({ output, signal }: Context, avatar: string, options: ReaderOptions): Promise<void> {
  await withReader(options, async (reader) => {
    output.status("reading the chain's logs");
    const reading = await reader.chain(avatar, { signal });
    const { links, bindings, block, unchecked, problems, verified } = reading;
    if (links.length === 0) throw new CliError(`there is no proof chain of ${avatar} in this registry`);
    const rows = links.map((link) => [
      link.sequence === null ? "-" : String(link.sequence),
      timeOf(link.time),
      link.action,
      link.platform,
      link.identity,
      link.status,
      link.problems.join("; ") || "verified",
    ]);
    const stand = bindings.map((each) => [
      each.platform,
      each.identity,
      each.status,
      timeOf(each.asOf),
      each.problems.join("; ") || each.evidence,
    ]);
    output.result(
      [
        table([["#", "in a block", "action", "platform", "identity", "status", "verification"], ...rows]),
        table([["platform", "identity", "status", "since", "rests on"], ...stand]),
      ].join("\n\n"),
      withApiNames(reading),
    );
    for (const what of unchecked) output.note(`not checked: ${what}`);
    if (!verified) throw new CliError(`not all of it is as it must be: ${problems[0]?.detail ?? "see above"}`);
    output.note(`verified here, as of block ${block.number}`);
  });
}

/** With names as the API's, as everything in `--json`. */
function withApiNames(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withApiNames);
  const entries = Object.entries(value).map(([name, each]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    withApiNames(each),
  ]);
  return Object.fromEntries(entries) as object;
}

const NONE: VerifiedChain = { items: [], chains: [] };

/** @throws {CliError} usage */
function keyOf(text: string): string {
  try {
    return parsePublicKey(text).compressed;
  } catch {
    throw usageError(`${JSON.stringify(text)} is no public key and no address of an avatar`);
  }
}

function chainText({ chainId, links }: CheckedChain, _index: number, all: readonly CheckedChain[]): string {
  const rows = links.map(({ item, check }) => [
    item.sequence === null ? "-" : String(item.sequence),
    timeOf(item.created_at),
    item.sequence === null ? "release" : item.action,
    item.platform,
    item.identity,
    item.status,
    check.ok ? "verified" : (check.problem ?? "not verified"),
  ]);
  const text = table([["#", "signed", "action", "platform", "identity", "status", "verification"], ...rows]);
  return all.length > 1 ? `chain ${chainId}\n${text}` : text;
}
