import type { Binding, BindingStep, DoneStep } from "../binding/index.ts";
import { SyngraphError } from "../errors.ts";
import { pause } from "../client/pause.ts";
import type { Context } from "./context.ts";
import { type DirectOptions, type Payer, confirmCost, deployWallet, withRegistry } from "./direct.ts";
import { CliError } from "./errors.ts";
import { oneLine } from "./output.ts";

/** How long and how often a command waits for a post. */
export interface Patience {
  /** Seconds in all. */
  wait: number;
  /** Seconds between two tries. */
  every: number;
}

/** How long a link may take from its acceptance to the chain, and a claim until attesters have seen it, in milliseconds. */
const CHAIN_PATIENCE = 300_000;

/** The link can never be on chain: its uuid is spent, or another link came before it. */
export class LinkLost extends CliError {}

/**
 * Brings a binding on chain, by the node or by a wallet of the user's, and waits for it.
 *
 * @param options `payer` sends it, or without one the node.
 * @param patience for a post that may not be out yet; without it one try must do.
 * @throws {LinkLost}
 */
export async function submit(
  context: Context,
  binding: Binding,
  options: DirectOptions & { payer: Payer | null },
  patience?: Patience,
): Promise<DoneStep> {
  const { payer } = options;
  if (payer) return submitDirect(context, binding, { ...options, payer }, patience);
  const { signal } = context;
  await whenPublished(context, patience, async () => tell(context, await binding.submit({ signal })));
  return awaitChain(context, binding);
}

async function submitDirect(
  context: Context,
  binding: Binding,
  options: DirectOptions & { payer: Payer },
  patience: Patience | undefined,
): Promise<DoneStep> {
  const { signal, output } = context;
  // It may have been sent before an interruption.
  if (binding.step.name === "pending") return awaitChain(context, binding);
  return withRegistry(context, options, options.payer, async (registry) => {
    const attestations = await whenPublished(context, patience, () => binding.attestations({ signal }));
    await deployWallet(context, registry, binding, options.yes);
    await confirmCost(context, registry, binding, attestations, options.yes);
    const step = await binding.submitDirect(registry, { signal });
    output.note(`sent: ${step.name === "pending" ? step.txHash : ""}`);
    tell(context, step);
    return awaitChain(context, binding);
  });
}

/** Waits until a binding that was handed in is on chain. @throws {LinkLost} */
async function awaitChain(context: Context, binding: Binding): Promise<DoneStep> {
  const { signal } = context;
  const seconds = clock();
  const patience = { timeoutMs: CHAIN_PATIENCE, claimTimeoutMs: CHAIN_PATIENCE };
  const step = await binding.wait({ signal, onProgress: (now) => tell(context, now, seconds()), ...patience });
  if (step.name === "done") return step;
  throw new LinkLost(`the link was refused: ${step.name === "refused" ? step.reason : step.name}`);
}

/**
 * Tries again and again what only goes when a post is out, with the server's reason as the status. It ends early when the chain
 * has moved on, because then the post can never be good.
 */
async function whenPublished<T>(
  context: Context,
  patience: Patience | undefined,
  attempt: () => Promise<T>,
): Promise<T> {
  const { output, signal } = context;
  const seconds = clock();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof SyngraphError)) throw error;
      if (error.code === "outdated") {
        throw new LinkLost("another link was added to the chain since: run the same command again, and publish anew");
      }
      if (!patience || (!error.retryable && error.code !== "refused")) throw error;
      const passed = seconds();
      if (passed + patience.every > patience.wait) {
        throw new CliError(`given up after ${Math.round(passed)} s: ${error.message}`);
      }
      output.status(`not there yet: ${error.message}`, `(${Math.round(passed)} s)`);
    }
    await pause(1000 * patience.every, signal);
  }
}

function tell({ output }: Context, step: BindingStep, seconds = 0): void {
  if (step.name === "pending") output.status(stateText(step), `(${Math.round(seconds)} s)`);
}

function stateText({ state, attestations, quorum }: Extract<BindingStep, { name: "pending" }>): string {
  if (state === "claimed") {
    return `on chain as a claim: ${attestations ?? 0} of ${quorum ?? "enough"} attesters have seen the proof`;
  }
  return state === "sent" ? "sent to the chain, waiting for a block" : "accepted, waiting to be sent to the chain";
}

function clock(): () => number {
  const started = Date.now();
  return () => (Date.now() - started) / 1000;
}

/** The line that ends a command which added a link. @throws {CliError} where it is only a claim yet. */
export function reportLink({ output }: Context, verb: string, { link }: Binding, done: DoneStep): void {
  const { action, platform, identity, avatar, uuid } = link;
  const { linkId, chainId, txHash, block, claimed } = done;
  const status = claimed ? "claimed" : action === "create" ? "confirmed" : "deleted";
  output.result(
    `${claimed ? "claimed" : verb}: ${platform} ${identity}\navatar ${avatar}\nblock ${block}, ${oneLine(txHash)}`,
    {
      ...{ action, platform, identity, avatar, uuid, included: true, status },
      ...{ link_id: linkId, chain_id: chainId, tx_hash: txHash, block },
    },
  );
  if (claimed) {
    throw new CliError(
      "the link is on chain, but only as a claim: nodes go on looking for what it lacks, look again later",
    );
  }
}
