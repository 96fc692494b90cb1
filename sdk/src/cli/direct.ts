import { formatEther, formatUnits } from "ethers";
import type { Wallet } from "ethers";

import type { DirectEstimate, DirectRegistry, DirectTransaction } from "../chain/index.ts";
import type { AttestationsReply } from "../client/index.ts";
import type { Binding } from "../binding/index.ts";
import { unlessAborted } from "../client/pause.ts";
import { RpcProvider } from "../rpc.ts";
import { Syngraph } from "../syngraph.ts";
import type { Context } from "./context.ts";
import { usageError } from "./errors.ts";
import { openWallet } from "./keys.ts";
import { confirm } from "./prompt.ts";

/** The options of commands that can send transactions from a wallet's key. */
export interface DirectOptions {
  direct?: boolean;
  /** False where no node is to be asked. */
  node?: boolean;
  rpc?: string;
  registry?: string;
  yes?: boolean;
  walletKeystore?: string;
}

/** What a transaction did; of a binding, `binding.wait` says it. */
export type Sent = Awaited<ReturnType<DirectTransaction["wait"]>>;

/** Who pays, and by which RPC: asked for before anything is signed or published. @throws {CliError} usage */
export async function openPayer({ signal }: Context, options: DirectOptions): Promise<Payer> {
  const { rpc, walletKeystore } = options;
  if (rpc === undefined) throw usageError("give the RPC of the chain that it is sent to: --rpc URL");
  if (!["http:", "https:"].includes(URL.parse(rpc)?.protocol ?? "")) {
    throw usageError("--rpc is no http or https address");
  }
  return { rpc, wallet: await openWallet(walletKeystore, signal) };
}

/** The same without a node, where that is asked for: the chain says what to sign. @throws {CliError} usage */
export function withoutNode(context: Context, { node = true, direct = false, rpc, registry }: DirectOptions): Context {
  if (node) return context;
  if (!direct || rpc === undefined || registry === undefined) {
    throw usageError("--no-node takes --rpc URL and --registry ADDRESS, and to bind or revoke --direct");
  }
  return { ...context, syngraph: new Syngraph({ rpc, registry }) };
}

export interface Payer {
  rpc: string;
  wallet: Wallet;
}

/**
 * Works with the registry by a wallet of the user's, and lets go of the RPC after that.
 */
export async function withRegistry<T>(
  context: Context,
  { registry, node = true }: DirectOptions,
  { rpc, wallet }: Payer,
  work: (registry: DirectRegistry) => Promise<T>,
): Promise<T> {
  const { syngraph, api, output, signal } = context;
  const provider = new RpcProvider(rpc, undefined, { pollingInterval: 1_000 });
  try {
    // Whether the RPC is of the registry's chain, the node says.
    const named = registry === undefined || !node ? syngraph : new Syngraph({ api, registry });
    const direct = await unlessAborted(named.direct(wallet.connect(provider), { signal }), signal);
    if (registry === undefined) output.note(`${direct.registry} is the registry, which the node names`);
    return await work(direct);
  } finally {
    provider.destroy();
  }
}

/** Has the contract wallet of a binding deployed that is not there yet (ERC-6492), where the user agrees to what that costs. */
export async function deployWallet(
  context: Context,
  registry: DirectRegistry,
  binding: Binding,
  yes = false,
): Promise<void> {
  const { output, signal } = context;
  const estimate = await unlessAborted(registry.estimateDeployment(binding), signal);
  if (estimate === null) return;
  const { identity: wallet } = binding.link;
  await confirmEstimate(context, registry, { ...estimate, deploys: wallet }, yes);
  const sent = await unlessAborted(registry.deployWallet(binding), signal);
  if (sent === null) return;
  output.note(`sent: ${sent.txHash}`);
  const { chainId, txHash, block } = await sent.wait({ signal });
  output.step(`deployed in block ${block}`, { deployed: { wallet, chain_id: chainId, tx_hash: txHash, block } });
}

/** Has the user agree to what it costs to bring a binding on chain. */
export async function confirmCost(
  context: Context,
  registry: DirectRegistry,
  binding: Binding,
  attestations: AttestationsReply | null,
  yes = false,
): Promise<void> {
  const estimate = await unlessAborted(registry.estimate(binding, attestations ?? undefined), context.signal);
  await confirmEstimate(context, registry, estimate, yes);
}

/** An estimate; with an outcome, where it is of a binding, or with the wallet that it deploys. */
type Told = Omit<DirectEstimate, "outcome"> & Partial<Pick<DirectEstimate, "outcome">> & { deploys?: string };

/** Shows an estimate, and has the user agree to it. */
export async function confirmEstimate(
  { output, signal }: Context,
  { account, chainId }: DirectRegistry,
  { gas, gasPrice, l1Fee, cost, balance, outcome, deploys }: Told,
  yes = false,
): Promise<void> {
  const text =
    `${account} pays about ${formatEther(cost)} ETH on chain ${chainId}: ${gas} gas at ${formatUnits(gasPrice, "gwei")} gwei` +
    `${l1Fee > 0n ? `, and ${formatEther(l1Fee)} ETH for the chain below` : ""}; it has ${formatEther(balance)} ETH.` +
    (outcome === undefined ? "" : `\nThe binding will be ${outcome}.`) +
    (deploys === undefined ? "" : `\nThe wallet ${deploys}, a contract that is not there yet, is deployed first.`);
  output.step(text, {
    estimate: {
      ...{ account, chain_id: chainId, gas: String(gas), gas_price: String(gasPrice), l1_fee: String(l1Fee) },
      ...{ cost: String(cost), balance: String(balance), ...(outcome && { outcome }), ...(deploys && { deploys }) },
    },
  });
  await confirm("Send it?", yes, signal);
}
