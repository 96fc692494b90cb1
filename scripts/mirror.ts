/**
 * `npm run mirror -- --from <chain> --to <chain>`: replays proof chains and attestations from one chain's registry to
 * another's. Exit code 3 when the chains of an avatar fork, 1 when something was refused or could not be read, 2 when the
 * command was not understood.
 */
import { parseArgs } from "node:util";

import { parsePublicKey } from "@syngraph/sdk/protocol";
import { getAddress, isAddress } from "ethers";

import { isDoubtful, readHistory } from "./lib/mirror/history.ts";
import { mirror } from "./lib/mirror/mirror.ts";
import { type Names, exitCodeOf, linesOf, summaryOf } from "./lib/mirror/report.ts";
import { forgetSourceLogs, readSourceLogs } from "./lib/mirror/sourceLogs.ts";
import { Target } from "./lib/mirror/target.ts";
import { chainIdOf, networkName } from "./lib/networks.ts";
import { type RegistryChain, SettingError, openRegistryChain, payerOn } from "./lib/registryChain.ts";

const USAGE = `Usage: npm run mirror -- --from CHAIN --to CHAIN [--avatar KEY] [--confirmations N] [--chunk N] [--dry-run]
       [--cache DIR] [--keep]

--from, --to     chain id, or a network's name as for npm run deploy; the RPC is RPC_URL_<chainId>
--avatar         only this one: public key or address
--confirmations  read up to so many blocks below the latest (default: up to the last finalised block)
--chunk          how many blocks are asked for at once (default: 10000); what is too much for the server is halved
--dry-run        say what would be written, and write nothing
--cache          folder for what was read, from where a run goes on that is interrupted (default: .syngraph/mirror)
--keep           keep that at the end, so that the next run need not read it again: nor does it then find out what the
                 server left out

RELAYER_KEY, or else DEPLOYER_KEY, is the private key of the account that pays; on the local chain it may be left out.
The contracts' addresses are in $DEPLOYMENTS_DIR, or deployments, or for the local chain .syngraph/deployments.`;

const { RELAYER_KEY, DEPLOYER_KEY, DEPLOYMENTS_DIR, RPC_PORT } = process.env;

process.exitCode = await run(process.argv.slice(2));

interface Command {
  from: number;
  to: number;
  avatar: string | undefined;
  confirmations: number | undefined;
  chunk: number;
  dryRun: boolean;
  cacheDir: string;
  keep: boolean;
}

async function run(argv: string[]): Promise<number> {
  let command: Command | null;
  try {
    command = parseCommand(argv);
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`, 2);
  }
  if (command === null) return say(USAGE);
  const chains: RegistryChain[] = [];
  try {
    for (const chainId of [command.from, command.to]) chains.push(await openChain(chainId));
    return await runBetween(chains as [RegistryChain, RegistryChain], command);
  } catch (error) {
    return fail((error as Error).message, error instanceof SettingError ? 2 : 1);
  } finally {
    for (const { close } of chains) close();
  }
}

async function runBetween([source, destination]: [RegistryChain, RegistryChain], command: Command): Promise<number> {
  const { avatar, dryRun } = command;
  const wallet = dryRun ? null : payer(destination);
  const names: Names = { from: titleOf(source.chainId), to: titleOf(destination.chainId) };
  say(`from ${names.from} to ${names.to}${wallet ? `, paid by ${wallet.address}` : ", as a dry run"}`);
  const logs = await readSourceLogs(source, command);
  const history = readHistory(logs, avatar);
  const target = await Target.open(destination, wallet);
  const reports = await mirror(history, target, { dryRun, log: (line) => say(`sent      ${line}`) });
  if (!command.keep || isDoubtful(history)) await forgetSourceLogs(source, command);
  for (const report of reports) for (const line of linesOf(report, names)) say(line);
  say("Which avatar a wallet names (setAvatar) does not travel: only the wallet itself can say it, on each chain.");
  say(summaryOf(reports, target.sent, history));
  return exitCodeOf(reports, history);
}

function parseCommand(argv: string[]): Command | null {
  const { values } = parseArgs({
    args: argv,
    options: {
      from: { type: "string" },
      to: { type: "string" },
      avatar: { type: "string" },
      confirmations: { type: "string" },
      chunk: { type: "string", default: "10000" },
      "dry-run": { type: "boolean", default: false },
      cache: { type: "string", default: ".syngraph/mirror" },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return null;
  const [from, to] = [parseChain("--from", values.from), parseChain("--to", values.to)];
  if (from === to) throw new SettingError("--from and --to are the same chain");
  const { avatar, confirmations, chunk } = values;
  if (!/^[1-9]\d{0,8}$/.test(chunk)) throw new SettingError(`--chunk ${chunk} is no number of blocks`);
  if (confirmations !== undefined && !/^\d{1,9}$/.test(confirmations)) {
    throw new SettingError(`--confirmations ${confirmations} is no number of blocks`);
  }
  return {
    ...{ from, to, dryRun: values["dry-run"], cacheDir: values.cache, keep: values.keep },
    avatar: avatar === undefined ? undefined : parseAvatar(avatar),
    chunk: Number(chunk),
    confirmations: confirmations === undefined ? undefined : Number(confirmations),
  };
}

function parseChain(option: string, name: string | undefined): number {
  if (name === undefined) throw new SettingError(`${option} is missing`);
  const chainId = chainIdOf(name);
  if (chainId === undefined) throw new SettingError(`${option}: there is no network ${name}`);
  return chainId;
}

function parseAvatar(text: string): string {
  return isAddress(text) ? getAddress(text) : parsePublicKey(text).address;
}

async function openChain(chainId: number): Promise<RegistryChain> {
  const rpcName = `RPC_URL_${chainId}`;
  const local = networkName(chainId) === "local" ? `http://127.0.0.1:${RPC_PORT || 8545}` : "";
  const rpc = process.env[rpcName] || local;
  if (!rpc) throw new SettingError(`${rpcName} is not set`);
  const deploymentsDirs = DEPLOYMENTS_DIR ? [DEPLOYMENTS_DIR] : ["deployments", ".syngraph/deployments"];
  const chain = await openRegistryChain({ rpc, rpcName, deploymentsDirs });
  if (chain.chainId === chainId) return chain;
  chain.close();
  throw new SettingError(`${rpcName} is the RPC of chain ${chain.chainId}`);
}

function payer(destination: RegistryChain) {
  const name = RELAYER_KEY || !DEPLOYER_KEY ? "RELAYER_KEY" : "DEPLOYER_KEY";
  return payerOn(destination, RELAYER_KEY || DEPLOYER_KEY, name);
}

function titleOf(chainId: number): string {
  return `${networkName(chainId)} (${chainId})`;
}

function say(text: string): number {
  // Identities are anybody's: nothing in them may steer the terminal.
  process.stdout.write(`${text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "")}\n`);
  return 0;
}

function fail(text: string, code: number): number {
  // The URLs often hold a key.
  let hidden = text;
  for (const [name, value] of Object.entries(process.env)) {
    if (/^RPC_URL_\d+$/.test(name) && value) hidden = hidden.replaceAll(value, name);
  }
  process.stderr.write(`${hidden}\n`);
  return code;
}
