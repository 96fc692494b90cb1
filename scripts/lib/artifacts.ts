import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

import type { JsonFragment } from "ethers";

/** What the compiler made of one contract. */
export interface Artifact {
  contractName: string;
  abi: JsonFragment[];
  /** Creation code, `0x` hex. */
  bytecode: string;
  deployedBytecode: string;
}

const OPENZEPPELIN = {
  AccessManager: "@openzeppelin/contracts/build/contracts/AccessManager.json",
} as const;

/**
 * The artifact of one of our contracts, by its path below contracts/ without the ending, or of a contract that OpenZeppelin ships compiled.
 *
 * @throws when `hardhat build` has not made it yet.
 */
export async function readArtifact(name: string): Promise<Artifact> {
  const packaged = OPENZEPPELIN[name as keyof typeof OPENZEPPELIN];
  const file = packaged
    ? fileURLToPath(import.meta.resolve(packaged))
    : new URL(`../../artifacts/contracts/${name}.sol/${basename(name)}.json`, import.meta.url);
  return JSON.parse(await readFile(file, "utf8")) as Artifact;
}
