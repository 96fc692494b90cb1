import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { type NpmRegistry, startNpmRegistry } from "../standins/npmRegistry.ts";

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

  /** Packs the SDK, and installs the tarball with what it depends on, of which nothing is fetched from elsewhere. */
  static async create(): Promise<SdkProject> {
    const folder = await mkdtemp(join(tmpdir(), "syngraph-project-"));
    const [copy, registry] = [await copyRepository(folder), await startNpmRegistry()];
    try {
      const env = npmSettings(folder, registry);
      const packed = await run(copy, "npm", ["pack", "--silent", "-w", "sdk", "--pack-destination", folder], env);
      const project = new SdkProject(folder);
      await project.write("package.json", JSON.stringify({ private: true, type: "module" }));
      await run(folder, "npm", ["install", "--silent", "--omit=optional", `./${packed.trim()}`], env);
      return project;
    } finally {
      await registry.close();
    }
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

/** What keeps npm to a registry, and to a cache of its own. */
export function npmSettings(folder: string, { url }: Pick<NpmRegistry, "url">): NodeJS.ProcessEnv {
  const settings = {
    registry: url,
    cache: join(folder, ".npm"),
    audit: "false",
    fund: "false",
    update_notifier: "false",
  };
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [`npm_config_${name}`, value]));
}

/** A copy of what is packed: meanwhile its manifest is another one, which other tests must not meet. */
export async function copyRepository(folder: string): Promise<string> {
  const copy = join(folder, ".repository");
  await mkdir(join(copy, "sdk"), { recursive: true });
  for (const name of SOURCES) await cp(join(ROOT, "sdk", name), join(copy, "sdk", name), { recursive: true });
  for (const name of ["LICENSE", "tsconfig.json"]) await cp(join(ROOT, name), join(copy, name));
  await writeFile(join(copy, "package.json"), JSON.stringify({ private: true, workspaces: ["sdk"] }));
  for (const modules of ["node_modules", "sdk/node_modules"]) {
    if (existsSync(join(ROOT, modules))) await symlink(join(ROOT, modules), join(copy, modules));
  }
  return copy;
}
