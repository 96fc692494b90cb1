import { randomUUID } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { type JsonFragment, id } from "ethers";

/**
 * The contracts that a deployment consists of, in the order in which they are deployed. A constructor is given the admin,
 * or the addresses of contracts further up, and nothing else: whatever depended on the chain would make the address
 * another one there.
 */
export const DEPLOYED_CONTRACTS = [
  { name: "AccessManager", constructedWith: ["admin"] },
  { name: "AttesterRegistry", constructedWith: ["AccessManager"] },
  { name: "ProofRegistry", constructedWith: ["AttesterRegistry"] },
  { name: "SubkeyRegistry", constructedWith: [] },
  { name: "StateAnchor", constructedWith: ["AttesterRegistry"] },
] as const;
export type ContractName = (typeof DEPLOYED_CONTRACTS)[number]["name"];

/** Where one contract stands on one chain. */
export interface DeployedContract {
  /** EIP-55. */
  address: string;
  /** The block that has its creation: nothing about it is in any earlier one. */
  block: number;
  /** The transaction that created it; null where somebody else did through a contract of theirs. */
  transactionHash: string | null;
  /** {@link abiDigest} of its ABI. */
  abiDigest: string;
}

/** What `deployments/<chainId>.json` holds. */
export interface Deployment {
  chainId: number;
  /** The first admin of the AccessManager, on whom the addresses depend. Files of before this was written lack it. */
  admin?: string;
  contracts: Record<ContractName, DeployedContract>;
}

/** All deployments in a folder, by ascending chain id; none where there is no such folder. */
export async function readDeployments(dir: string): Promise<Deployment[]> {
  const names = (await readdir(dir).catch(noneIfMissing)).filter((name) => /^\d+\.json$/.test(name));
  const deployments = await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(dir, name), "utf8")) as Deployment),
  );
  return deployments.sort((a, b) => a.chainId - b.chainId);
}

/** The deployment on one chain, if the folder has it. */
export async function readDeployment(dir: string, chainId: number): Promise<Deployment | undefined> {
  return (await readDeployments(dir)).find((deployment) => deployment.chainId === chainId);
}

/** Writes `<chainId>.json`, whole or not at all, unless it says just that already. Answers whether it wrote. */
export function writeDeployment(dir: string, deployment: Deployment): Promise<boolean> {
  return writeJson(join(dir, `${deployment.chainId}.json`), deployment);
}

/** The transactions that a deployment which is not done yet has sent, by the address that each is to create. */
export type Progress = Record<string, string>;

/** What an interrupted deployment left: without it, the next run would need an RPC that keeps old state. */
export async function readProgress(dir: string, chainId: number): Promise<Progress> {
  const [text] = [await readFile(progressFile(dir, chainId), "utf8").catch(noneIfMissing)].flat();
  return text === undefined ? {} : (JSON.parse(text) as Progress);
}

export async function writeProgress(dir: string, chainId: number, progress: Progress): Promise<void> {
  await writeJson(progressFile(dir, chainId), progress);
}

export function removeProgress(dir: string, chainId: number): Promise<void> {
  return rm(progressFile(dir, chainId), { force: true });
}

/** Readers take every `<chainId>.json` for a whole deployment, so this one is called something else. */
function progressFile(dir: string, chainId: number): string {
  return join(dir, `${chainId}.progress`);
}

/** Writes a file of JSON, whole or not at all, unless it says just that already. Answers whether it wrote. */
export async function writeJson(file: string, value: unknown): Promise<boolean> {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if ((await readFile(file, "utf8").catch(noneIfMissing)) === text) return false;
  await mkdir(dirname(file), { recursive: true });
  // Deployments to several chains may run at once, and write the same files.
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, text);
  await rename(draft, file);
  return true;
}

/** keccak256 of an ABI as JSON with sorted keys and without blanks: tells whether two ABIs are the same. */
export function abiDigest(abi: readonly JsonFragment[]): string {
  return id(JSON.stringify(abi, sortKeys));
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function noneIfMissing(error: NodeJS.ErrnoException): never[] {
  if (error.code === "ENOENT") return [];
  throw error;
}
