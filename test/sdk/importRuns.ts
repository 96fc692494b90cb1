import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { ChainItem } from "@syngraph/sdk/client";
import { parsePublicKey, publicKeyOf } from "@syngraph/sdk/protocol";
import { expect } from "chai";
import { Wallet } from "ethers";

import { type Step, signChain } from "../browser/signedChain.ts";
import { type Anvil, startAnvil } from "./anvil.ts";
import { type Finished, startScript } from "./runCli.ts";
import { chainDocument } from "./stubApi.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/import.ts", import.meta.url));

/** Real chains, as Arweave documents. */
export const REAL_CHAINS = fileURLToPath(new URL("../vectors/nextid-chains.json", import.meta.url));

/** `scripts/import.ts` over a local chain of the suite's own. */
export class ImportRuns {
  chain!: Anvil;
  /** For files. */
  folder = "";

  async start(): Promise<void> {
    this.chain = await startAnvil();
    this.folder = await mkdtemp(join(tmpdir(), "syngraph-import-"));
  }

  async stop(): Promise<void> {
    await this.chain.stop();
    await rm(this.folder, { recursive: true });
  }

  /** Imports a file. */
  file(file: string, args: readonly string[] = [], env: Record<string, string> = {}): Promise<Finished> {
    const { rpc, deployments } = this.chain;
    return startScript(SCRIPT, [file, "--rpc", rpc, "--deployments", deployments, ...args], env).finished;
  }

  /** Imports a value as a file, for an avatar whose key the links do not name. */
  async value(value: unknown, avatar?: string): Promise<Finished> {
    const file = join(this.folder, "links.json");
    await writeFile(file, JSON.stringify(value));
    return this.file(file, avatar ? ["--avatar", avatar] : []);
  }

  /** Imports the reply of `GET /v1/proofchain`. */
  items(items: readonly ChainItem[], avatar: string): Promise<Finished> {
    return this.value(chainDocument(items), avatar);
  }

  /** The contract's status of a binding. */
  async statusOf(avatar: string, platform: string, identity: string): Promise<number> {
    const method = this.chain.registry.getFunction("statusOf");
    const [status] = (await method.staticCall(parsePublicKey(avatar).address, platform, identity)) as [bigint];
    return Number(status);
  }

  async lengthOf(avatar: string): Promise<number> {
    return Number(await this.chain.registry.getFunction("lengthOf").staticCall(parsePublicKey(avatar).address));
  }
}

/** Starts the chain for the tests of a suite. */
export function useImportRuns(): ImportRuns {
  const runs = new ImportRuns();
  before(() => runs.start());
  after(() => runs.stop());
  return runs;
}

/** A chain of a fresh avatar as `GET /v1/proofchain` serves it. */
export function freshChain(steps: readonly Step[]) {
  const { privateKey } = Wallet.createRandom();
  return { privateKey, avatar: publicKeyOf(privateKey).compressed, items: signChain(privateKey, steps) };
}

/** An import must end with this code and this last line, and print no error. */
export function expectEnd({ code, stdout, stderr }: Finished, expected: number, counts: string): void {
  expect(stderr).to.equal("");
  expect(stdout.trimEnd().split("\n").at(-1)).to.equal(counts);
  expect(code).to.equal(expected);
}
