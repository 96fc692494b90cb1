import { mkdir, writeFile } from "node:fs/promises";
import { relative } from "node:path";

import type { SolidityHooks } from "hardhat/types/hooks";

import { type Branch, COVERAGE_LIBRARY, instrumentBranches } from "./instrument.ts";

const branches: Record<string, Branch[]> = {};

/** Adds branches to what Hardhat instruments, and writes to `coverage/branches.json` which there are. */
export default async (): Promise<Partial<SolidityHooks>> => ({
  async preprocessProjectFileBeforeBuilding(context, name, path, content, version, next) {
    const instrumented = await next(context, name, path, content, version);
    if (!context.globalOptions.coverage) return instrumented;
    // What reports makes a call, which nothing pure does.
    const viewing = instrumented.replaceAll(/\bpure\b/g, "view");
    if (instrumented === content) return viewing;
    const found = instrumentBranches(name, viewing);
    const { root } = context.config.paths;
    branches[relative(root, path)] = found.branches;
    await mkdir(`${root}/coverage`, { recursive: true });
    await writeFile(`${root}/coverage/branches.json`, JSON.stringify(branches));
    return found.content;
  },

  async preprocessSolcInputBeforeBuilding(context, input, next) {
    const prepared = await next(context, input);
    for (const [name, source] of Object.entries(prepared.sources)) {
      if (name.startsWith("__NomicFoundationCoverage")) source.content = COVERAGE_LIBRARY;
    }
    return prepared;
  },
});
