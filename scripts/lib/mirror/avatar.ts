import { type BindingStep, type Chain, type LinkStep, type Step, storedHead } from "./history.ts";
import type { BindingState, Target } from "./target.ts";

/** Two chains of one avatar that differ from a link on. */
export interface Fork {
  /** The place of the first link that differs, from 1. */
  sequence: number;
  sourceId: string;
  targetId: string;
}

type BindingName = Pick<Step, "binding" | "platform" | "identity">;

/** What was written to the target. */
export type Counts = Record<Step["kind"], number>;

/** How far one avatar's history has come on the target, and what is left of it. */
export class AvatarReplay {
  readonly chain: Chain;
  readonly counts: Counts = { link: 0, confirm: 0, suspend: 0, reinstate: 0, release: 0 };
  /** What is to be done still, in the order of the log. */
  steps: readonly Step[];
  /** How many links both chains have in common. */
  agreed = 0;
  /** How many links the target has beyond the source's; what they are about may differ. */
  ahead = 0;
  readonly aheadBindings = new Set<string>();
  fork: Fork | null = null;
  /** What could not be written, and why; one sentence each. */
  readonly refusals: string[] = [];
  /** Where bindings stand on the target, as far as is known. */
  readonly known = new Map<string, BindingState>();

  /** The place of the first link that cannot go in. */
  #stopped = Infinity;

  constructor(chain: Chain) {
    this.chain = chain;
    this.steps = chain.steps;
  }

  /** Finds out which links the target has, and drops what those settle. */
  async locate(target: Target): Promise<void> {
    const { links, key } = this.chain;
    const { length, head } = await target.stateOf(key.address);
    this.known.clear();
    const last = links[length - 1];
    if (length === 0) this.agreed = 0;
    // A signature's text quotes the signature in front: chains with the same head are the same.
    else if (last && storedHead(last.signature) === head) this.agreed = length;
    else await this.#compare(target);
    this.#dropSettled();
  }

  /** Where a binding stands on the target. */
  async stateOf({ binding, platform, identity }: BindingName, target: Target): Promise<BindingState> {
    const state = this.known.get(binding) ?? (await target.bindingOf(this.chain.key.address, platform, identity));
    this.known.set(binding, state);
    return state;
  }

  /** Whether a link is still to be appended. */
  awaits({ sequence }: LinkStep): boolean {
    return sequence > this.agreed && sequence < this.#stopped;
  }

  /** The links up to this place are there. */
  advance(sequence: number): void {
    this.agreed = sequence;
    this.steps = this.steps.filter((step) => step.kind !== "link" || step.sequence > sequence);
  }

  /** Leaves out the links from this place on, and what is about them. */
  stopAt(sequence: number): void {
    this.#stopped = sequence;
    this.steps = this.steps.filter((step) => step.sequence < sequence);
  }

  /** The links that may go next: none in front of which its binding waits for something. */
  nextLinks(): LinkStep[] {
    const waiting = new Set<string>();
    const links: LinkStep[] = [];
    for (const step of this.steps) {
      // What comes in the link itself is not waited for.
      if (step.kind !== "link") {
        if (step.kind === "release" || !step.withLink || step.said.list) waiting.add(step.binding);
      } else if (waiting.has(step.binding)) break;
      else links.push(step);
    }
    return links;
  }

  /** What may be done next to bindings whose links are there: for each of them one thing. */
  nextOnBindings(): BindingStep[] {
    const first = new Map<string, BindingStep>();
    for (const step of this.steps) {
      if (step.kind === "link") break;
      if (!first.has(step.binding)) first.set(step.binding, step);
    }
    return [...first.values()];
  }

  async #compare(target: Target): Promise<void> {
    const { links, key } = this.chain;
    const there = await target.linksOf(key.address);
    const differs = links.findIndex(({ linkId }, index) => there[index] && there[index].linkId !== linkId);
    if (differs === -1) {
      this.agreed = Math.min(links.length, there.length);
      const beyond = there.slice(links.length);
      this.ahead = beyond.length;
      for (const { platform, identity } of beyond) this.aheadBindings.add(`${platform} ${identity}`);
      return;
    }
    const sequence = differs + 1;
    this.agreed = differs;
    this.fork = { sequence, sourceId: links[differs]!.linkId, targetId: there[differs]!.linkId };
    this.stopAt(sequence);
  }

  /** Drops links that are there, and what happened to a binding before a link about it that is there. */
  #dropSettled(): void {
    const latest = new Map<string, number>();
    for (const { binding, sequence } of this.chain.links.slice(0, this.agreed)) latest.set(binding, sequence);
    this.steps = this.steps.filter(
      (step) => step.sequence > this.agreed || (step.kind !== "link" && step.sequence === latest.get(step.binding)),
    );
  }
}
