import { Contract, type Provider, dataSlice, getAddress, getBytes, hexlify } from "ethers";

import { readArtifact } from "./artifacts.ts";
import { creationBy } from "./create2.ts";
import { type DeployedContract, type Deployment, abiDigest } from "./deployments.ts";
import { FUNCTION_ROLES, GOVERNED, GUARDED_ROLES, Governance, roleLabel, ROLES } from "./governance.ts";
import { queryLogs } from "./logs.ts";
import { type Addresses, type PlannedContract, planContracts } from "./plan.ts";

/** What {@link checkDeployment} found. */
export interface Findings {
  /** What is not as the repository would have it, a line each. */
  differences: string[];
  /** Who governs the chain, as it says itself, a line each. */
  governance: string[];
}

/** Compares a chain, its `<chainId>.json` and the last build with one another. */
export async function checkDeployment(provider: Provider, deployment: Deployment): Promise<Findings> {
  const differences: string[] = [];
  const chainId = Number((await provider.getNetwork()).chainId);
  if (chainId !== deployment.chainId) {
    return { differences: [`the RPC is that of chain ${chainId}, not ${deployment.chainId}`], governance: [] };
  }
  const files: Partial<Record<string, DeployedContract>> = deployment.contracts;
  const admin = deployment.admin ?? (await firstAdmin(provider, files.AccessManager));
  if (admin === undefined)
    return { differences: ["neither the file nor the chain says who the first admin is"], governance: [] };
  const differing = new Set<string>();
  for (const contract of await planContracts(admin)) {
    const file = files[contract.name];
    const lines =
      file === undefined
        ? ["is not in the file; deploy again to add it"]
        : await checkContract(provider, contract, file);
    if (lines.length > 0) differing.add(contract.name);
    for (const line of lines) differences.push(`${contract.name} ${line}`);
  }
  // Code that is not ours may answer anything.
  if (GOVERNED.some((name) => differing.has(name))) return { differences, governance: [] };
  const entries = Object.entries(deployment.contracts).map(([name, { address }]) => [name, address]);
  const governance = await Governance.at(Object.fromEntries(entries) as Addresses, provider);
  differences.push(...(await checkGovernance(governance)));
  return { differences, governance: await describeGovernance(governance, deployment.contracts.AccessManager.block) };
}

async function checkContract(
  provider: Provider,
  { address, artifact, constructorArguments, initCode }: PlannedContract,
  file: DeployedContract,
): Promise<string[]> {
  const lines: string[] = [];
  if (file.address !== address) lines.push(`is at ${file.address} in the file, but this build would go to ${address}`);
  const digest = abiDigest(artifact.abi);
  if (file.abiDigest !== digest) lines.push(`has the ABI ${file.abiDigest} in the file, but ${digest} in this build`);
  const code = await provider.getCode(file.address);
  if (code === "0x") return [...lines, `has no code at ${file.address}`];
  const difference = compareCode(code, artifact, [...words(constructorArguments), file.address]);
  if (difference !== undefined) lines.push(`at ${file.address} ${difference}`);
  if (file.transactionHash !== null && file.address === address) {
    const creation = await creationBy(provider, initCode, file.transactionHash);
    if (creation?.block !== file.block) {
      lines.push(`was not created in block ${file.block} by transaction ${file.transactionHash}`);
    }
  }
  return lines;
}

/**
 * Compares the code of a chain with the compiler's, which has zeros where the constructor wrote immutables. An immutable
 * that is an address must be one that the constructor was given, or the contract's own.
 *
 * @param known words of 32 bytes and addresses.
 * @returns what is wrong with it.
 */
export function compareCode(
  code: string,
  { deployedBytecode, immutableReferences }: PlannedContract["artifact"],
  known: readonly string[],
): string | undefined {
  const [actual, expected] = [getBytes(code), getBytes(deployedBytecode)];
  if (actual.length !== expected.length) {
    return `is ${actual.length} bytes of code, and ${expected.length} in this build`;
  }
  const addresses = new Set(known.map((word) => getAddress(dataSlice(`0x${word.slice(2).padStart(64, "0")}`, 12))));
  for (const { start, length } of Object.values(immutableReferences).flat()) {
    const word = hexlify(actual.slice(start, start + length));
    // 12 bytes of zeros in front, but no small number.
    if (/^0x0{24}(?!0{24})/.test(word) && !addresses.has(getAddress(dataSlice(word, 12)))) {
      return `has ${word} as an immutable at byte ${start}, which its constructor was not given`;
    }
    actual.fill(0, start, start + length);
  }
  const first = actual.findIndex((byte, index) => byte !== expected[index]);
  return first === -1 ? undefined : `differs from this build from byte ${first} on`;
}

async function checkGovernance(governance: Governance): Promise<string[]> {
  const lines: string[] = [];
  const { AccessManager, AttesterRegistry } = governance.contracts;
  const authority = (await governance.view("AttesterRegistry", "authority")) as string;
  if (authority !== AccessManager.target) {
    lines.push(`AttesterRegistry obeys ${authority}, not the AccessManager at ${String(AccessManager.target)}`);
  }
  if (await governance.view("AccessManager", "isTargetClosed", AttesterRegistry.target)) {
    lines.push("AttesterRegistry is closed: nobody can govern it");
  }
  for (const { contract, role, functions } of FUNCTION_ROLES) {
    for (const name of functions) {
      const actual = await governance.roleOf(contract, name);
      if (actual !== role)
        lines.push(`${contract}.${name} needs the role ${roleLabel(actual)}, not ${roleLabel(role)}`);
    }
  }
  for (const role of GUARDED_ROLES) {
    const guardian = await governance.guardianOf(role);
    if (guardian !== ROLES.guardian)
      lines.push(`the guardian of ${roleLabel(role)} is ${roleLabel(guardian)}, not ${roleLabel(ROLES.guardian)}`);
  }
  return lines;
}

/** Members, delays, attesters and quorum. */
async function describeGovernance(governance: Governance, firstBlock: number): Promise<string[]> {
  const lines: string[] = [];
  for (const [role, accounts] of await membersByRole(governance, firstBlock)) {
    for (const account of accounts) {
      const delay = await governance.executionDelay(role, account);
      if (delay !== undefined) lines.push(`${roleLabel(role)} ${account}, who waits ${delay} s`);
    }
    lines.push(`${roleLabel(role)} is granted after ${await governance.grantDelay(role)} s`);
  }
  for (const contract of GOVERNED) {
    lines.push(`${contract} is reconfigured after ${await governance.targetAdminDelay(contract)} s`);
  }
  for (const attester of (await governance.view("AttesterRegistry", "attesters")) as string[]) {
    const [endpoint] = (await governance.view("AttesterRegistry", "profileOf", attester)) as [string, string];
    lines.push(`attester ${attester} ${JSON.stringify(endpoint)}`);
  }
  lines.push(`${await governance.defaultQuorum()} make a quorum, where a platform has no number of its own`);
  return lines;
}

/** Everybody who was ever granted a role, by role. The AccessManager has no list of members. */
async function membersByRole({ contracts }: Governance, firstBlock: number): Promise<Map<bigint, Set<string>>> {
  const manager = contracts.AccessManager;
  const last = await manager.runner!.provider!.getBlockNumber();
  const members = new Map<bigint, Set<string>>();
  for (const { args } of await queryLogs(manager, manager.filters.RoleGranted!(), firstBlock, last)) {
    const role = args.getValue("roleId") as bigint;
    members.set(role, (members.get(role) ?? new Set()).add(args.getValue("account") as string));
  }
  return new Map([...members].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Files that do not say who the admin was: the constructor of the AccessManager did. */
async function firstAdmin(provider: Provider, file: DeployedContract | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const { address, block } = file;
  const manager = new Contract(address, (await readArtifact("AccessManager")).abi, provider);
  const [granted] = await queryLogs(manager, manager.filters.RoleGranted!(ROLES.admin), block, block);
  return granted?.args.getValue("account") as string | undefined;
}

function words(data: string): string[] {
  return Array.from({ length: (data.length - 2) / 64 }, (_, index) => dataSlice(data, index * 32, index * 32 + 32));
}
