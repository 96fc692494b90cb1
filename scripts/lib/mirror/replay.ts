import { findingHash, unpackHeader } from "@syngraph/sdk/protocol";
import type { LogDescription } from "ethers";

import type { AvatarReplay } from "./avatar.ts";
import { type ListedChange, type ReadyChange, confirmationOf, isListed, prepareChange } from "./bindings.ts";
import type { LinkStep } from "./history.ts";
import { Batch, type ReadyLink, abbreviate, prepareLink } from "./links.ts";
import { type BindingState, type Target, TargetRefusal } from "./target.ts";

/** How many confirmations go together, and how many questions are asked at once. */
const MAX_CONFIRMATIONS = 100;
const MAX_QUESTIONS = 200;

/** The contract's `Refusal`. */
const REFUSALS = [
  "None",
  "InvalidHeader",
  "InvalidText",
  "InvalidSignature",
  "InvalidPublicKey",
  "StaleHead",
  "InvalidCreatedAt",
  "UnexpectedField",
  "InvalidIdentity",
  "InvalidProof",
  "InvalidAttestations",
] as const;

export interface ReplayOptions {
  /** Only find out what would be sent. */
  dryRun: boolean;
  /** Told of each transaction. */
  log: (line: string) => void;
}

/**
 * Writes what is left of histories to the target. Of an avatar, links go in their order, and so does all about one binding;
 * links and changes of different bindings leave each other alone, which is what makes batches long.
 */
export async function replayAll(
  replays: readonly AvatarReplay[],
  target: Target,
  options: ReplayOptions,
): Promise<void> {
  const run = new Run(target, options);
  for (let left = [...replays]; left.length > 0; left = left.filter(({ steps }) => steps.length > 0)) {
    while (await run.changeBindings(left));
    await run.appendLinks(left);
  }
}

class Run {
  readonly #target: Target;
  readonly #options: ReplayOptions;

  constructor(target: Target, options: ReplayOptions) {
    this.#target = target;
    this.#options = options;
  }

  /** Appends all links that do not wait for anything. */
  async appendLinks(replays: readonly AvatarReplay[]): Promise<void> {
    let batch = new Batch();
    for (const replay of replays) {
      for (const step of replay.nextLinks()) {
        // The last batch may have shown that the target goes another way.
        if (!replay.awaits(step)) continue;
        const ready = await prepareLink(replay, step, this.#target);
        if (typeof ready === "string") {
          refuseLink(replay, step, ready);
          break;
        }
        if (!batch.fits(ready)) {
          await this.#sendLinks(batch.items);
          batch = new Batch();
          if (!replay.awaits(step)) continue;
        }
        batch.add(ready);
      }
    }
    await this.#sendLinks(batch.items);
  }

  /** Changes each binding that waits for a change by one step; answers whether there was any. */
  async changeBindings(replays: readonly AvatarReplay[]): Promise<boolean> {
    const next = replays.flatMap((replay) => replay.nextOnBindings().map((step) => ({ replay, step })));
    for (let start = 0; start < next.length; start += MAX_QUESTIONS) {
      const some = next.slice(start, start + MAX_QUESTIONS);
      const ready = await Promise.all(some.map(({ replay, step }) => prepareChange(replay, step, this.#target)));
      const changes = ready.filter((change) => change !== null);
      for (const group of groupByList(changes.filter(isListed))) await this.#sendListed(group);
      for (const change of changes) if (!isListed(change)) await this.#sendChange(change);
    }
    const done = new Set(next.map(({ step }) => step));
    for (const replay of new Set(next.map(({ replay: of }) => of))) {
      replay.steps = replay.steps.filter((step) => step.kind === "link" || !done.has(step));
    }
    return next.length > 0;
  }

  async #sendLinks(items: readonly ReadyLink[]): Promise<void> {
    if (items.length === 0) return;
    if (this.#options.dryRun) {
      for (const { replay, step, outcome } of items) appended(replay, step, outcome);
      return advanceAll(items);
    }
    let events: LogDescription[];
    try {
      events = await this.#target.send("appendBatch", [abbreviate(items), "0x"]);
    } catch (error) {
      if (!(error instanceof TargetRefusal)) throw error;
      const [{ replay, step }] = items as [ReadyLink];
      if (items.length === 1) return refuseLink(replay, step, `the target refuses it: ${error.message}`);
      // Chains count gas differently, and some bound a transaction more tightly.
      const middle = Math.ceil(items.length / 2);
      await this.#sendLinks(items.slice(0, middle));
      await this.#sendLinks(stillNext(items.slice(middle)));
      return;
    }
    this.#options.log(`${items.length} links`);
    const headers = new Map(
      events
        .filter(({ name }) => name === "LinkAppended")
        .map(({ args }) => [args.getValue("linkId") as string, unpackHeader(args.getValue("header") as string)]),
    );
    for (const { replay, step, outcome } of items) {
      const header = headers.get(step.linkId);
      if (!header) continue;
      appended(replay, step, { ...outcome, status: header.status, asOf: header.asOf });
    }
    advanceAll(items.filter(({ step }) => headers.has(step.linkId)));
    await this.#explainRefused(items, events);
    const lost = items.find(({ replay, step }) => replay.awaits(step));
    if (lost) throw new Error(`the target does not say what became of link ${lost.step.linkId}`);
  }

  /** A link that was refused may be there by now, brought by somebody else; else its chain ends in front of it. */
  async #explainRefused(items: readonly ReadyLink[], events: readonly LogDescription[]): Promise<void> {
    const seen = new Set<AvatarReplay>();
    for (const { name, args } of events) {
      if (name !== "LinkRefused") continue;
      const { replay, step } = items[Number(args.getValue("index"))]!;
      if (seen.has(replay)) continue;
      seen.add(replay);
      await replay.locate(this.#target);
      const reason = REFUSALS[Number(args.getValue("reason"))] ?? "unknown";
      if (replay.fork === null && replay.agreed < step.sequence) {
        refuseLink(replay, step, `the target refuses it: ${reason}`);
      }
    }
  }

  async #sendListed(changes: readonly ListedChange[]): Promise<void> {
    const { step } = changes[0]!;
    const { list } = step.said;
    if (this.#options.dryRun) return changes.forEach(changed);
    const counted = await this.#target.quorum.countList(step.platform, list);
    if (!counted) return;
    const confirmations = changes.map((change) => {
      const { linkId, said } = change.step;
      return confirmationOf(change, list.findings, findingHash({ linkId, found: true, accountId: said.accountId }));
    });
    try {
      const events = await this.#target.send("confirmBatch", [confirmations, list.findings, counted.attestations]);
      const confirmed = new Set(
        events.filter(({ name }) => name === "BindingConfirmed").map(({ args }) => args.getValue("linkId") as string),
      );
      this.#options.log(`${confirmed.size} confirmations by one list`);
      for (const change of changes) {
        if (confirmed.has(change.step.linkId)) changed(change);
        else await this.#explainUnchanged(change, "refused");
      }
    } catch (error) {
      if (!(error instanceof TargetRefusal)) throw error;
      for (const change of changes) await this.#explainUnchanged(change, error.message);
    }
  }

  async #sendChange(change: ReadyChange): Promise<void> {
    const { call, step } = change;
    if (this.#options.dryRun || !call) return changed(change);
    try {
      await this.#target.send(call.method, call.args);
      this.#options.log(step.kind);
      changed(change);
    } catch (error) {
      if (!(error instanceof TargetRefusal)) throw error;
      await this.#explainUnchanged(change, error.message);
    }
  }

  /** The target did not take a change: somebody else may have been there first, and that is no refusal. */
  async #explainUnchanged({ replay, step }: ReadyChange, reason: string): Promise<void> {
    replay.known.delete(step.binding);
    if ((await prepareChange(replay, step, this.#target)) === null) return;
    replay.refusals.push(`${step.kind} of ${step.platform} ${step.identity}: the target refuses it: ${reason}`);
  }
}

function appended(replay: AvatarReplay, { binding }: LinkStep, state: BindingState): void {
  replay.counts.link += 1;
  replay.known.set(binding, state);
}

function advanceAll(items: readonly ReadyLink[]): void {
  for (const [replay, those] of Map.groupBy(items, (item) => item.replay)) replay.advance(those.at(-1)!.step.sequence);
}

function changed({ replay, step, outcome }: ReadyChange): void {
  replay.counts[step.kind] += 1;
  replay.known.set(step.binding, outcome);
}

function refuseLink(replay: AvatarReplay, { sequence, linkId }: LinkStep, reason: string): void {
  replay.refusals.push(`link ${sequence} ${linkId}: ${reason}`);
  replay.stopAt(sequence);
}

/** Those whose avatars have not gone another way meanwhile. */
function stillNext(items: readonly ReadyLink[]): ReadyLink[] {
  return items.filter(({ replay, step }) => replay.awaits(step));
}

function groupByList(changes: readonly ListedChange[]): ListedChange[][] {
  return [...Map.groupBy(changes, ({ step }) => step.said.list).values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / MAX_CONFIRMATIONS) }, (_, index) =>
      group.slice(index * MAX_CONFIRMATIONS, (index + 1) * MAX_CONFIRMATIONS),
    ),
  );
}
