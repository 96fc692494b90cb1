import { Contract, Interface, type Provider, type Signer, concat, getAddress } from "ethers";

import { readArtifact } from "./artifacts.ts";
import { addressOf, create, ensureProxy, findCreation, hasCode, isCreation } from "./create2.ts";
import {
  type ContractName,
  DEPLOYED_CONTRACTS,
  type DeployedContract,
  type Deployment,
  abiDigest,
  readDeployment,
  writeDeployment,
} from "./deployments.ts";
import { LOCAL_CHAIN_ID, isDevAccount } from "./networks.ts";

export { type Deployment, readDeployments } from "./deployments.ts";

/** Somebody who may attest. */
export interface Attester {
  address: string;
  /** Origin of its node's API, empty if it has none. */
  endpoint: string;
}

export interface DeployOptions {
  /** Pays for it, and adds the attesters if it is the admin. Must be connected to the chain. */
  signer: Signer;
  /** The folder of the `<chainId>.json` files. */
  deploymentsDir: string;
  /** The first admin of the AccessManager; the signer's address by default. The contracts' addresses depend on it. */
  admin?: string;
  attesters?: readonly Attester[];
  /** The chain is on this machine, whatever its id: then the keys that anvil and Hardhat publish may be used. */
  local?: boolean;
  /** Told what was done, one line at a time. */
  log?: (line: string) => void;
}

/**
 * Deploys the contracts through CREATE2, so that they have the same addresses on every chain, adds the attesters, and
 * writes `<chainId>.json`. What is there already is left as it is: doing it twice changes nothing.
 *
 * @throws when an account whose key is published would get a say on a chain that is not local.
 */
export async function deploySyngraph(options: DeployOptions): Promise<Deployment> {
  const { signer, deploymentsDir, attesters = [], log = () => {} } = options;
  const provider = providerOf(signer);
  const chainId = Number((await provider.getNetwork()).chainId);
  const payer = await signer.getAddress();
  const admin = getAddress(options.admin ?? payer);
  const local = options.local === true || chainId === LOCAL_CHAIN_ID;
  if (!local) {
    refuseDevAccounts(chainId, [payer, admin, ...attesters.map(({ address }) => address)]);
  }

  await ensureProxy(signer, provider, log);
  const known = await readDeployment(deploymentsDir, chainId);
  const contracts: Partial<Record<ContractName, DeployedContract>> = {};
  let constructedWith = admin;
  for (const name of DEPLOYED_CONTRACTS) {
    const deployed = await deployContract(signer, name, constructedWith, { known: known?.contracts[name], local, log });
    contracts[name] = deployed;
    constructedWith = deployed.address;
  }
  const deployment: Deployment = { chainId, contracts: contracts as Record<ContractName, DeployedContract> };
  if (await writeDeployment(deploymentsDir, deployment)) log(`wrote ${deploymentsDir}/${chainId}.json`);
  await addAttesters(signer, deployment, attesters, log);
  return deployment;
}

/** Reads `ATTESTERS`: addresses and endpoints as `0x…=https://…`, separated by commas; an endpoint may be missing. */
export function parseAttesters(text: string): Attester[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => {
      const [address = "", ...endpoint] = part.split("=");
      return { address: getAddress(address.trim()), endpoint: originOf(endpoint.join("=").trim()) };
    });
}

function originOf(endpoint: string): string {
  if (endpoint === "") return "";
  const { protocol, origin } = new URL(endpoint);
  if (protocol !== "https:" && protocol !== "http:") throw new TypeError(`${endpoint} is no http or https URL`);
  return origin;
}

async function deployContract(
  signer: Signer,
  name: ContractName,
  constructedWith: string,
  { known, local, log }: { known: DeployedContract | undefined; local: boolean; log: (line: string) => void },
): Promise<DeployedContract> {
  const provider = providerOf(signer);
  const { abi, bytecode } = await readArtifact(name);
  const initCode = concat([bytecode, new Interface(abi).encodeDeploy([constructedWith])]);
  const address = addressOf(initCode);
  const described = { address, abiDigest: abiDigest(abi) };
  if (!(await hasCode(provider, address))) {
    const creation = await create(signer, provider, initCode);
    log(`${name} deployed to ${address} in block ${creation.block}`);
    return describe(described, creation);
  }
  log(`${name} stands at ${address}`);
  if (known?.address === address && (await isCreation(provider, address, known))) return describe(described, known);
  return describe(described, await findCreation(provider, initCode, local));
}

function describe(
  { address, abiDigest: digest }: Pick<DeployedContract, "address" | "abiDigest">,
  { block, transactionHash }: Pick<DeployedContract, "block" | "transactionHash">,
): DeployedContract {
  return { address, block, transactionHash, abiDigest: digest };
}

async function addAttesters(
  signer: Signer,
  { contracts }: Deployment,
  attesters: readonly Attester[],
  log: (line: string) => void,
): Promise<void> {
  const registry = new Contract(
    contracts.AttesterRegistry.address,
    (await readArtifact("AttesterRegistry")).abi,
    signer,
  );
  const manager = new Contract(contracts.AccessManager.address, (await readArtifact("AccessManager")).abi, signer);
  const addAttester = registry.getFunction("addAttester");
  const [immediate] = await manager
    .getFunction("canCall")
    .staticCall(await signer.getAddress(), registry, addAttester.fragment.selector);
  for (const { address, endpoint } of attesters) {
    if (await registry.getFunction("isAttester").staticCall(address)) continue;
    if (immediate) {
      await (await addAttester.send(address, endpoint)).wait();
      log(`attester ${address} added`);
    } else {
      log(`attester ${address} is left to the admin: AttesterRegistry.addAttester(${address}, "${endpoint}")`);
    }
  }
}

function refuseDevAccounts(chainId: number, addresses: readonly string[]): void {
  const published = addresses.find(isDevAccount);
  if (published !== undefined) {
    throw new Error(
      `${published} is an account of anvil and Hardhat, whose key everybody has; chain ${chainId} is not local`,
    );
  }
}

function providerOf(signer: Signer): Provider {
  if (signer.provider === null) throw new TypeError("The signer is connected to no chain");
  return signer.provider;
}
