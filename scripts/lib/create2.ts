import {
  type Provider,
  type Signer,
  Transaction,
  type TransactionResponse,
  concat,
  getCreate2Address,
  id,
  keccak256,
} from "ethers";

/**
 * The deterministic deployment proxy (github.com/Arachnid/deterministic-deployment-proxy), which stands at this address
 * on nearly every chain: called with a salt and creation code, it deploys the code by CREATE2 (EIP-1014).
 */
export const CREATE2_PROXY = "0x4e59b44847b379578588920cA78FbF26c0B4956C";

/**
 * The transaction that creates the proxy. Its signature was made up, so nobody has the key of its sender, who can do just
 * this one thing; without a chain id, so that it is valid on every chain.
 */
const PROXY_CREATION =
  "0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffff" +
  "ffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba0222222222222222222" +
  "2222222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222";

/** What {@link ensureProxy} costs at most, in wei: the transaction's gas limit at its gas price. */
export const PROXY_COST = 100_000n * 10n ** 11n;

/** The salt of everything that we deploy. */
const SALT = id("syngraph");

/** Where and when a contract was created. */
export interface Creation {
  block: number;
  /** Null where no transaction of that block asks the proxy for it: a contract did. */
  transactionHash: string | null;
}

/** The address that {@link create} deploys the creation code to, on every chain. */
export function addressOf(initCode: string): string {
  return getCreate2Address(CREATE2_PROXY, SALT, keccak256(initCode));
}

/** Whether there is code at an address. */
export async function hasCode(provider: Provider, address: string, block: number | "latest" = "latest") {
  return (await provider.getCode(address, block)) !== "0x";
}

/** Creation code that copies memory and returns nothing: `PUSH0 PUSH0 PUSH0 MCOPY PUSH0 PUSH0 RETURN`. */
const MCOPY_PROBE = "0x5f5f5f5e5f5ff3";

/**
 * Asks the chain to run the youngest instruction that the compiler puts into the bytecode. A chain without it would take
 * the contracts, and then fail at some of their calls.
 *
 * @throws when the chain does not know it.
 */
export async function requireCancun(provider: Provider): Promise<void> {
  try {
    await provider.call({ data: MCOPY_PROBE });
  } catch (cause) {
    throw new Error("This chain does not run MCOPY (EIP-5656): its EVM is older than Cancun", { cause });
  }
}

/** Puts the proxy on a chain that lacks it, and pays its sender the 0.01 ether which that costs. */
export async function ensureProxy(signer: Signer, provider: Provider, log: (line: string) => void): Promise<void> {
  if (await hasCode(provider, CREATE2_PROXY)) return;
  const creation = Transaction.from(PROXY_CREATION);
  const missing = PROXY_COST - (await provider.getBalance(creation.from!));
  if (missing > 0n) {
    await (await signer.sendTransaction({ to: creation.from!, value: missing })).wait();
  }
  await (await provider.broadcastTransaction(PROXY_CREATION)).wait();
  if (!(await hasCode(provider, CREATE2_PROXY))) {
    throw new Error(`This chain does not let the deterministic deployment proxy be created at ${CREATE2_PROXY}`);
  }
  log(`deterministic deployment proxy at ${CREATE2_PROXY}`);
}

/** The transaction that has the proxy create something. */
export function creationRequest(initCode: string): { to: string; data: string } {
  return { to: CREATE2_PROXY, data: concat([SALT, initCode]) };
}

/**
 * Deploys creation code through the proxy.
 *
 * @param onSent told the transaction's hash before it is mined.
 * @returns undefined where the code is there, but not by our transaction as far as we know: somebody else was faster.
 */
export async function create(
  signer: Signer,
  provider: Provider,
  initCode: string,
  onSent: (transactionHash: string) => Promise<void>,
): Promise<Creation | undefined> {
  const address = addressOf(initCode);
  let sent: TransactionResponse | undefined;
  let failure: unknown;
  try {
    sent = await signer.sendTransaction(creationRequest(initCode));
    await onSent(sent.hash);
    const receipt = await sent.wait();
    if (receipt !== null && (await hasCode(provider, address))) {
      return { block: receipt.blockNumber, transactionHash: sent.hash };
    }
  } catch (cause) {
    failure = cause;
  }
  if (await hasCode(provider, address)) return undefined;
  throw new Error(`No code came to ${address} by transaction ${sent?.hash ?? "(none was sent)"}: ${String(failure)}`, {
    cause: failure,
  });
}

/** The creation that a transaction made, if it is mined and did. */
export async function creationBy(
  provider: Provider,
  initCode: string,
  transactionHash: string,
): Promise<Creation | undefined> {
  const receipt = await provider.getTransactionReceipt(transactionHash);
  if (receipt?.status !== 1) return undefined;
  const sent = await provider.getTransaction(transactionHash);
  const { to, data } = creationRequest(initCode);
  return sent?.to === to && sent.data === data ? { block: receipt.blockNumber, transactionHash } : undefined;
}

/**
 * Finds the creation of code that stands on the chain, by bisecting the blocks on whether the code was there, and then
 * looking for the transaction in the one block. No event tells: a constructor need not emit any. A local chain that was
 * started again has forgotten its old state, so its blocks are read from the first on.
 *
 * @throws when the RPC of another chain does not keep old state.
 */
export async function findCreation(provider: Provider, initCode: string, local: boolean): Promise<Creation> {
  const address = addressOf(initCode);
  try {
    const block = await firstBlockWithCode(provider, address);
    return { block, transactionHash: await creationIn(provider, initCode, block) };
  } catch (cause) {
    const found = local ? await scanForCreation(provider, initCode) : undefined;
    if (found !== undefined) return found;
    throw new Error(
      `The RPC cannot say since when ${address} has had code. Restore the file of this chain in the deployments ` +
        "folder, or use an RPC that keeps old state (an archive node)",
      { cause },
    );
  }
}

async function firstBlockWithCode(provider: Provider, address: string): Promise<number> {
  let without = -1;
  let block = await provider.getBlockNumber();
  while (block - without > 1) {
    const middle = without + Math.floor((block - without) / 2);
    if (await hasCode(provider, address, middle)) block = middle;
    else without = middle;
  }
  return block;
}

async function scanForCreation(provider: Provider, initCode: string): Promise<Creation | undefined> {
  const latest = await provider.getBlockNumber();
  for (let block = 0; block <= latest; block++) {
    const transactionHash = await creationIn(provider, initCode, block);
    if (transactionHash !== null) return { block, transactionHash };
  }
  return undefined;
}

/** The transaction of a block that has the proxy create something. */
async function creationIn(provider: Provider, initCode: string, block: number): Promise<string | null> {
  const { data } = creationRequest(initCode);
  const transactions = (await provider.getBlock(block, true))?.prefetchedTransactions ?? [];
  return transactions.find((sent) => sent.to === CREATE2_PROXY && sent.data === data)?.hash ?? null;
}
