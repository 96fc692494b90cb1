import { join } from "node:path";

import { type CompilerInput, readArtifact, readBuildInfo } from "./artifacts.ts";
import { writeJson } from "./deployments.ts";
import type { PlannedContract } from "./plan.ts";

/** What an explorer is given to verify one contract. */
export interface Verification {
  /** For `solc --standard-json`: the sources that the contract needs, and the settings. */
  input: CompilerInput;
  /** As explorers name compilers: `v0.8.37+commit.f401782d`. */
  compilerVersion: string;
  /** `<source>:<name>`. */
  contractName: string;
}

/** What verifies the contract that `hardhat build` made last. */
export async function verificationOf(name: string): Promise<Verification> {
  const artifact = await readArtifact(name);
  const { solcLongVersion, input, output } = await readBuildInfo(artifact);
  const sources: CompilerInput["sources"] = {};
  const needed = [artifact.inputSourceName];
  for (const source of needed) {
    if (sources[source] !== undefined) continue;
    sources[source] = input.sources[source]!;
    for (const node of output.sources[source]!.ast.nodes) {
      if (node.nodeType === "ImportDirective") needed.push(node.absolutePath!);
    }
  }
  const outputSelection = { "*": { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] } };
  return {
    input: {
      language: input.language,
      sources: Object.fromEntries(Object.entries(sources).sort(([a], [b]) => (a < b ? -1 : 1))),
      settings: { ...input.settings, outputSelection },
    },
    compilerVersion: `v${solcLongVersion}`,
    contractName: `${artifact.inputSourceName}:${artifact.contractName}`,
  };
}

/**
 * Writes what explorers want to see of a deployment: `verification/<Contract>.json`, the compiler's input as it is to be
 * uploaded, and `verification/<chainId>.json`, the rest of the form for each contract. Answers whether it changed any.
 */
export async function writeVerification(
  deploymentsDir: string,
  chainId: number,
  contracts: readonly PlannedContract[],
): Promise<boolean> {
  const folder = join(deploymentsDir, "verification");
  const form: Record<string, unknown> = {};
  let changed = false;
  for (const { name, address, constructorArguments } of contracts) {
    const { input, compilerVersion, contractName } = await verificationOf(name);
    if (await writeJson(join(folder, `${name}.json`), input)) changed = true;
    // Explorers want the arguments without 0x.
    form[name] = {
      address,
      contractName,
      compilerVersion,
      constructorArguments: constructorArguments.slice(2),
      input: `${name}.json`,
    };
  }
  return (await writeJson(join(folder, `${chainId}.json`), form)) || changed;
}

/** Compiles an input anew with the pinned compiler. @returns creation code, `0x` hex. @throws what the compiler says. */
export async function compile({ input, contractName }: Verification): Promise<string> {
  // A compiler in WebAssembly of 9 MB: only whoever compiles is to load it.
  const { default: solc } = await import("solc");
  const compiler = solc as unknown as { compile: (input: string) => string };
  const { errors = [], contracts } = JSON.parse(compiler.compile(JSON.stringify(input))) as CompilerOutput;
  const failures = errors.filter(({ severity }) => severity === "error");
  if (failures.length > 0) throw new Error(failures.map(({ formattedMessage }) => formattedMessage).join("\n"));
  const separator = contractName.lastIndexOf(":");
  const [source, name] = [contractName.slice(0, separator), contractName.slice(separator + 1)];
  return `0x${contracts[source]![name]!.evm.bytecode.object}`;
}

interface CompilerOutput {
  errors?: { severity: string; formattedMessage: string }[];
  contracts: Record<string, Record<string, { evm: { bytecode: { object: string } } }>>;
}
