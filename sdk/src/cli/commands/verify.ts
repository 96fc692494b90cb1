import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { type Command, InvalidArgumentError, Option } from "commander";

import {
  Chain,
  type Database,
  type Problem,
  type ProblemKind,
  type RegistryContracts,
  VerifyError,
  type VerifyReport,
  contractsOf,
  findContracts,
  serverName,
  verifyRegistry,
} from "../../verify/index.ts";
import { unlessAborted } from "../../client/pause.ts";
import type { Context, Runner } from "../context.ts";
import { CliError, EXIT, interrupted } from "../errors.ts";
import { addExamples, readInteger } from "../options.ts";
import { oneLine } from "../output.ts";

/** The options of `syngraph verify`. */
interface VerifyCommandOptions {
  rpc: string[];
  registry?: string;
  deployment?: string;
  fromBlock?: number;
  toBlock?: number;
  database?: string;
  schema: string;
}

/** Problems printed for people; with `--json` there are all. */
const PRINTED = 100;

/** What is compared, in words, by the kind of its problems. */
const KINDS: Readonly<Record<ProblemKind, string>> = {
  log: "not as signed, or not by the rules",
  state: "the contracts keep something else than their logs say",
  database: "the index says something else than the logs",
  rpc: "servers disagree",
};

/** Highest number of a block that is believed. */
const MAX_BLOCK = 1e15;

export function addVerify(program: Command, run: Runner): void {
  const command = program
    .command("verify")
    .summary("check the whole registry yourself: every signature, the contracts' storage, and an index")
    .description(
      "rebuild the registry from the chain's logs, check every signature, and compare it with the contracts' storage and an " +
        "index; exit code 1 if anything differs, 2 if it could not be checked",
    )
    .requiredOption("--rpc <url>", "RPC of the chain; several are held against each other", collect)
    .option("--registry <address>", "the ProofRegistry; else --deployment, deployments/<chain id>.json, or the node's")
    .option("--deployment <file>", "a deployment file")
    .addOption(readInteger("--from-block <number>", "first block to read; else all", [0, MAX_BLOCK]))
    .addOption(readInteger("--to-block <number>", "last block to read; else that of the index", [0, MAX_BLOCK]))
    .addOption(new Option("--database <url>", "the index's PostgreSQL, postgres://…").env("DATABASE_URL"))
    .addOption(new Option("--schema <name>", "the schema of its tables").argParser(readSchema).default("indexer"))
    .action(run(verify));
  addExamples(command, [
    ["syngraph verify --rpc https://… --deployment deployments/8453.json", "the chain alone"],
    ["syngraph verify --rpc https://… --rpc https://… --database postgres://…", "two RPCs, and an index"],
  ]);
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

function readSchema(text: string): string {
  if (!/^[a-z_][a-z0-9_]{0,62}$/i.test(text)) throw new InvalidArgumentError("It must be a plain name.");
  return text;
}

/**
 * `syngraph verify`: the registry rebuilt from its logs, every signature checked, and compared with the contracts' storage
 * and an index.
 *
 * @throws {CliError} 1 where something is wrong, 2 where it could not be checked.
 */
async function verify(context: Context, options: VerifyCommandOptions): Promise<void> {
  const { output, signal } = context;
  const opened: (() => Promise<void> | void)[] = [];
  try {
    const chains: Chain[] = [];
    for (const url of options.rpc) {
      const chain = await unlessAborted(Chain.open(url), signal);
      opened.push(() => chain.close());
      chains.push(chain);
    }
    const [first, ...others] = chains as [Chain, ...Chain[]];
    for (const { name, chainId } of others) {
      if (chainId !== first.chainId) throw new VerifyError(`${name} is of chain ${chainId}, not ${first.chainId}`);
    }
    const contracts = await unlessAborted(chooseContracts(context, options, [first, ...others]), signal);
    const connection = options.database === undefined ? null : await connect(options.database);
    if (connection) opened.push(() => connection.end());
    const verified = verifyRegistry({
      ...{ chains: [first, ...others], contracts, fromBlock: options.fromBlock, toBlock: options.toBlock },
      index: connection ? { database: connection, schema: options.schema } : undefined,
      progress: (message) => output.status(message),
      signal,
    });
    const report = await unlessAborted(verified, signal);
    output.result(textOf(report), machineOf(report));
    if (report.findings.total > 0) throw new CliError(`${report.findings.total} things are not as they must be`);
    if (report.findings.incomplete) {
      throw new CliError("the contracts' storage could not be compared: give an RPC that keeps it", EXIT.usage);
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (signal.aborted) throw interrupted(error);
    const { message, cause } = error as Error;
    const why = cause instanceof Error && cause.message !== "" ? `: ${cause.message}` : "";
    // What ethers says of a request has its whole address.
    const said = options.rpc.reduce((text, url) => text.replaceAll(url, serverName(url)), `${message}${why}`);
    throw new CliError(`nothing could be verified: ${said}`, EXIT.usage, { cause: error });
  } finally {
    for (const close of opened.toReversed()) await close();
  }
}

/** Where the contracts are: as told, as `deployments/<chainId>.json` says, or as the node does. */
async function chooseContracts(
  { syngraph, output, signal }: Context,
  { registry, deployment }: VerifyCommandOptions,
  chains: readonly [Chain, ...Chain[]],
): Promise<RegistryContracts> {
  const [chain] = chains;
  if (registry !== undefined) return findContracts(chains, registry);
  if (deployment !== undefined) return contractsOf(await readJson(deployment), chain.chainId);
  const file = join(process.env.DEPLOYMENTS_DIR ?? "deployments", `${chain.chainId}.json`);
  const there = await readJson(file).catch(() => null);
  if (there !== null) return contractsOf(there, chain.chainId);
  const { chain: named } = await syngraph.client.health({ signal });
  if (named?.chain_id !== chain.chainId) {
    throw new VerifyError(`there is no ${file}, and the node is not on chain ${chain.chainId}: give --registry`);
  }
  output.note(
    `${named.proof_registry} is verified, which the node names: whether it is the right one, --registry says`,
  );
  return findContracts(chains, named.proof_registry);
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new VerifyError(`${file} cannot be read: ${cause.code ?? cause.message}`);
  });
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new VerifyError(`${file} is no JSON`);
  }
}

async function connect(url: string): Promise<Database & { end: () => Promise<void> }> {
  // Only this command needs it, and only with --database.
  const pg = await import("pg").catch(() => {
    throw new VerifyError("--database needs the package pg: npm install pg");
  });
  const client = new pg.default.Client({ connectionString: url });
  // What a lost connection says, the query that waits for it says too.
  client.on("error", () => {});
  try {
    await client.connect();
    return client;
  } catch (cause) {
    // Its address has the password.
    throw new VerifyError("the database does not answer", { cause });
  }
}

function textOf({ chainId, fromBlock, toBlock, blockHash, findings, signatures, seconds }: VerifyReport): string {
  const { problems, counts, checked, unchecked, total } = findings;
  const speed = Math.round(signatures / Math.max(seconds, 0.001));
  return [
    ...problems.slice(0, PRINTED).map(lineOf),
    ...(total > PRINTED ? [`… and ${total - PRINTED} more`] : []),
    `chain ${chainId}, blocks ${fromBlock} to ${toBlock} (${blockHash})`,
    ...Object.entries(checked).map(([what, count]) => `  ${count} ${what}`),
    ...Object.entries(unchecked).map(([why, count]) => `not checked: ${why} (${count})`),
    ...Object.entries(counts).map(([kind, count]) => `wrong: ${count} (${KINDS[kind as ProblemKind]})`),
    `${signatures} signatures, ${speed} a second; ${total === 0 ? "no difference" : `${total} differences`}`,
  ]
    .map(oneLine)
    .join("\n");
}

function lineOf({ kind, subject, detail }: Problem): string {
  return `${kind}: ${subject}: ${detail}`;
}

function machineOf({ chainId, fromBlock, toBlock, blockHash, findings, signatures, seconds }: VerifyReport): object {
  const { problems, counts, checked, unchecked, total, incomplete } = findings;
  return {
    ...{
      ok: total === 0 && !incomplete,
      chain_id: chainId,
      from_block: fromBlock,
      to_block: toBlock,
      block_hash: blockHash,
    },
    ...{ signatures, seconds, checked, unchecked, counts, problems },
  };
}
