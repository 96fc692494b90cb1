import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { expect } from "chai";
import { Wallet } from "ethers";

import { freePort } from "../../scripts/lib/stack/ports.ts";
import { bindWallet, get, newPerson } from "../helpers/api.ts";

const ROOT = join(import.meta.dirname, "../..");

/** How it is started: by npm, as a user does, or the script itself, to see its own exit code. */
const BY_NPM = ["npm", "start", "--"];
const BY_NODE = [process.execPath, join(ROOT, "scripts/dev.ts")];

/** `npm start` on data and ports of its own. */
class Started {
  readonly child: ChildProcess;
  readonly apiUrl: string;
  output = "";

  constructor(dataDir: string, ports: Ports, [program, ...args]: string[]) {
    this.apiUrl = `http://127.0.0.1:${ports.PORT}`;
    const env = { ...process.env, ...ports, DATA_DIR: dataDir };
    this.child = spawn(program!, args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.child.stdout!, this.child.stderr!]) stream.on("data", (data) => (this.output += data));
  }

  async ready(): Promise<this> {
    while (!this.output.includes("Syngraph is ready")) {
      if (this.child.exitCode !== null) throw new Error(`ended with ${this.child.exitCode}:\n${this.output}`);
      await sleep(50);
    }
    return this;
  }

  /** Its exit code, or the signal that ended it. */
  async ended(): Promise<number | string> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, "exit");
    return this.child.exitCode ?? this.child.signalCode!;
  }

  async stop(): Promise<void> {
    this.child.kill("SIGINT");
    await this.ended();
  }

  /** Everything it started, by process id. */
  async descendants(): Promise<number[]> {
    const parents = new Map<number, number>();
    for (const entry of await readdir("/proc")) {
      const stat = /^\d+$/.test(entry) ? await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "") : "";
      const parent = /^\d+ \(.*\) \S (\d+)/s.exec(stat)?.[1];
      if (parent !== undefined) parents.set(Number(entry), Number(parent));
    }
    const below = (pid: number): number[] =>
      [...parents].filter(([, parent]) => parent === pid).flatMap(([child]) => [child, ...below(child)]);
    return below(this.child.pid!);
  }
}

type Ports = Record<"PORT" | "INDEXER_PORT" | "RPC_PORT", string>;

async function freePorts(): Promise<Ports> {
  return { PORT: String(await freePort()), INDEXER_PORT: String(await freePort()), RPC_PORT: String(await freePort()) };
}

/** Those of the processes that still run after a short while. */
async function left(pids: number[], deadline = 5_000): Promise<number[]> {
  const started = Date.now();
  for (;;) {
    const running = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")));
    // A zombie has ended; whoever adopted it has just not asked for its exit code.
    const found = pids.filter((_, index) => running[index] !== "" && !/\) Z /.test(running[index]!));
    if (found.length === 0 || Date.now() - started > deadline) return found;
    await sleep(100);
  }
}

describe("npm start", function () {
  this.timeout(240_000);
  let dataDir: string;
  let ports: Ports;
  const all: Started[] = [];

  const start = (command = BY_NODE, on = ports) => {
    const started = new Started(dataDir, on, command);
    all.push(started);
    return started;
  };

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "syngraph-start-"));
    ports = await freePorts();
  });
  after(async () => {
    for (const started of all) if ((await left([started.child.pid!], 0)).length > 0) await started.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  const boundOn = async (started: Started, wallet: { address: string }) =>
    (await get(started, `/v1/proof?identity=${wallet.address}&exact=true`)).body.ids as { avatar: string }[];

  // A start takes its time, so each test goes on with what the one before it left.
  const person = newPerson();
  const wallets = Array.from({ length: 3 }, () => Wallet.createRandom());
  const bindNext = async (started: Started, index: number) =>
    expect((await bindWallet(started, person, wallets[index]!)).status).to.equal(201);

  it("names a taken port", async () => {
    const squatter = createServer().listen(Number(ports.PORT), "127.0.0.1");
    await once(squatter, "listening");
    const refused = start();
    expect(await refused.ended()).to.equal(1);
    expect(refused.output).to.include(`Port ${ports.PORT}`).and.include("PORT");
    squatter.close();
  });

  it("brings everything up, refuses to do so twice, and leaves no process behind on Ctrl-C", async () => {
    const first = await start().ready();
    const page = await fetch(first.apiUrl);
    expect(page.headers.get("content-type")).to.include("text/html");
    expect(page.headers.get("content-security-policy")).to.include("default-src 'self'").and.not.include("unsafe");
    await bindNext(first, 0);
    const second = start(BY_NODE, await freePorts());
    expect(await second.ended()).to.equal(1);
    expect(second.output).to.include(`process ${first.child.pid}`);
    expect((await get(first, "/readyz")).status).to.equal(200);
    const children = await first.descendants();
    expect(children.length).to.be.at.least(4);
    await first.stop();
    expect(await first.ended()).to.equal(0);
    expect(await left(children)).to.deep.equal([]);
  });

  it("resumes where it was, and leaves no process behind on SIGTERM", async () => {
    const started = await start(BY_NPM).ready();
    expect((await boundOn(started, wallets[0]!))[0]!.avatar).to.equal(person.key.compressed);
    await bindNext(started, 1);
    const children = await started.descendants();
    started.child.kill("SIGTERM");
    await started.ended();
    // npm may go before what it started; that ends all the same.
    expect(await left(children, 15_000)).to.deep.equal([]);
  });

  it("leaves no process behind when it is itself killed", async () => {
    const killed = await start().ready();
    expect(await boundOn(killed, wallets[1]!)).to.have.length(1);
    await bindNext(killed, 2);
    await sleep(1_000);
    const children = await killed.descendants();
    killed.child.kill("SIGKILL");
    await killed.ended();
    expect(await left(children)).to.deep.equal([]);
  });

  it("starts again after that, ends the rest when a part dies, and says why", async () => {
    const started = await start().ready();
    expect(await boundOn(started, wallets[2]!)).to.have.length(1);
    const children = await started.descendants();
    const commands = await Promise.all(children.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8")));
    process.kill(children[commands.findIndex((command) => command.includes("anvil"))]!, "SIGKILL");
    expect(await started.ended()).to.equal(1);
    expect(started.output).to.include("chain ended (signal SIGKILL)");
    expect(await left(children)).to.deep.equal([]);
  });

  it("begins anew with --reset", async () => {
    const anew = await start([...BY_NPM, "--reset"]).ready();
    for (const wallet of wallets) expect(await boundOn(anew, wallet)).to.deep.equal([]);
    expect((await get(anew, "/v1/proofchain/changes")).body.links).to.deep.equal([]);
    const children = await anew.descendants();
    await anew.stop();
    expect(await left(children, 15_000)).to.deep.equal([]);
  });
});
