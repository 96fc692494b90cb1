import { mkdir, readFile, readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { type JsonFragment, id } from "ethers";

/** The contracts that a deployment consists of, in the order in which they are deployed: each is given the one before. */
export const DEPLOYED_CONTRACTS = ["AccessManager", "AttesterRegistry", "ProofRegistry"] as const;
export type ContractName = (typeof DEPLOYED_CONTRACTS)[number];

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
export async function writeDeployment(dir: string, deployment: Deployment): Promise<boolean> {
  const file = join(dir, `${deployment.chainId}.json`);
  const text = `${JSON.stringify(deployment, null, 2)}\n`;
  if ((await readFile(file, "utf8").catch(noneIfMissing)) === text) return false;
  await mkdir(dir, { recursive: true });
  const draft = `${file}.${process.pid}`;
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
