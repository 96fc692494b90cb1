/** Public chains that Syngraph can stand on: their names, and where people look transactions up. */
const CHAINS: Readonly<Record<number, readonly [name: string, explorer: string]>> = {
  1: ["Ethereum", "https://etherscan.io"],
  10: ["OP Mainnet", "https://optimistic.etherscan.io"],
  8453: ["Base", "https://basescan.org"],
  42161: ["Arbitrum One", "https://arbiscan.io"],
  84532: ["Base Sepolia", "https://sepolia.basescan.org"],
  421614: ["Arbitrum Sepolia", "https://sepolia.arbiscan.io"],
  11155111: ["Sepolia", "https://sepolia.etherscan.io"],
  11155420: ["OP Sepolia", "https://sepolia-optimism.etherscan.io"],
};

/** A chain's name; null where it is not a public one that we know. */
export function chainName(chainId: number): string | null {
  return CHAINS[chainId]?.[0] ?? null;
}

/** Where a transaction can be looked up; null on local chains, and where the hash is none: it may come from a lying API. */
export function transactionUrl(chainId: number, hash: string): string | null {
  const explorer = CHAINS[chainId]?.[1];
  return explorer !== undefined && /^0x[0-9a-f]{64}$/i.test(hash) ? `${explorer}/tx/${hash}` : null;
}
