import { type Provider, type Signer, ZeroAddress, getAddress } from "ethers";

import { type Creation, create, creationBy, ensureProxy, findCreation, hasCode, requireCancun } from "./create2.ts";
import { DEFAULT_DELAY, type DeploySettings } from "./deploySettings.ts";
import {
  type ContractName,
  type DeployedContract,
  type Deployment,
  type Progress,
  abiDigest,
  readDeployment,
  readProgress,
  removeProgress,
  writeDeployment,
  writeProgress,
} from "./deployments.ts";
import { Governance, type GovernanceSettings, missingCalls } from "./governance.ts";
import { carryOut } from "./governanceCalls.ts";
import { LOCAL_CHAIN_ID, isDevAccount } from "./networks.ts";
import { type PlannedContract, addressesOf, planContracts } from "./plan.ts";
import { writeVerification } from "./verification.ts";

export { type Deployment, readDeployments } from "./deployments.ts";

/** Milliseconds to wait for a transaction of an interrupted run before sending another. */
const PENDING_TIMEOUT = 120_000;

export interface DeployOptions extends Partial<DeploySettings> {
  /** Pays for it, and sets governance up if it is the admin, who it is by default. Must be connected to the chain. */
  signer: Signer;
  /** The folder of the `<chainId>.json` files. */
  deploymentsDir: string;
  /** The chain is on this machine, whatever its id: then the keys that anvil and Hardhat publish may be used. */
  local?: boolean;
  /** Told what was done, one line at a time. */
  log?: (line: string) => void;
}

/**
 * Deploys the contracts through CREATE2, so that they have the same addresses on every chain, writes `<chainId>.json`, and
 * sets governance up. What is there already is left as it is: doing it twice changes nothing, and doing it again after an
 * interruption, wherever that was, does the rest.
 *
 * @throws when an account whose key is published would get a say on a chain that is not local.
 */
export async function deploySyngraph(options: DeployOptions): Promise<Deployment> {
  const { signer, deploymentsDir, log = () => {} } = options;
  const provider = providerOf(signer);
  const chainId = Number((await provider.getNetwork()).chainId);
  const payer = await signer.getAddress();
  const local = options.local === true || chainId === LOCAL_CHAIN_ID;
  const settings = governanceSettings(options, payer, local);
  refuseDevAccounts(settings, payer, chainId, local);

  const planned = await planContracts(settings.admin);
  await requireCancun(provider);
  await ensureProxy(signer, provider, log);
  const contracts = await deployContracts({ signer, provider, deploymentsDir, chainId, local, log }, planned);
  const deployment: Deployment = { chainId, admin: settings.admin, contracts };
  if (await writeDeployment(deploymentsDir, deployment)) log(`wrote ${deploymentsDir}/${chainId}.json`);
  await removeProgress(deploymentsDir, chainId);
  if (!local && (await writeVerification(deploymentsDir, chainId, planned))) {
    log(`wrote ${deploymentsDir}/verification`);
  }

  const addresses = addressesOf(planned);
  const governance = await Governance.at(addresses, provider);
  const state = await governance.read(settings, contracts.AttesterRegistry.block);
  for (const { address } of settings.attesters) {
    if (state.retired.has(address.toLowerCase())) log(`attester ${address} was removed, and never can be one again`);
  }
  await carryOut(signer, governance, await missingCalls(state, settings, addresses), settings, log);
  return deployment;
}

/**
 * The settings with their defaults.
 *
 * @throws when nobody would have a role, or an attester is named twice.
 */
export function governanceSettings(
  options: Partial<DeploySettings>,
  payer: string,
  local: boolean,
): GovernanceSettings {
  const admin = getAddress(options.admin ?? payer);
  const [governor, guardian] = [getAddress(options.governor ?? admin), getAddress(options.guardian ?? admin)];
  const attesters = options.attesters ?? [];
  for (const [role, account] of Object.entries({ admin, governor, guardian })) {
    if (account === ZeroAddress) throw new TypeError(`The ${role} cannot be the zero address`);
  }
  const addresses = attesters.map(({ address }) => getAddress(address));
  const twice = addresses.find((address, index) => addresses.indexOf(address) !== index);
  if (twice !== undefined) throw new TypeError(`The attester ${twice} is named twice`);
  const delay = options.delay ?? (local ? 0 : DEFAULT_DELAY);
  return { admin, governor, guardian, delay, attesters, quorum: options.quorum };
}

/** @throws when an account whose key is published would get a say on a chain that is not local. */
export function refuseDevAccounts(
  { admin, governor, guardian, attesters }: GovernanceSettings,
  payer: string,
  chainId: number,
  local: boolean,
): void {
  const accounts = [payer, admin, governor, guardian, ...attesters.map(({ address }) => address)];
  const published = accounts.find(isDevAccount);
  if (!local && published !== undefined) {
    throw new Error(
      `${published} is an account of anvil and Hardhat, whose key everybody has; chain ${chainId} is not local`,
    );
  }
}

interface Run {
  signer: Signer;
  provider: Provider;
  deploymentsDir: string;
  chainId: number;
  local: boolean;
  log: (line: string) => void;
}

async function deployContracts(run: Run, planned: readonly PlannedContract[]): Promise<Deployment["contracts"]> {
  const known = await readDeployment(run.deploymentsDir, run.chainId);
  const progress = await readProgress(run.deploymentsDir, run.chainId);
  const contracts: Partial<Record<ContractName, DeployedContract>> = {};
  for (const contract of planned) {
    const { block, transactionHash } = await deployContract(run, contract, known?.contracts[contract.name], progress);
    const { name, address, artifact } = contract;
    contracts[name] = { address, block, transactionHash, abiDigest: abiDigest(artifact.abi) };
  }
  return contracts as Deployment["contracts"];
}

async function deployContract(
  { signer, provider, deploymentsDir, chainId, local, log }: Run,
  { name, address, initCode }: PlannedContract,
  known: DeployedContract | undefined,
  progress: Progress,
): Promise<Creation> {
  const sent = progress[address];
  // Sent by a run that did not live to see it mined. It may also have failed, or be forgotten.
  if (sent !== undefined) await (await provider.getTransaction(sent))?.wait(1, PENDING_TIMEOUT).catch(() => null);
  if (!(await hasCode(provider, address))) {
    const creation = await create(signer, provider, initCode, async (transactionHash) => {
      progress[address] = transactionHash;
      await writeProgress(deploymentsDir, chainId, progress);
    });
    if (creation !== undefined) {
      log(`${name} deployed to ${address} in block ${creation.block}`);
      return creation;
    }
  }
  log(`${name} stands at ${address}`);
  for (const hash of [sent, known?.transactionHash]) {
    const creation = hash ? await creationBy(provider, initCode, hash) : undefined;
    if (creation !== undefined) return creation;
  }
  return findCreation(provider, initCode, local);
}

function providerOf(signer: Signer): Provider {
  if (signer.provider === null) throw new TypeError("The signer is connected to no chain");
  return signer.provider;
}
