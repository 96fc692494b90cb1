import type { Binding, BindingStep } from "../binding/index.ts";
import { SyngraphError } from "../errors.ts";
import { type Context, pause } from "./context.ts";
import { CliError } from "./errors.ts";

/** How long and how often a command waits. */
export interface Patience {
  /** Seconds in all. */
  wait: number;
  /** Seconds between two tries. */
  every: number;
}

/** How long a link may take from its acceptance to the chain, and a claim until attesters have seen it, in milliseconds. */
const CHAIN_PATIENCE = 300_000;

/** The server took the link and then gave it up: its uuid is spent. */
export class LinkRefused extends CliError {}

/** Hands a link in, once, and waits until it is on chain. */
export async function submit({ output, signal }: Context, binding: Binding): Promise<void> {
  const started = Date.now();
  const seconds = () => `(${Math.round((Date.now() - started) / 1000)} s)`;
  const tell = (step: BindingStep) => step.name === "pending" && output.status(stateText(step), seconds());
  tell(await binding.submit({ signal }));
  const patience = { timeoutMs: CHAIN_PATIENCE, claimTimeoutMs: CHAIN_PATIENCE };
  const step = await binding.wait({ signal, onProgress: tell, ...patience });
  if (step.name === "refused") throw new LinkRefused(`the link was refused: ${step.reason}`);
  if (step.name === "done" && step.claimed) {
    throw new CliError(`the link is on chain, but only as a claim after ${CHAIN_PATIENCE / 1000} s: look again later`);
  }
}

/**
 * Hands in a link whose post may not be out yet: again and again, with the server's reason as the status, until it is
 * taken. It ends early when the chain has moved on, because then the post can never be good.
 */
export async function submitWhenPublished(
  context: Context,
  binding: Binding,
  { wait, every }: Patience,
): Promise<void> {
  const started = Date.now();
  for (;;) {
    try {
      return await submit(context, binding);
    } catch (error) {
      if (!(error instanceof SyngraphError)) throw error;
      if (error.code === "outdated") {
        throw new CliError("another link was added to the chain since: run the same command again, and publish anew");
      }
      if (!error.retryable && error.code !== "refused") throw error;
      const seconds = (Date.now() - started) / 1000;
      if (seconds + every > wait) throw new CliError(`given up after ${Math.round(seconds)} s: ${error.message}`);
      context.output.status(`not there yet: ${error.message}`, `(${Math.round(seconds)} s)`);
    }
    await pause(every, context.signal);
  }
}

function stateText(step: Extract<BindingStep, { name: "pending" }>): string {
  const { state, attestations, quorum } = step;
  if (state === "claimed") {
    return `on chain as a claim: ${attestations ?? 0} of ${quorum ?? "enough"} attesters have seen the proof`;
  }
  return state === "sent" ? "sent to the chain, waiting for a block" : "accepted, waiting to be sent to the chain";
}

/** The line that ends a command which added a link. */
export function reportLink({ output }: Context, verb: string, { link }: Binding): void {
  const { action, platform, identity, avatar, uuid } = link;
  output.result(`${verb}: ${platform} ${identity}\navatar ${avatar}`, {
    action,
    platform,
    identity,
    avatar,
    uuid,
    included: true,
  });
}
