import { SyngraphError, type ProofSubmission, type SubmissionReply } from "../client/index.ts";
import { type Link, signText } from "../protocol/index.ts";
import { type Context, pause } from "./context.ts";
import type { Draft } from "./draft.ts";
import { CliError } from "./errors.ts";
import type { KeyPair } from "./keys.ts";

/** How long and how often a command waits. */
export interface Patience {
  /** Seconds in all. */
  wait: number;
  /** Seconds between two tries. */
  every: number;
}

/** How long a link may take from its acceptance to the chain; `every` is reached after some quicker looks. */
const CHAIN_PATIENCE: Patience = { wait: 300, every: 2 };

/** The server took the link and then gave it up: its uuid is spent. */
export class LinkRefused extends CliError {}

/** Signs a draft and makes the body of `POST /v1/proof` of it. */
export function submissionOf(
  { link, text }: Draft,
  keys: { avatar: KeyPair; wallet?: KeyPair },
  location = "",
): ProofSubmission {
  return {
    action: link.action,
    platform: link.platform,
    identity: link.identity,
    public_key: link.avatar,
    uuid: link.uuid,
    created_at: String(link.createdAt),
    proof_location: location,
    extra: {
      signature: signText(keys.avatar.privateKey, text).base64,
      ...(keys.wallet ? { wallet_signature: signText(keys.wallet.privateKey, text).base64 } : {}),
    },
  };
}

/** Hands a link in, once, and waits until it is on chain. */
export async function submit(context: Context, submission: ProofSubmission): Promise<void> {
  const { client, signal } = context;
  try {
    const { included, location } = await client.submitProof(submission, { signal });
    if (!included) await awaitChain(context, location ?? submission.uuid);
  } catch (error) {
    // The reply to this try, or to one before it, may have been lost on its way.
    if (!isLater(error) || !(await find(() => client.submission(submission.uuid, { signal })))) throw error;
    await awaitChain(context, submission.uuid);
  }
}

/**
 * Hands in a link whose post may not be out yet: again and again, with the server's reason as the status, until it is
 * taken. It ends early when the chain has moved on, because then the post can never be good.
 *
 * @param isCurrent whether the link still fits the end of the chain.
 */
export async function submitWhenPublished(
  context: Context,
  submission: ProofSubmission,
  { wait, every }: Patience,
  isCurrent: () => Promise<boolean>,
): Promise<void> {
  const started = Date.now();
  let last = "";
  for (;;) {
    try {
      return await submit(context, submission);
    } catch (error) {
      if (!isLater(error)) throw error;
      if (error.code === "refused" && error.message !== last && (await find(isCurrent)) === false) {
        throw new CliError("another link was added to the chain since: run the same command again, and publish anew");
      }
      last = error.message;
      const seconds = (Date.now() - started) / 1000;
      if (seconds + every > wait) throw new CliError(`given up after ${Math.round(seconds)} s: ${error.message}`);
      context.output.status(`not there yet: ${error.message}`, `(${Math.round(seconds)} s)`);
    }
    await pause(every, context.signal);
  }
}

/** Whether a submission that failed so may be taken later, or was taken already. */
function isLater(error: unknown): error is SyngraphError {
  return error instanceof SyngraphError && (error.retryable || error.code === "refused");
}

async function awaitChain(context: Context, submission: string): Promise<void> {
  const { wait, every } = CHAIN_PATIENCE;
  const started = Date.now();
  for (let pace = every / 16; ; pace = Math.min(every, 2 * pace)) {
    const found = await find(() => context.client.submission(submission, { signal: context.signal }));
    if (found?.state === "included" && found.status === null) return;
    if (found?.state === "refused")
      throw new LinkRefused(`the link was refused: ${found.reason || "without a reason"}`);
    const seconds = Math.round((Date.now() - started) / 1000);
    if (seconds > wait) {
      const where = found?.status === "claimed" ? "on chain, but only as a claim" : "accepted, but not on chain";
      throw new CliError(`the link is ${where} after ${seconds} s: look again later`);
    }
    context.output.status(stateText(found), `(${seconds} s)`);
    await pause(pace, context.signal);
  }
}

function stateText(found: SubmissionReply | null): string {
  if (found?.status === "claimed") {
    return `on chain as a claim: ${found.attestations ?? 0} of ${found.quorum ?? "enough"} attesters have seen the proof`;
  }
  return found?.state === "sent"
    ? "sent to the chain, waiting for a block"
    : "accepted, waiting to be sent to the chain";
}

/** The answer, or null where there is none now. */
async function find<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof SyngraphError && (error.retryable || error.code === "not_found")) return null;
    throw error;
  }
}

/** The line that ends a command which added a link. */
export function reportLink({ output }: Context, verb: string, link: Link): void {
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
