import { JsonRpcProvider, Network, Wallet } from "ethers";

import { readDeployment } from "../deployments.ts";
import { LOCAL_CHAIN_ID, isDevAccount, isLoopback } from "../networks.ts";
import { askChainId } from "../rpc.ts";
import { Registry } from "./registry.ts";

/** anvil's second published key, which pays on the local chain. */
const LOCAL_KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";

/** A setting is missing or wrong; `message` says which. */
export class SettingError extends Error {
  override readonly name = "SettingError";
}

/** Where to import to, and who pays. */
export interface ConnectOptions {
  rpc: string;
  /** Folders of `<chainId>.json` files; the first that has the chain counts. */
  deploymentsDirs: readonly string[];
  /** Private key, `0x` hex; may be left out on the local chain only. */
  relayerKey?: string | undefined;
}

/** A connection that must be closed, or the process stays alive. */
export interface Connection {
  registry: Registry;
  chainId: number;
  payer: string;
  close: () => void;
}

/** @throws {SettingError} */
export async function connect({ rpc, deploymentsDirs, relayerKey }: ConnectOptions): Promise<Connection> {
  if (!URL.canParse(rpc)) throw new SettingError(`--rpc ${rpc} is no address`);
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
    const local = chainId === LOCAL_CHAIN_ID && isLoopback(rpc);
    const found = await Promise.all(deploymentsDirs.map((folder) => readDeployment(folder, chainId)));
    const deployment = found.find((one) => one !== undefined);
    if (!deployment) throw new SettingError(`${deploymentsDirs[0]}/${chainId}.json is missing: deploy there first`);
    const wallet = new Wallet(keyFor(relayerKey, local), provider);
    if (!local && isDevAccount(wallet.address)) {
      throw new SettingError(`the key of ${wallet.address} is published; chain ${chainId} at ${rpc} is not local`);
    }
    const { address, block } = deployment.contracts.ProofRegistry;
    if ((await provider.getCode(address)) === "0x") throw new SettingError(`there is no contract at ${address}`);
    return { registry: new Registry(address, block, wallet), chainId, payer: wallet.address, close };
  } catch (error) {
    close();
    throw error;
  }
}

function keyFor(relayerKey: string | undefined, local: boolean): string {
  if (!relayerKey) {
    if (local) return LOCAL_KEY;
    throw new SettingError("RELAYER_KEY is not set: the private key of the account that pays");
  }
  // The value must not get into an error.
  if (!/^0x[0-9a-f]{64}$/i.test(relayerKey) || /^0x0{64}$/.test(relayerKey)) {
    throw new SettingError("RELAYER_KEY is no private key of 32 bytes in hex");
  }
  return relayerKey;
}
