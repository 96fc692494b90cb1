import { readFile } from "node:fs/promises";
import { basename } from "node:path";

import type { JsonFragment } from "ethers";

/** What the compiler made of one contract. */
export interface Artifact {
  contractName: string;
  abi: JsonFragment[];
  /** Creation code, `0x` hex. */
  bytecode: string;
  deployedBytecode: string;
  /** Where the constructor writes its immutables into the deployed code, by the ids of their declarations. */
  immutableReferences: Record<string, { start: number; length: number }[]>;
  /** The source's name, as the compiler was told. */
  inputSourceName: string;
  buildInfoId: string;
}

/** What the compiler was given, and what it found out: files of `artifacts/build-info`. */
export interface BuildInfo {
  solcLongVersion: string;
  input: CompilerInput;
  output: {
    sources: Record<string, { ast: { nodes: { nodeType: string; absolutePath?: string }[] } }>;
    contracts: Record<string, Record<string, { storageLayout: StorageLayout }>>;
  };
}

/** Where a contract keeps what in its storage. */
export interface StorageLayout {
  storage: StorageVariable[];
  /** By the names that variables have for them; null where there are no variables. */
  types: Record<string, StorageType> | null;
}

/** A type of variables. */
export interface StorageType {
  label: string;
  numberOfBytes: string;
  /** Of a struct. */
  members?: StorageVariable[];
  /** What a mapping leads to; likewise what an array consists of. */
  value?: string;
  base?: string;
}

/** A variable of a contract, or a member of a struct, for which slots count from the struct's. */
export interface StorageVariable {
  label: string;
  slot: string;
  offset: number;
  type: string;
}

/** solc's standard JSON input. */
export interface CompilerInput {
  language: string;
  sources: Record<string, { content: string }>;
  settings: Record<string, unknown>;
}

/** The contracts that are not ours, by the path of their source. hardhat.config.ts has them compiled like ours. */
const PACKAGED: Readonly<Record<string, string>> = {
  AccessManager: "@openzeppelin/contracts/access/manager/AccessManager",
};

/**
 * The artifact of one of our contracts, by its path below contracts/ without the ending, or of one of {@link PACKAGED}.
 *
 * @throws when `hardhat build` has not made it yet.
 */
export async function readArtifact(name: string): Promise<Artifact> {
  const source = PACKAGED[name] ?? `contracts/${name}`;
  return (await readJson(`${source}.sol/${basename(source)}.json`)) as Artifact;
}

/** The run of the compiler that made an artifact. */
export async function readBuildInfo({ buildInfoId }: Artifact): Promise<BuildInfo> {
  const [given, found] = await Promise.all([
    readJson(`build-info/${buildInfoId}.json`) as Promise<Pick<BuildInfo, "solcLongVersion" | "input">>,
    readJson(`build-info/${buildInfoId}.output.json`) as Promise<Pick<BuildInfo, "output">>,
  ]);
  return { solcLongVersion: given.solcLongVersion, input: given.input, output: found.output };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(new URL(`../../artifacts/${path}`, import.meta.url), "utf8"));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    throw new Error(`artifacts/${path} is missing: compile the contracts with hardhat build`, { cause });
  }
}
