import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { outlivedBy } from "./privileges.ts";

/** How to run one part of the stack. */
export interface PartOptions {
  /** What it is called in messages. */
  name: string;
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Where its output goes. */
  logFile: string;
  /** The signal that asks it to finish what it is doing and end. */
  stopSignal?: NodeJS.Signals;
  /** The signal that it gets where this process ends without stopping it; `stopSignal` unless told. */
  orphanSignal?: NodeJS.Signals;
  /** Put before the command, for example to give up root. */
  prefix?: string[];
}

/** How long a part may take to end after it was asked to, in milliseconds. */
const STOP_DEADLINE = 10_000;

/** A child process of the stack. It ends when asked, and with this process, however that ends. */
export class Part {
  readonly name: string;
  /** Resolves with the reason when the process has ended, asked or not. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #logFile: string;
  readonly #stopSignal: NodeJS.Signals;
  #running = true;

  private constructor(options: PartOptions) {
    this.name = options.name;
    this.#logFile = options.logFile;
    this.#stopSignal = options.stopSignal ?? "SIGTERM";
    const [command, ...args] = [
      ...(options.prefix ?? []),
      ...outlivedBy(options.orphanSignal ?? this.#stopSignal),
      options.command,
      ...options.args,
    ];
    // A group of its own: a Ctrl-C at the terminal reaches this process alone, which then ends the parts in order.
    this.#child = spawn(command!, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const log = createWriteStream(this.#logFile, { flags: "a" });
    this.#child.stdout!.pipe(log, { end: false });
    this.#child.stderr!.pipe(log, { end: false });
    this.ended = new Promise((resolve) => {
      this.#child.once("error", (error) => {
        this.#running = false;
        resolve(error.message);
      });
      this.#child.once("close", (code, signal) => {
        this.#running = false;
        log.end(() => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
      });
    });
  }

  /** Starts the process. Whether it is of any use yet, {@link waitUntil} says. */
  static async start(options: PartOptions): Promise<Part> {
    await mkdir(dirname(options.logFile), { recursive: true });
    return new Part(options);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#running;
  }

  /**
   * Waits until `ready` answers true.
   *
   * @throws when the process ends first, or on the deadline (milliseconds).
   */
  async waitUntil(ready: () => Promise<boolean>, deadline = 60_000): Promise<void> {
    const started = Date.now();
    while (!(await ready().catch(() => false))) {
      if (!this.#running) {
        throw new Error(`${this.name} ended at its start: ${await this.ended}\n${await this.lastLines()}`);
      }
      if (Date.now() - started > deadline) {
        throw new Error(`${this.name} was not ready after ${deadline / 1000} s\n${await this.lastLines()}`);
      }
      await sleep(50);
    }
  }

  /** Asks the process to end, and kills it if it does not. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#child.kill(this.#stopSignal);
    const timeout = AbortSignal.timeout(STOP_DEADLINE);
    timeout.addEventListener("abort", () => this.#child.kill("SIGKILL"));
    await this.ended;
  }

  /** Kills the process at once, as a power cut would. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }

  /** The end of its output. */
  async lastLines(count = 20): Promise<string> {
    const text = await readFile(this.#logFile, "utf8").catch(() => "");
    return text.trimEnd().split("\n").slice(-count).join("\n");
  }
}
