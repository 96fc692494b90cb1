import { type ChainOptions, openRegistryChain, payerOn } from "../registryChain.ts";
import { Registry } from "./registry.ts";

export { SettingError } from "../registryChain.ts";

/** Where to import to, and who pays. */
export interface ConnectOptions extends Omit<ChainOptions, "rpcName"> {
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
export async function connect({ relayerKey, ...options }: ConnectOptions): Promise<Connection> {
  const chain = await openRegistryChain({ ...options, rpcName: "--rpc" });
  const { chainId, deployment, close } = chain;
  try {
    const wallet = payerOn(chain, relayerKey, "RELAYER_KEY");
    const { address, block } = deployment.contracts.ProofRegistry;
    return { registry: new Registry(address, block, wallet), chainId, payer: wallet.address, close };
  } catch (error) {
    close();
    throw error;
  }
}
