import { Interface, concat, dataLength } from "ethers";

import { type Artifact, readArtifact } from "./artifacts.ts";
import { addressOf } from "./create2.ts";
import { type ContractName, DEPLOYED_CONTRACTS } from "./deployments.ts";

/** The longest deployed code that chains take (EIP-170). */
const MAX_CODE_SIZE = 24_576;

/** A contract, where it will stand on every chain, and with which creation code. */
export interface PlannedContract {
  name: ContractName;
  address: string;
  /** Creation code with the constructor's arguments behind it. */
  initCode: string;
  /** ABI-encoded, `0x` hex. */
  constructorArguments: string;
  artifact: Artifact;
}

/**
 * What is to be deployed for an admin, in order.
 *
 * @throws when a contract is larger than chains take.
 */
export async function planContracts(admin: string): Promise<PlannedContract[]> {
  const planned: PlannedContract[] = [];
  const known: Record<string, string> = { admin };
  for (const { name, constructedWith } of DEPLOYED_CONTRACTS) {
    const artifact = await readArtifact(name);
    const size = dataLength(artifact.deployedBytecode);
    if (size > MAX_CODE_SIZE) {
      throw new Error(`${name} has ${size} bytes of code, and EIP-170 allows ${MAX_CODE_SIZE}: no chain would take it`);
    }
    const constructorArguments = new Interface(artifact.abi).encodeDeploy(constructedWith.map((word) => known[word]));
    const initCode = concat([artifact.bytecode, constructorArguments]);
    const address = addressOf(initCode);
    known[name] = address;
    planned.push({ name, address, initCode, constructorArguments, artifact });
  }
  return planned;
}

/** Where each contract is, by its name. */
export type Addresses = Record<ContractName, string>;

/** The addresses of planned or deployed contracts. */
export function addressesOf(contracts: readonly { name: ContractName; address: string }[]): Addresses {
  return Object.fromEntries(contracts.map(({ name, address }) => [name, address])) as Addresses;
}
