import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** What the package is made of. */
const SOURCES = ["src", "bin", "package.json", "pack.ts", "tsconfig.build.json", "README.md"];

/** Runs a program, and answers what it printed. @throws with what it said on its other output. */
export async function run(
  cwd: string,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  try {
    return (await promisify(execFile)(command, args, { cwd, env: { ...process.env, ...env } })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(" ")}:\n${stdout}${stderr}`, { cause: error });
  }
}

/** An empty project into which `@syngraph/sdk` was installed as anybody gets it. */
export class SdkProject {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Packs the SDK, and installs the tarball. The packages it depends on are those that stand here, at the versions that its
   * manifest names: nothing is fetched.
   */
  static async create(): Promise<SdkProject> {
    const project = new SdkProject(await mkdtemp(join(tmpdir(), "syngraph-project-")));
    await project.#install(await packSdk(project.folder));
    return project;
  }

  async #install(tarball: string): Promise<void> {
    const { dependencies } = JSON.parse(await readFile(join(ROOT, "sdk/package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    const overrides = Object.fromEntries(Object.keys(dependencies).map((name) => [name, `file:${placeOf(name)}`]));
    const manifest = { private: true, type: "module", dependencies: { "@syngraph/sdk": `file:${tarball}` }, overrides };
    await this.write("package.json", JSON.stringify(manifest));
    await this.run("npm", "install", "--offline", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error");
  }

  write(file: string, text: string): Promise<void> {
    return writeFile(join(this.folder, file), text);
  }

  /** Runs a program in the project. */
  run(command: string, ...args: string[]): Promise<string> {
    return run(this.folder, command, args);
  }

  /** A program of this repository's, in the project. */
  runOwn(program: string, ...args: string[]): Promise<string> {
    return this.run(process.execPath, join(ROOT, "node_modules", program), ...args);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

/** Packs a copy: while it is packed, its manifest is another one, which other tests must not meet. */
async function packSdk(folder: string): Promise<string> {
  const copy = join(folder, ".packed");
  await mkdir(join(copy, "sdk"), { recursive: true });
  for (const name of SOURCES) await cp(join(ROOT, "sdk", name), join(copy, "sdk", name), { recursive: true });
  for (const name of ["LICENSE", "tsconfig.json"]) await cp(join(ROOT, name), join(copy, name));
  for (const modules of ["node_modules", "sdk/node_modules"]) {
    if (existsSync(join(ROOT, modules))) await symlink(join(ROOT, modules), join(copy, modules));
  }
  await run(join(copy, "sdk"), "npm", ["pack", "--loglevel=error", "--pack-destination", folder]);
  const { version } = JSON.parse(await readFile(join(copy, "sdk/package.json"), "utf8")) as { version: string };
  return join(folder, `syngraph-sdk-${version}.tgz`);
}

/** Where a dependency of the SDK's is installed. */
function placeOf(name: string): string {
  const own = join(ROOT, "sdk/node_modules", name);
  return existsSync(own) ? own : join(ROOT, "node_modules", name);
}
