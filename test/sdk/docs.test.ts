import { scryptSync } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

import * as sdk from "@syngraph/sdk";
import { expect } from "chai";
import { Wallet, hexlify, parseEther, scrypt, toQuantity } from "ethers";

import { newGist } from "../api/gists.ts";
import { PageWallet } from "../helpers/pageWallet.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { Authenticator } from "../standins/authenticator.ts";

const ROOT = join(import.meta.dirname, "../..");

/** A piece of code in the documentation. */
interface Example {
  /** The heading above it, or the file that it is from. */
  title: string;
  code: string;
}

/** The fenced blocks of a page, in order. */
async function examplesOf(page: string): Promise<Example[]> {
  let title = "";
  const examples: Example[] = [];
  for (const [, heading, code] of (await readFile(page, "utf8")).matchAll(/^## ([^\n]*)$|^```js\n(.*?)^```$/gms)) {
    if (heading !== undefined) title = heading;
    else examples.push({ title, code: code! });
  }
  return examples;
}

/** The `@example`s of a folder's comments. */
async function commentsOf(folder: string): Promise<Example[]> {
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".ts"));
  const examples = files.map(async (file) => {
    const found = (await readFile(join(folder, file), "utf8")).matchAll(/^ *\* @example\n((?: *\* .*\n)+?) *\*\//gm);
    return Array.from(found, ([, code]) => ({ title: file, code: code!.replace(/^ *\* /gm, "") }));
  });
  return (await Promise.all(examples)).flat();
}

const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (
  ...args: string[]
) => (...args: unknown[]) => Promise<Record<string, unknown>>;

/** Names that a block declares at its top. */
function declaredIn(code: string): string[] {
  return Array.from(code.matchAll(/^const (?:(\w+)|[{[]([^}\]]*)[}\]]) =/gm), ([, name, names]) =>
    name === undefined ? names!.split(",").map((each) => each.split(":").at(-1)!.trim()) : [name],
  ).flat();
}

describe("SDK: its documentation", () => {
  let test: TestStack;
  let examples: Example[];
  /** What the next block may use. */
  const scope: Record<string, unknown> = {};
  const printed: unknown[][] = [];

  before(async () => {
    // OpenSSL's, since it is not the stretching of passwords that is tried here.
    scrypt.register(async (password, salt, N, r, p, length, onProgress) => {
      const key = scryptSync(password, salt, length, { N, r, p, maxmem: 256 * N * r });
      onProgress?.(1);
      return hexlify(key);
    });
    test = await sharedStack();
    examples = await examplesOf(join(ROOT, "docs/sdk.md"));
    const payer = new Wallet(Wallet.createRandom().privateKey, test.provider);
    await test.provider.send("anvil_setBalance", [payer.address, toQuantity(parseEther("1"))]);
    const { proof_registry } = (await new sdk.Syngraph({ api: test.stack.apiUrl }).client.health()).chain!;
    Object.assign(scope, {
      ...{
        ethereum: new PageWallet(payer, { 31337: test.stack.rpcUrl }),
        wallet: Wallet.createRandom(),
        REGISTRY: proof_registry,
      },
      ...{ localStorage: storage(), save: () => {} },
      ask: publishPrinted,
      publishRecord: (name: string, strings: string[]) => test.dns.publish(name, [strings]),
    });
    Object.defineProperty(navigator, "credentials", { value: new Authenticator(), configurable: true });
  });
  after(() => {
    scrypt.register(scrypt._);
    (scope.ethereum as PageWallet | undefined)?.close();
    delete (navigator as { credentials?: unknown }).credentials;
  });

  /** What a user does who was shown a file and its content. */
  function publishPrinted(question: string): string {
    expect(question).to.include("gist");
    const [file, content] = printed.at(-1) as [string, string];
    const id = newGist();
    const { github_username: login } = JSON.parse(content) as { github_username: string };
    test.github.publish(id, { owner: { login, id: 583231 }, files: { [file]: content } });
    return `https://gist.github.com/${login}/${id}`;
  }

  /** Holds what an example prints to what stands behind it; `…` is anything. */
  function print(values: unknown[], expected?: string): void {
    printed.push(values);
    if (expected === undefined) return;
    const pattern = expected.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
    expect(values.map(String).join(" ")).to.match(new RegExp(`^${pattern.join(".*")}$`, "s"));
  }

  async function run({ code }: Example): Promise<void> {
    const placed = code
      .replace(/https:\/\/syngraph\.example|http:\/\/127\.0\.0\.1:3000/g, test.stack.apiUrl)
      .replaceAll("https://rpc.example", test.stack.rpcUrl)
      .replace(/^import \{([^}]*)\} from "@syngraph\/sdk";$/gm, (_line, names: string) => {
        for (const name of names.split(",")) expect(sdk).to.have.property(name.trim());
        return "";
      })
      .replace(
        /^( *)console\.log\((.*)\);(?: \/\/ (.*))?$/gm,
        (_line, indent: string, values: string, text?: string) => {
          return `${indent}print([${values}]${text === undefined ? "" : `, ${JSON.stringify(text)}`});`;
        },
      );
    const names = declaredIn(placed);
    const page = { console: { log: (...values: unknown[]) => print(values) }, location: { hostname: "localhost" } };
    const known = { ...sdk, ...scope, ...page, print };
    const body = new AsyncFunction(...Object.keys(known), `{ ${placed}\n return { ${names.join()} }; }`);
    Object.assign(scope, await body(...Object.values(known)));
  }

  it("runs, block by block, and prints what it says", async () => {
    for (const example of examples) {
      try {
        await run(example);
      } catch (error) {
        throw new Error(`${example.title}: ${(error as Error).message}\n${example.code}`, { cause: error });
      }
    }
    expect(examples.length).to.be.greaterThan(20);
  }).timeout(180_000);

  it("runs also where it stands in comments", async () => {
    const places = ["avatar", "binding", "client"].map((folder) => commentsOf(join(ROOT, "sdk/src", folder)));
    const found = (await Promise.all(places)).flat();
    expect(found.length).to.be.greaterThan(4);
    for (const example of found) {
      const { client } = scope.syngraph as sdk.Syngraph;
      scope.client = client;
      // Each makes a binding of its own.
      const wallet = Wallet.createRandom();
      Object.assign(scope, { wallet });
      if (example.code.includes("binding.cosign") && !example.code.includes("syngraph.bind")) {
        const { ethereum, avatar } = scope as { ethereum: PageWallet; avatar: sdk.Avatar };
        const [identity] = (await ethereum.request({ method: "eth_requestAccounts" })) as [string];
        scope.binding = await (scope.syngraph as sdk.Syngraph).bind(avatar, { platform: "ethereum", identity });
      }
      await run(example);
    }
  });

  it("shows every public function at work", () => {
    const code = examples.map((example) => example.code).join("\n");
    const { Avatar, Binding, Session, Syngraph } = sdk;
    const methods = [Avatar, Binding, Session, Syngraph].flatMap((each) => [
      ...Object.getOwnPropertyNames(each.prototype).filter((name) => name !== "constructor"),
      ...Object.getOwnPropertyNames(each).filter((name) => !["length", "name", "prototype"].includes(name)),
    ]);
    const functions = Object.entries(sdk)
      .filter(([name, value]) => typeof value === "function" && /^[a-z]/.test(name))
      .map(([name]) => name);
    const unseen = [
      ...methods.filter((name) => !new RegExp(`\\.${name}\\b|[{,] ?${name}\\b`).test(code)),
      ...functions.filter((name) => !new RegExp(`\\b${name}\\(`).test(code)),
    ];
    expect(unseen).to.deep.equal([]);
  });
});

/** A browser's localStorage. */
function storage() {
  const items = new Map<string, string>();
  return {
    setItem: (name: string, value: string) => items.set(name, value),
    getItem: (name: string) => items.get(name),
  };
}
