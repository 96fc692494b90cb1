import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { JsonRpcProvider } from "ethers";

/** An anvil of its own, on a port that the system chose. */
export class Anvil {
  readonly url: string;
  readonly provider: JsonRpcProvider;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, url: string) {
    this.#process = process;
    this.url = url;
    this.provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, pollingInterval: 50 });
  }

  /** Starts it as an OP chain, with further arguments. */
  static start(...args: string[]): Promise<Anvil> {
    return Anvil.startPlain("--optimism", ...args);
  }

  /** Starts it as the chain that the arguments describe, by default Ethereum's main chain. */
  static async startPlain(...args: string[]): Promise<Anvil> {
    const binary = fileURLToPath(new URL("../../node_modules/.bin/anvil", import.meta.url));
    const child = spawn(binary, ["--host", "127.0.0.1", "--port", "0", ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let printed = "";
    let port: string | undefined;
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      printed += String(chunk);
      port = /Listening on 127\.0\.0\.1:(\d+)/.exec(printed)?.[1];
      if (port !== undefined) break;
    }
    if (port === undefined) throw new Error(`anvil ended before it listened: ${printed}`);
    // It stands still once nobody reads what it prints, and a stream flows only after its iterator is done.
    child.stdout.on("data", () => {}).resume();
    return new Anvil(child, `http://127.0.0.1:${port}`);
  }

  async stop(): Promise<void> {
    this.provider.destroy();
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    await ended;
  }
}
