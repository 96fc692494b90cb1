import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { copyRepository, npmSettings, run } from "../helpers/packedSdk.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { type NpmRegistry, startNpmRegistry } from "../standins/npmRegistry.ts";

const README = join(import.meta.dirname, "../../README.md");

/** The blocks of code below a heading, by their languages. */
async function blocksBelow(heading: string): Promise<Record<string, string>> {
  const [, section] = (await readFile(README, "utf8")).split(`\n## ${heading}\n`);
  const blocks = section!.split("\n## ")[0]!.matchAll(/^```(\w+)\n(.*?)^```$/gms);
  return Object.fromEntries([...blocks].map(([, language, code]) => [language!, code!]));
}

/** Node as one talks to it: a line at a time. */
class Conversation {
  readonly #node: ChildProcessWithoutNullStreams;
  #said = "";

  constructor(folder: string) {
    this.#node = spawn(process.execPath, ["--interactive"], { cwd: folder, env: { ...process.env, NO_COLOR: "1" } });
    for (const stream of [this.#node.stdout, this.#node.stderr]) stream.on("data", (data) => (this.#said += data));
  }

  /** Types a line, and answers what is said until Node asks for the next one. */
  async say(line: string): Promise<string> {
    await this.#asked();
    this.#said = "";
    this.#node.stdin.write(`${line}\n`);
    return this.#asked();
  }

  async #asked(): Promise<string> {
    while (!/^> $/m.test(this.#said)) {
      if (this.#node.exitCode !== null) throw new Error(`node ended with ${this.#node.exitCode}: ${this.#said}`);
      await once(this.#node.stdout, "data");
    }
    return this.#said;
  }

  async end(): Promise<void> {
    this.#node.stdin.end();
    if (this.#node.exitCode === null) await once(this.#node, "exit");
  }
}

describe("README's quick start for dApp developers", function () {
  this.timeout(180_000);
  let test: TestStack;
  let registry: NpmRegistry;
  let folder: string;

  before(async () => {
    test = await sharedStack();
    registry = await startNpmRegistry();
    folder = await mkdtemp(join(tmpdir(), "syngraph-quick-start-"));
  });
  after(async () => {
    await registry?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("works as pasted, line by line", async () => {
    const { bash, js } = await blocksBelow("Quick start for dApp developers");
    const env = { ...npmSettings(folder, registry), TMPDIR: folder, npm_config_omit: "optional" };
    const project = (await run(await copyRepository(folder), "bash", ["-euc", `${bash}\npwd`], env)).trim();

    // The node of this test is elsewhere than where `npm start` has it.
    const lines = js!.trim().replace("http://127.0.0.1:3000", test.stack.apiUrl).split("\n");
    expect(lines.length).to.be.at.most(10);
    const node = new Conversation(project);
    const answers: string[] = [];
    try {
      for (const line of lines) {
        const answer = await node.say(line);
        expect(answer, line).not.to.match(/Uncaught|Error/);
        answers.push(answer);
      }
    } finally {
      await node.end();
    }
    expect(answers.join("")).to.include("name: 'done'").and.to.include("status: 'confirmed'");
    expect(answers.at(-1)).to.include("[ 'good' ]");
  });
});
