import { existsSync } from "node:fs";
import { mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";

import { JsonRpcProvider, getBytes } from "ethers";

import { Part } from "./part.ts";

/** How often the chain is asked whether there is something new to save, in milliseconds. */
const SAVE_INTERVAL = 200;

/**
 * The local L2: anvil as an OP-stack chain. anvil writes its state when it ends, or by the clock, and not atomically; so
 * this asks it for its state after every new block and puts the file in place whole. A kill costs a fraction of a second
 * of blocks, which the relayer sends again.
 */
export class LocalChain {
  readonly part: Part;
  readonly url: string;
  readonly #provider: JsonRpcProvider;
  /** Where its state is kept. */
  readonly stateFile: string;
  readonly #saving: Promise<void>;
  #saved = -1;
  #stopping = false;

  private constructor(part: Part, url: string, stateFile: string) {
    this.part = part;
    this.url = url;
    this.stateFile = stateFile;
    this.#provider = new JsonRpcProvider(url, undefined, { staticNetwork: true, cacheTimeout: -1 });
    this.#saving = this.#saveNewBlocks();
  }

  /**
   * Starts it on `port`, with the state that `dataDir/chain` holds, if any.
   *
   * @param blockTime seconds from block to block; a block for every transaction where not given.
   */
  static async start(dataDir: string, port: number, blockTime?: number): Promise<LocalChain> {
    const folder = join(dataDir, "chain");
    await mkdir(folder, { recursive: true });
    const stateFile = join(folder, "state.json");
    const part = await Part.start({
      name: "chain",
      command: anvilBinary(),
      args: [
        ...["--optimism", "--host", "127.0.0.1", "--port", String(port), "--quiet"],
        ...(blockTime === undefined ? [] : ["--block-time", String(blockTime)]),
        ...(existsSync(stateFile) ? ["--load-state", stateFile] : []),
      ],
      logFile: join(dataDir, "logs", "chain.log"),
    });
    const url = `http://127.0.0.1:${port}`;
    await part.waitUntil(() => answers(url));
    return new LocalChain(part, url, stateFile);
  }

  /** Saves the last blocks and ends the chain. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#saving;
    await this.#save().catch(() => {});
    this.#provider.destroy();
    await this.part.stop();
  }

  async #saveNewBlocks(): Promise<void> {
    while (!this.#stopping && this.part.running) {
      const started = Date.now();
      // A failure here is the chain's own end, which whoever started it sees, or a full disk, which the next try sees.
      await this.#save().catch(() => {});
      await sleep(Math.max(SAVE_INTERVAL, 10 * (Date.now() - started)));
    }
  }

  async #save(): Promise<void> {
    const block = await this.#provider.getBlockNumber();
    if (block === this.#saved) return;
    const state = gunzipSync(getBytes(await this.#provider.send("anvil_dumpState", [])));
    const draft = `${this.stateFile}.new`;
    const file = await open(draft, "w");
    try {
      await file.writeFile(state);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, this.stateFile);
    this.#saved = block;
  }
}

/** The binary of the npm package, or where there is none for this platform, the one on the PATH. */
function anvilBinary(): string {
  const packaged = join(import.meta.dirname, "../../../node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil");
  return existsSync(packaged) ? packaged : "anvil";
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] }),
  });
  return response.ok;
}
