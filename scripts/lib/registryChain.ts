import { JsonRpcProvider, Network, Wallet } from "ethers";

import { type Deployment, readDeployment } from "./deployments.ts";
import { LOCAL_CHAIN_ID, isDevAccount, isLoopback } from "./networks.ts";
import { askChainId } from "./rpc.ts";

/** anvil's second published key, which pays on the local chain. */
const LOCAL_KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";

/** A setting is missing or wrong; `message` says which. */
export class SettingError extends Error {
  override readonly name = "SettingError";
}

/** Where a chain with our contracts is found. */
export interface ChainOptions {
  rpc: string;
  /** What the RPC is called in errors, for example the option that gave it. */
  rpcName: string;
  /** Folders of `<chainId>.json` files; the first that has the chain counts. */
  deploymentsDirs: readonly string[];
}

/** A chain with our contracts. It must be closed, or the process stays alive. */
export interface RegistryChain {
  chainId: number;
  rpc: string;
  provider: JsonRpcProvider;
  deployment: Deployment;
  close: () => void;
}

/** @throws {SettingError} */
export async function openRegistryChain({ rpc, rpcName, deploymentsDirs }: ChainOptions): Promise<RegistryChain> {
  if (!URL.canParse(rpc)) throw new SettingError(`${rpcName} ${rpc} is no address`);
  const chainId = await askChainId(rpc).catch((cause: unknown) => {
    throw new SettingError((cause as Error).message, { cause });
  });
  const provider = new JsonRpcProvider(rpc, undefined, {
    staticNetwork: Network.from(chainId),
    // ethers would answer from memory for a moment after a block.
    cacheTimeout: -1,
    pollingInterval: isLoopback(rpc) ? 100 : 2000,
  });
  const close = () => provider.destroy();
  try {
    const found = await Promise.all(deploymentsDirs.map((folder) => readDeployment(folder, chainId)));
    const deployment = found.find((one) => one !== undefined);
    if (!deployment) throw new SettingError(`${deploymentsDirs[0]}/${chainId}.json is missing: deploy there first`);
    const { address } = deployment.contracts.ProofRegistry;
    if ((await provider.getCode(address)) === "0x") throw new SettingError(`there is no contract at ${address}`);
    return { chainId, rpc, provider, deployment, close };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * The account that pays on a chain.
 *
 * @param key private key, `0x` hex; may be left out on the local chain only.
 * @param keyName what the key is called in errors.
 * @throws {SettingError} also where the key is published and the chain is not local.
 */
export function payerOn({ chainId, rpc, provider }: RegistryChain, key: string | undefined, keyName: string): Wallet {
  const local = chainId === LOCAL_CHAIN_ID && isLoopback(rpc);
  const wallet = new Wallet(keyFor(key, keyName, local), provider);
  if (!local && isDevAccount(wallet.address)) {
    throw new SettingError(`the key of ${wallet.address} is published; chain ${chainId} at ${rpc} is not local`);
  }
  return wallet;
}

function keyFor(key: string | undefined, keyName: string, local: boolean): string {
  if (!key) {
    if (local) return LOCAL_KEY;
    throw new SettingError(`${keyName} is not set: the private key of the account that pays`);
  }
  // The value must not get into an error.
  if (!/^0x[0-9a-f]{64}$/i.test(key) || /^0x0{64}$/.test(key)) {
    throw new SettingError(`${keyName} is no private key of 32 bytes in hex`);
  }
  return key;
}
