import { Contract, ContractFactory } from "ethers";
import { network } from "hardhat";

import { readArtifact } from "../../scripts/lib/artifacts.ts";
import type { AttesterRegistry, ProofRegistry } from "../../types/ethers-contracts/index.ts";
import { NOW } from "./contractClock.ts";
import type { Person } from "./contractLinks.ts";

/** A simulated OP chain with the contracts on it. */
export type Registries = Awaited<ReturnType<typeof startRegistries>>;

/** Starts a chain of its own and deploys the contracts with its first account as their admin. */
export async function startRegistries() {
  const connection = await network.create({ override: { initialDate: new Date(NOW * 1000) } });
  const { ethers, networkHelpers } = connection;
  const [admin, stranger] = await ethers.getSigners();
  const { abi, bytecode } = await readArtifact("AccessManager");
  const manager = await new ContractFactory(abi, bytecode, admin!).deploy(admin!.address);
  const attesters: AttesterRegistry = await ethers.deployContract("AttesterRegistry", [await manager.getAddress()]);
  const registry: ProofRegistry = await ethers.deployContract("ProofRegistry", [await attesters.getAddress()]);
  return {
    connection,
    ethers,
    networkHelpers,
    admin: admin!,
    /** An account with ether and no rights. */
    stranger: stranger!,
    manager: new Contract(await manager.getAddress(), abi, admin!),
    attesters,
    registry,
  };
}

/** Starts the contracts once for the tests of a suite, and puts them back as they were before each test. */
export function useRegistries(): () => Registries {
  let registries: Registries;
  let restore: () => Promise<void>;

  before(async () => {
    registries = await startRegistries();
    ({ restore } = await registries.networkHelpers.takeSnapshot());
  });
  beforeEach(() => restore());
  after(() => registries.connection.close());

  return () => registries;
}

/** Makes people attesters. */
export async function addAttesters({ attesters }: Registries, people: readonly Person[]): Promise<void> {
  for (const { address } of people) {
    await attesters.addAttester(address, "", "");
  }
}
