/** The contract's `Status`, as ethers reads it. */
export const STATUS = { none: 0n, claimed: 1n, confirmed: 2n, deleted: 3n, suspended: 4n } as const;
