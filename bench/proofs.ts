/** `npm run bench:proofs`: how many proofs a second GET /v1/proof finds, beside a bare handler with the same statement. */

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { freePort } from "../scripts/lib/stack/ports.ts";
import { Stack } from "../scripts/lib/stack/stack.ts";
import { NO_LIMITS } from "../test/helpers/noLimits.ts";
import { cpuSeconds } from "./binds/cpu.ts";
import { startFloor } from "./binds/floor.ts";
import { quantile } from "./binds/load.ts";
import { fill } from "./proofs/rows.ts";
import { table, writeSection } from "./results.ts";

const BINDINGS = 1_000_000;
const CONNECTIONS = 16;
/** Each server's turns, after one that does not count, and how long one takes, in milliseconds. */
const TURNS = 5;
const TURN = 4_000;

/** What a server did in its turns. */
class Tally {
  readonly rates: number[] = [];
  readonly times: number[] = [];
  cpu = 0;
}

const [load] = loadavg();
const dataDir = await mkdtemp(join(tmpdir(), "syngraph-bench-"));
const ports = { api: await freePort(), indexer: await freePort(), rpc: await freePort() };
const stack = await Stack.start({ dataDir, ports, env: NO_LIMITS });
try {
  await stack.indexer.stop();
  say(`filling in ${BINDINGS.toLocaleString("en-US")} bindings`);
  const avatars = await fill(stack.databaseUrl, BINDINGS);
  const floor = await startFloor(new URL("proofs/floorServer.ts", import.meta.url), {
    DATABASE_URL: stack.databaseUrl,
  });
  try {
    const servers = [
      { name: "API", url: stack.apiUrl, pid: stack.api.pid!, tally: new Tally() },
      { name: "floor", url: floor.url, pid: floor.pid, tally: new Tally() },
    ];
    for (let turn = 0; turn <= TURNS; turn++) {
      for (const { name, url, pid, tally } of servers) {
        const before = cpuSeconds(pid);
        const { milliseconds, times } = await ask(url, avatars);
        const rate = (1000 * times.length) / milliseconds;
        say(`${name}: ${Math.round(rate)} a second`);
        // The first one is for the compilers and the caches.
        if (turn === 0) continue;
        tally.rates.push(rate);
        tally.times.push(...times);
        tally.cpu += cpuSeconds(pid) - before;
      }
    }
    await report(servers[0]!.tally, servers[1]!.tally);
  } finally {
    await floor.stop();
  }
} finally {
  await stack.stop();
  await rm(dataDir, { recursive: true, force: true });
}

async function ask(url: string, avatars: number): Promise<{ milliseconds: number; times: number[] }> {
  const script = new URL("proofs/load.ts", import.meta.url).pathname;
  const args = [script, url, ...[avatars, CONNECTIONS, TURN].map(String)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 64 << 20 });
  return JSON.parse(stdout) as { milliseconds: number; times: number[] };
}

async function report(api: Tally, floor: Tally): Promise<void> {
  const rate = ({ rates }: Tally) => quantile(rates, 0.5);
  const ms = ({ times }: Tally, share: number) => `${quantile(times, share).toFixed(1)} ms`;
  const cpu = (tally: Tally) => `${((1e6 * tally.cpu) / tally.times.length).toFixed(0)} µs`;
  await writeSection(
    "Proofs",
    `
\`GET /v1/proof?exact=true\` of random accounts among ${BINDINGS.toLocaleString("en-US")} bindings, by \`npm run bench:proofs\`: the API's process, and as the floor a bare
\`node:http\` server that runs the very same statement and prints its rows, in turns of ${TURN / 1000} s. PostgreSQL and the load, with ${CONNECTIONS}
connections, are processes beside them on ${cpus().length} cores; the machine's load average was ${load!.toFixed(1)} when it began.

${table([
  ["", "API", "floor", "share", "bar"],
  [
    "requests a second, median of the turns",
    Math.round(rate(api)),
    Math.round(rate(floor)),
    `${((100 * rate(api)) / rate(floor)).toFixed(0)} %`,
    "≥ 70 %",
  ],
  ["answered, median", ms(api, 0.5), ms(floor, 0.5), "", ""],
  ["answered, 95 of 100", ms(api, 0.95), ms(floor, 0.95), "", ""],
  ["its own CPU a request", cpu(api), cpu(floor), "", ""],
])}
`,
  );
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
