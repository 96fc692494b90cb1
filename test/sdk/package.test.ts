import { gzipSync } from "node:zlib";

import { expect } from "chai";
import { build } from "esbuild";
import { join } from "node:path";

import { SdkProject } from "../helpers/packedSdk.ts";

/** What applications may have to load for all of the SDK, and for avatars alone, in gzipped bytes without ethers. */
const WHOLE = 60_000;
const AVATAR = 10_000;

const SCRIPT = `
import { Avatar, InputError, Syngraph, SyngraphError } from "@syngraph/sdk";
import { RegistryReader } from "@syngraph/sdk/chain";
import { SyngraphClient } from "@syngraph/sdk/client";
import "@syngraph/sdk/protocol/native";
import { recoverPublicKey } from "@syngraph/sdk/protocol";
import { verifyRegistry } from "@syngraph/sdk/verify";

const avatar = Avatar.fromKey("0x" + "11".repeat(32));
if (recoverPublicKey("hello", avatar.sign("hello")).compressed !== avatar.publicKey) throw new Error("signature");
for (const [name, value] of Object.entries({ Syngraph, RegistryReader, SyngraphClient, verifyRegistry })) {
  if (typeof value !== "function") throw new Error(name);
}
try {
  new RegistryReader({ rpc: "http://127.0.0.1:1", registry: "0x" });
} catch (error) {
  // One class, whichever entry it came by.
  console.log(avatar.publicKey, error instanceof InputError && error instanceof SyngraphError);
}
`;

const TYPED = `
import { Avatar, type Binding, type DirectEstimate, DirectRegistry, RegistryReader, Syngraph } from "@syngraph/sdk";
import { type Link, signPayload } from "@syngraph/sdk/protocol";

const avatar: Avatar = Avatar.create();
const syngraph = new Syngraph({ api: "http://127.0.0.1:1" });
export const bind = (): Promise<Binding> => syngraph.bind(avatar, { platform: "github", identity: "alice" });
export const cost = async (registry: DirectRegistry, binding: Binding): Promise<DirectEstimate> => registry.estimate(binding);
export const textOf = (link: Link): string => signPayload(link);
export const reader = new RegistryReader({ rpc: "http://127.0.0.1:1", registry: avatar.address });
// @ts-expect-error A public key is text: were the types lost, this would pass.
export const wrong: number = avatar.publicKey;
`;

/** How projects have their types resolved: by Node's rules, and by a bundler's. */
const RESOLUTIONS = { nodenext: "nodenext", preserve: "bundler" } as const;

describe("the package @syngraph/sdk", function () {
  this.timeout(180_000);
  let project: SdkProject;

  before(async () => {
    project = await SdkProject.create();
  });
  after(() => project?.remove());

  /** The gzipped size of a page's code with this in it, without ethers. */
  async function sizeOf(source: string): Promise<number> {
    await project.write("page.js", source);
    const { outputFiles } = await build({
      ...{ entryPoints: [join(project.folder, "page.js")], bundle: true, minify: true, write: false },
      ...{ format: "esm", platform: "browser", external: ["ethers"], logLevel: "silent" },
    });
    return gzipSync(outputFiles[0]!.contents).length;
  }

  it("runs in an empty project", async () => {
    await project.write("script.js", SCRIPT);
    const key = "0x034f355bdcb7cc0af728ef3cceb9615d90684bb5b2ca5f859ab0f0b704075871aa";
    expect(await project.run(process.execPath, "script.js")).to.equal(`${key} true\n`);
  });

  it("brings the command along", async () => {
    expect(await project.run(join(project.folder, "node_modules/.bin/syngraph"), "--help")).to.include(
      "Usage: syngraph",
    );
  });

  it("has types for Node's way of resolving them, and for bundlers'", async () => {
    await project.write("typed.ts", TYPED);
    const resolving = Object.entries(RESOLUTIONS).map(async ([module, moduleResolution]) => {
      const options = {
        noEmit: true,
        strict: true,
        target: "es2023",
        lib: ["es2024", "dom"],
        types: [],
        skipDefaultLibCheck: true,
      };
      const compilerOptions = { ...options, module, moduleResolution };
      await project.write(`${module}.json`, JSON.stringify({ compilerOptions, files: ["typed.ts"] }));
      expect(await project.runOwn("typescript-native/bin/tsc", "-p", `${module}.json`), module).to.equal("");
    });
    await Promise.all(resolving);
  });

  it("is small enough for a page, and smaller where less of it is used", async () => {
    expect(await sizeOf('export * from "@syngraph/sdk";')).to.be.below(WHOLE);
    expect(await sizeOf('export { Avatar } from "@syngraph/sdk";')).to.be.below(AVATAR);
    expect(await sizeOf('import "@syngraph/sdk";')).to.be.below(100);
  });

  it("lets no bundler drop what is imported for its effect", async () => {
    const { outputFiles } = await build({
      ...{ stdin: { contents: 'import "@syngraph/sdk/protocol/native";', resolveDir: project.folder }, bundle: true },
      ...{ format: "esm", platform: "node", packages: "bundle", external: ["ethers", "hash-wasm"], write: false },
    });
    expect(outputFiles[0]!.text).to.include("secp256k1/bindings.js");
  });

  it("keeps tests, secrets and sources of its own to itself", async () => {
    const files = (await project.run("tar", "-tzf", "syngraph-sdk-0.1.0.tgz")).trim().split("\n");
    const strange = files.filter(
      (file) => !/^package\/(?:package\.json|README\.md|LICENSE|dist\/(?:package\.json|.+\.(?:js|d\.ts)))$/.test(file),
    );
    expect(strange).to.deep.equal([]);
    expect(files).to.include.members(["package/LICENSE", "package/README.md", "package/dist/src/index.d.ts"]);
  });
});
