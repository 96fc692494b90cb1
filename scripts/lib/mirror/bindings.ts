import { packAttestations } from "@syngraph/sdk/protocol";

import type { AvatarReplay } from "./avatar.ts";
import type { AttestedList, AttestedStep, BindingStep } from "./history.ts";
import { storedId } from "./links.ts";
import type { BindingState, Target } from "./target.ts";

/** A change of a binding that the target will take. */
export interface ReadyChange {
  replay: AvatarReplay;
  step: BindingStep;
  outcome: BindingState;
  /** The call that makes it; null: it goes with others of its list. */
  call: { method: string; args: unknown[] } | null;
}

/** A confirmation that a list of findings makes. */
export interface ListedChange extends ReadyChange {
  step: AttestedStep & { said: { list: AttestedList } };
  call: null;
}

/** Which status a step turns into which. */
const TURNS = {
  confirm: ["claimed", "confirmed"],
  suspend: ["confirmed", "suspended"],
  reinstate: ["suspended", "confirmed"],
  release: ["confirmed", "deleted"],
} as const;

/**
 * Makes of a step what the target takes. Null where the binding does not wait for it: it has been there already, something
 * later has, or no quorum of the target's attesters stands for it. The contract judges by the same rule, so that whoever
 * replays in which order, a binding only ever goes on to what was seen later.
 */
export async function prepareChange(
  replay: AvatarReplay,
  step: BindingStep,
  target: Target,
): Promise<ReadyChange | null> {
  const state = await replay.stateOf(step, target);
  const [from, to] = TURNS[step.kind];
  if (state.link !== storedId(step.linkId) || state.status !== from) return null;
  if (step.kind === "release") {
    const { createdAt } = step.link;
    if (createdAt < state.asOf || (step.cosigner === "wallet" && (await target.whyNotSigned(step)))) return null;
    const call = { method: "release", args: [step.submission] };
    return { replay, step, outcome: { ...state, status: to }, call };
  }
  const after = step.kind === "confirm" ? 0 : state.asOf;
  const counted = await target.quorum.count(step, step.kind !== "suspend", step.said, after);
  if (!counted) return null;
  const outcome: BindingState = { ...state, status: to, asOf: counted.checkedAt };
  if (step.said.list) return { replay, step, outcome, call: null };
  const location = step.kind === "confirm" ? [step.proofLocation] : [];
  const args = [step.binding, step.linkId, ...location, counted.attestations];
  return { replay, step, outcome, call: { method: step.kind, args } };
}

/** Whether a list of findings makes the change. */
export function isListed(change: ReadyChange): change is ListedChange {
  return change.call === null;
}

/** An entry of `confirmBatch`. */
export function confirmationOf({ step }: ListedChange, findings: readonly string[], finding: string): object {
  const { binding, linkId, proofLocation, said } = step;
  const account = packAttestations(said.accountId, []);
  return { bindingKey: binding, linkId, proofLocation, account, index: findings.indexOf(finding) };
}
