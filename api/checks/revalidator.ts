import { setTimeout as sleep } from "node:timers/promises";

import { type Attestation, parseSignature, toSubmission } from "@syngraph/sdk/protocol";
import PQueue from "p-queue";
import type { Pool } from "pg";
import type { Logger } from "pino";

import type { Quorum } from "../attest/quorum.ts";
import { messageOf } from "../errors.ts";
import type { Engine } from "../platforms/engine.ts";
import { platformOf } from "../platforms/index.ts";
import { CheckError, type Claim, PlatformInputError } from "../platforms/types.ts";
import type { NewItem, Outbox } from "../relay/outbox.ts";
import type { Registry } from "../relay/registry.ts";
import { type Check, type Checks, isLookedAt } from "./checks.ts";
import { type CheckState, type Outcome, STRIKES, judge } from "./outcome.ts";
import { type Subject, subjectOf } from "./subject.ts";

/** Looks at once, and begun in a second, of one process. */
const CONCURRENCY = 8;
const PER_SECOND = 10;
/** Pauses in milliseconds: when nothing is due, and after a failure. */
const IDLE = 1_000;
const AFTER_FAILURE = 5_000;
/** How often bindings are looked for that nobody has a row for, in milliseconds. */
const ENROL_EVERY = 5 * 60_000;
/** How long looks that are under way are waited for at the end, in milliseconds. */
const STOP_WAIT = 1_000;

export interface RevalidatorOptions {
  db: Pool;
  chainId: number;
  checks: Checks;
  engine: Engine;
  registry: Registry;
  outbox: Outbox;
  quorum: Quorum;
  log: Logger;
}

/**
 * Looks again at what bindings rest on, a bounded number at a time, and hands to the outbox what a quorum has to say about
 * it: `suspend` where a proof is gone, `reinstate` where it is back.
 *
 * Any number of processes may do so on one database: each takes rows that no other has.
 */
export class Revalidator {
  readonly #options: RevalidatorOptions;
  readonly #queue = new PQueue({ concurrency: CONCURRENCY, interval: 1_000, intervalCap: PER_SECOND });
  readonly #taken = new Set<Check>();
  readonly #stopped = Promise.withResolvers<void>();
  #stopping = false;
  #wake = Promise.withResolvers<void>();
  #running: Promise<void> = Promise.resolve();

  constructor(options: RevalidatorOptions) {
    this.#options = options;
  }

  start(): void {
    this.#options.checks.onDue = () => this.#wake.resolve();
    this.#running = this.#run();
  }

  /** Begins nothing more, waits a moment for what is under way, and leaves the rest to whoever comes next. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#stopped.resolve();
    await this.#running;
    this.#queue.clear();
    await Promise.race([this.#queue.onIdle(), sleep(STOP_WAIT)]);
    await this.#options.checks.giveBack([...this.#taken]).catch(() => {});
  }

  async #run(): Promise<void> {
    const { checks, log } = this.#options;
    let enrolled = Number.NEGATIVE_INFINITY;
    while (!this.#stopping) {
      try {
        if (performance.now() - enrolled > ENROL_EVERY) {
          await checks.enrol();
          enrolled = performance.now();
        }
        this.#wake = Promise.withResolvers();
        const taken = await checks.take(CONCURRENCY);
        for (const check of taken) this.#begin(check);
        if (taken.length === 0) await Promise.race([this.#wake.promise, this.#pause(IDLE)]);
        else await Promise.race([this.#queue.onSizeLessThan(1), this.#stopped.promise]);
      } catch (error) {
        // The index may not be there yet, or is just being replaced.
        log.warn({ error: messageOf(error) }, "revalidation starts anew");
        await this.#pause(AFTER_FAILURE);
      }
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    await Promise.race([sleep(milliseconds, undefined, { ref: false }), this.#stopped.promise]);
  }

  #begin(check: Check): void {
    this.#taken.add(check);
    void this.#queue.add(async () => {
      try {
        await this.#revalidate(check);
      } catch (error) {
        // The row is due again when its lease is over.
        this.#options.log.warn({ link: check.link_id, error: messageOf(error) }, "a binding could not be looked at");
      } finally {
        this.#taken.delete(check);
      }
    });
  }

  async #revalidate(check: Check): Promise<void> {
    const { db, chainId, checks, log } = this.#options;
    const subject = await subjectOf(db, chainId, check.link_id);
    if (!subject) {
      await checks.forget(check);
      return;
    }
    const { link, avatar, accountId } = subject;
    if (!isLookedAt(link.platform)) {
      // Its service closed since: that is nobody's fault, and no look could tell.
      await checks.settle(check, { ...check, next_due: checks.now() + checks.policy.maxAge }, null);
      return;
    }
    const claim: Claim = { link, avatar, location: check.location ?? subject.location };
    if (accountId !== "") claim.accountId = accountId;
    let looked = await this.#look(claim);
    if ("failure" in looked && looked.failure.severity !== "soft" && subject.location !== claim.location) {
      // Where it was seen last may be a copy to which somebody led us. What the chain says is not signed: it can be found
      // there, but not missed.
      const onChain = await this.#look({ ...claim, location: subject.location });
      if ("seen" in onChain) [looked, claim.location] = [onChain, onChain.seen.location];
    }
    const outcome = weigh(check, link.platform, looked);
    const after = judge(check, outcome, checks.now(), checks);
    const turn = turnFor(subject, outcome, after);
    // Until the chain says so too, it is looked at more often.
    if (turn) after.next_due = Math.min(after.next_due, checks.now() + checks.policy.strikeGap);
    const settled = await checks.settle(check, after, "seen" in outcome ? outcome.seen : null);
    if (!settled) return;
    if ("failure" in outcome) {
      const { platform, identity } = link;
      log.info({ platform, identity, strikes: after.strikes, reason: outcome.failure.message }, "proof not seen");
    }
    if (turn) await this.#turn(turn, subject, check.link_id, claim, outcome);
  }

  async #look(claim: Claim): Promise<Outcome> {
    try {
      return { seen: await this.#options.engine.check(claim, { fresh: true }) };
    } catch (error) {
      if (error instanceof CheckError) return { failure: error };
      // Whoever brought the link chose where it says the proof is.
      if (error instanceof PlatformInputError) {
        return { failure: new CheckError("medium", `${error.field}: ${error.message}`, { cause: error }) };
      }
      throw error;
    }
  }

  /** Hands what the chain does not say yet to the outbox, if a quorum says it and the contract takes it. */
  async #turn(method: Turn, subject: Subject, linkId: string, claim: Claim, outcome: Outcome): Promise<void> {
    const { checks, quorum, registry, outbox, log } = this.#options;
    const { link, avatar, signature, asOf } = subject;
    // Where nothing is found, no account is: so all attesters sign the same.
    const statement: Attestation =
      "seen" in outcome
        ? { linkId, found: true, accountId: outcome.seen.accountId, checkedAt: outcome.seen.checkedAt }
        : { linkId, found: false, accountId: "", checkedAt: checks.now() };
    // The contract takes only what is newer.
    if (statement.checkedAt <= asOf) return;
    const asked = { link, avatar, signature: parseSignature(signature), location: claim.location, asOf };
    const { proof, isQuorum } = await quorum.collect(asked, statement);
    if (!isQuorum) return;
    const item: NewItem = {
      ...{ uuid: link.uuid, link_id: linkId, avatar: avatar.address.toLowerCase(), method, previous: null },
      submission: toSubmission(link, { signature, withKey: true, proof, proofLocation: claim.location }),
    };
    const refusal = await registry.refusal(item);
    if (refusal === null) await outbox.accept(item, () => Promise.resolve(null));
    else log.warn({ link: linkId, method, refusal }, "the chain does not take what was seen");
  }
}

/**
 * Of a proof that this node never saw, it has no more than a stranger's word where it should be: no signature covers the
 * location on chain, and whoever brings somebody's link first may name any other. What is not there then says nothing.
 */
function weigh({ last_confirmed_at }: Check, platform: string, outcome: Outcome): Outcome {
  if ("seen" in outcome || last_confirmed_at !== null || platformOf(platform)?.location === undefined) return outcome;
  const { severity, message } = outcome.failure;
  if (severity === "soft") return outcome;
  return { failure: new CheckError("soft", `never seen by this node where the chain says it is: ${message}`) };
}

type Turn = "suspend" | "reinstate";

/** How the chain differs from what was seen; null where it does not. */
function turnFor({ status }: Subject, outcome: Outcome, { strikes }: CheckState): Turn | null {
  if ("seen" in outcome) return status === "suspended" ? "reinstate" : null;
  return status === "confirmed" && outcome.failure.severity !== "soft" && strikes >= STRIKES ? "suspend" : null;
}
