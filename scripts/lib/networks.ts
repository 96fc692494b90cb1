import { HDNodeWallet } from "ethers";

/** A public chain that `npm run deploy -- --network <name>` knows. */
export interface PublicNetwork {
  chainId: number;
  /** `op` where the chain is an OP-stack one, whose transactions Hardhat reads differently. */
  chainType: "op" | "generic";
  /** What fees are paid in, where that is not ether. */
  currency?: string;
}

/** The public chains, by the name of their network. Their RPC is RPC_URL_<chainId>, the key that pays DEPLOYER_KEY. */
export const PUBLIC_NETWORKS: Readonly<Record<string, PublicNetwork>> = {
  base: { chainId: 8453, chainType: "op" },
  "base-sepolia": { chainId: 84532, chainType: "op" },
  optimism: { chainId: 10, chainType: "op" },
  "optimism-sepolia": { chainId: 11155420, chainType: "op" },
  arbitrum: { chainId: 42161, chainType: "generic" },
  "arbitrum-sepolia": { chainId: 421614, chainType: "generic" },
  scroll: { chainId: 534352, chainType: "generic" },
  "scroll-sepolia": { chainId: 534351, chainType: "generic" },
  linea: { chainId: 59144, chainType: "generic" },
  "linea-sepolia": { chainId: 59141, chainType: "generic" },
  polygon: { chainId: 137, chainType: "generic", currency: "POL" },
  "polygon-amoy": { chainId: 80002, chainType: "generic", currency: "POL" },
};

/** What fees are paid in on a chain. */
export function currencyOf(chainId: number): string {
  return Object.values(PUBLIC_NETWORKS).find((network) => network.chainId === chainId)?.currency ?? "ETH";
}

/** The chain id of anvil and Hardhat, which no public chain has. */
export const LOCAL_CHAIN_ID = 31337;

/** The id of the chain that a name, or the id itself, stands for; undefined where there is no such network. */
export function chainIdOf(network: string): number | undefined {
  if (/^\d{1,15}$/.test(network)) return Number(network);
  return network === "local" ? LOCAL_CHAIN_ID : PUBLIC_NETWORKS[network]?.chainId;
}

/** What a chain is called; `chain` where it is none of ours. */
export function networkName(chainId: number): string {
  if (chainId === LOCAL_CHAIN_ID) return "local";
  return Object.entries(PUBLIC_NETWORKS).find(([, network]) => network.chainId === chainId)?.[0] ?? "chain";
}

/** Whether a URL names this machine. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** From which anvil and Hardhat make their accounts: everybody has these keys. */
const DEV_MNEMONIC = "test test test test test test test test test test test junk";
/** How many Hardhat unlocks; anvil unlocks the first ten. */
const DEV_ACCOUNTS = 20;

let devAccounts: Set<string> | undefined;

/** Whether an address is one of the accounts that anvil and Hardhat unlock, whose keys are published. */
export function isDevAccount(address: string): boolean {
  if (devAccounts === undefined) {
    const parent = HDNodeWallet.fromPhrase(DEV_MNEMONIC, "", "m/44'/60'/0'/0");
    devAccounts = new Set(
      Array.from({ length: DEV_ACCOUNTS }, (_, index) => parent.deriveChild(index).address.toLowerCase()),
    );
  }
  return devAccounts.has(address.toLowerCase());
}
