/**
 * `npm start`: brings up the whole registry on this machine, and takes it down again.
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import hre from "hardhat";

import { Stack, resetData } from "./lib/stack/stack.ts";
import { buildWeb } from "./lib/stack/web.ts";

const USAGE = `npm start [-- --reset]

Brings up the whole registry on this machine: PostgreSQL, a local chain with the contracts, indexer, API and dashboard.
It goes on where it was; with --reset it begins anew. Ctrl-C ends it.

Environment: PORT (3000), INDEXER_PORT (42069), RPC_PORT (8545), DATA_DIR (.syngraph), DATABASE_URL (its own PostgreSQL).
`;

const flags = readFlags();
const dataDir = resolve(process.env.DATA_DIR ?? join(import.meta.dirname, "../.syngraph"));
const lockFile = join(dataDir, "lock");

const asked = new Promise<void>((done) => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => done());
});

/** @throws when another process has the data in use. */
async function lock(): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const pid = runningPid();
  if (pid !== undefined) throw new Error(`Syngraph runs already on ${dataDir}, as process ${pid}`);
  writeFileSync(lockFile, String(process.pid));
  process.once("exit", () => rmSync(lockFile, { force: true }));
}

function runningPid(): number | undefined {
  try {
    const pid = Number(readFileSync(lockFile, "utf8"));
    process.kill(pid, 0);
    // After a power cut the number may be another program's.
    const command = process.platform === "linux" ? readFileSync(`/proc/${pid}/cmdline`, "utf8") : "dev.ts";
    return command.includes("dev.ts") ? pid : undefined;
  } catch {
    return undefined;
  }
}

function readFlags(): { reset: boolean } {
  try {
    const { values } = parseArgs({ options: { reset: { type: "boolean" }, help: { type: "boolean", short: "h" } } });
    if (!values.help) return { reset: values.reset ?? false };
    process.stdout.write(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function port(name: string, otherwise: number): number {
  const value = Number(process.env[name] ?? otherwise);
  if (!Number.isInteger(value) || value < 1 || value > 65535) throw new Error(`${name} must be a port, 1 to 65535`);
  return value;
}

async function main(): Promise<number> {
  const ports = { api: port("PORT", 3000), indexer: port("INDEXER_PORT", 42069), rpc: port("RPC_PORT", 8545) };
  await lock();
  // Before anything is built, or deleted.
  await Stack.requirePorts(ports);
  if (flags.reset) {
    await resetData(dataDir);
    await lock();
  }
  console.log("building the contracts and the page, which takes a while the first time …");
  await Promise.all([hre.tasks.getTask("build").run({ quiet: true }), buildWeb()]);
  const starting = Stack.start({
    dataDir,
    ports,
    ...(process.env.DATABASE_URL ? { databaseUrl: process.env.DATABASE_URL } : {}),
    log: (line) => console.log(line),
  });
  const interrupted = await Promise.race([asked.then(() => true), starting.then(() => false)]);
  const stack = await starting;
  if (interrupted) {
    await stack.stop();
    return 0;
  }
  // By its name and not its number: passkeys belong to names (WebAuthn, section 5.1.2).
  console.log(`\nSyngraph is ready: http://localhost:${ports.api}\n`);
  const failure = await Promise.race([asked, stack.failure()]);
  console.log("stopping");
  if (failure) {
    console.error(`${failure.part.name} ended (${failure.reason}); its last words:\n${await failure.part.lastLines()}`);
  }
  await stack.stop();
  return failure ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
// Compilers leave timers behind.
process.exit();
