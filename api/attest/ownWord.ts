import { type Attestation, isCosigned, linkId } from "@syngraph/sdk/protocol";

import type { Check, Checks } from "../checks/checks.ts";
import { STRIKES, judge } from "../checks/outcome.ts";
import { ApiError, badRequest } from "../errors.ts";
import type { Subject } from "../checks/subject.ts";
import { CheckError, type Evidence, PlatformInputError } from "../platforms/types.ts";
import { isSignedBy } from "../proofs/signed.ts";
import type { Attester, Word } from "./attester.ts";
import type { OwnLook } from "./look.ts";
import type { AttestedLink } from "./quorum.ts";

/** A link that somebody asks about. */
export interface Question extends Omit<AttestedLink, "signature"> {
  /** The avatar's, where the asker knows it. */
  signature: AttestedLink["signature"] | null;
  /** The account that the asker saw or expects; empty where none. */
  accountId: string;
}

/** This node's word, and what it is about. */
export interface OwnWord extends Word, Omit<Attestation, "checkedAt"> {
  location: string;
  /** Why it is gone; empty where it was found. */
  reason: string;
}

export interface Eyes {
  attester: Attester;
  checks: Checks;
  look: OwnLook;
  /** The binding that rests on a link, as the chain has it. */
  bound: (linkId: string) => Promise<Pick<Subject, "accountId" | "location"> | undefined>;
}

/** What this node saw of a link before. */
type Sighting = Check & { location: string };

/** What is known of a link before a look. */
interface Known {
  sighting?: Sighting | undefined;
  /** Where the chain says that the proof is. */
  location?: string | undefined;
  /** The account that the binding was confirmed with, else the one that this node saw; empty where none. */
  accountId: string;
}

/**
 * What this node alone can say of a link, from a look that it takes now. It signs that a proof is there only where the avatar
 * signed the text that is rebuilt here and the post shows so; and that it is gone only of what it saw itself, at the place
 * where it saw it, and that it missed more than once, apart in time: else anybody could have a moment of trouble notarised.
 *
 * @throws {CheckError} where it has nothing to sign, {ApiError} 400 where the question is wrong, 409 where it is too early.
 */
export async function ownWord(eyes: Eyes, question: Question): Promise<OwnWord> {
  const { link, avatar, signature } = question;
  if (link.action !== "create") throw badRequest("only a create is attested");
  if (isCosigned(link.platform)) throw badRequest(`nobody attests ${link.platform}: the other side signs itself`);
  if (signature && !isSignedBy(link, signature, avatar)) {
    throw badRequest(`bad signature: extra.signature is not made by ${avatar.compressed} over this link`);
  }
  const named = signature && linkId(link, signature.raw);
  const known = named === null ? { accountId: "" } : await recall(eyes, named);
  try {
    const evidence = await lookAround(eyes.look, question, known);
    const { accountId, location, checkedAt, signature: found } = evidence;
    const id = named ?? linkId(link, found.raw);
    // Whoever does not name the signature is told no more than others: a handle's next owner may publish the same proof.
    if (named === null) assertSameAccount((await recall(eyes, id)).accountId, accountId, link.identity);
    await eyes.checks.saw(id, evidence);
    const statement = { linkId: id, found: true, accountId };
    return { ...statement, location, reason: "", ...eyes.attester.sign({ ...statement, checkedAt }) };
  } catch (error) {
    if (!(error instanceof CheckError) || error.severity === "soft" || !known.sighting) throw error;
    return signAbsence(eyes, known.sighting, error);
  }
}

async function recall({ checks, bound }: Eyes, id: string): Promise<Known> {
  const [before, binding] = await Promise.all([checks.find(id), bound(id)]);
  return {
    sighting: isSighting(before) ? before : undefined,
    location: binding?.location,
    accountId: binding?.accountId || before?.account_id || "",
  };
}

function isSighting(before: Check | undefined): before is Sighting {
  return before !== undefined && before.last_confirmed_at !== null && before.location !== null;
}

function assertSameAccount(expected: string, seen: string, identity: string): void {
  if (expected === "" || expected === seen) return;
  const message = `${identity} is another account now: its id is ${seen}, not ${expected}`;
  throw new CheckError("final", message, { change: "reused" });
}

/**
 * Looks where the asker says, and of what this node saw, also where the chain says and where it was before: whoever asks may
 * have led it to a copy that is gone since.
 *
 * @throws {CheckError} of the place where it was before, or of the asker's where that says nothing: then it may well be there.
 */
async function lookAround(look: OwnLook, question: Question, known: Known): Promise<Evidence> {
  const { link, avatar, signature } = question;
  const { sighting, location: onChain } = known;
  const accountId = known.accountId === "" ? question.accountId : known.accountId;
  const lookAt = (location: string) =>
    look({ link, avatar, location, ...(accountId === "" ? {} : { accountId }) }, signature);
  let failure: unknown;
  try {
    return await lookAt(question.location);
  } catch (error) {
    const soft = error instanceof CheckError && error.severity === "soft";
    if (soft || !sighting) throw error;
    failure = error;
  }
  if (onChain !== undefined && onChain !== question.location && onChain !== sighting.location) {
    try {
      return await lookAt(onChain);
    } catch (error) {
      // No signature covers that place: it can be found there, but not missed.
      if (!(error instanceof CheckError || error instanceof PlatformInputError)) throw error;
    }
  }
  if (sighting.location === question.location) throw failure;
  return lookAt(sighting.location);
}

/** It counts as one more failed look, and is signed from as many on as this node itself believes. */
async function signAbsence({ attester, checks }: Eyes, sighting: Sighting, failure: CheckError): Promise<OwnWord> {
  const { link_id: id, location } = sighting;
  const now = checks.now();
  const after = judge(sighting, { failure }, now, checks);
  // Whoever asks again and again does not put off this node's own next look, which tells the chain.
  after.next_due = Math.min(after.next_due, sighting.next_due);
  await checks.settle(sighting, after, null);
  if (after.strikes < STRIKES) {
    throw new ApiError(409, `${failure.message}; this node signs that when it has seen so again, hours apart`);
  }
  // Where nothing is found, no account is: so all attesters sign the same.
  const statement = { linkId: id, found: false, accountId: "" };
  return { ...statement, location, reason: failure.message, ...attester.sign({ ...statement, checkedAt: now }) };
}
