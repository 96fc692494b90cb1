import { type Attestation, isCosigned, linkId } from "@syngraph/sdk/protocol";

import type { Check, Checks } from "../checks/checks.ts";
import { STRIKES, judge } from "../checks/outcome.ts";
import { ApiError, badRequest } from "../errors.ts";
import { CheckError, type Evidence } from "../platforms/types.ts";
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
}

/** What this node saw of a link before. */
type Sighting = Check & { account_id: string; location: string };

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
  const before = named === null ? undefined : await eyes.checks.find(named);
  const sighting = isSighting(before) ? before : undefined;
  try {
    const evidence = await lookAround(eyes.look, question, sighting);
    const id = named ?? linkId(link, evidence.signature.raw);
    const { accountId, location, checkedAt } = evidence;
    await eyes.checks.saw(id, evidence);
    const statement = { linkId: id, found: true, accountId };
    return { ...statement, location, reason: "", ...eyes.attester.sign({ ...statement, checkedAt }) };
  } catch (error) {
    if (!(error instanceof CheckError) || error.severity === "soft" || !sighting) throw error;
    return signAbsence(eyes, sighting, error);
  }
}

function isSighting(before: (Check & { account_id: string | null }) | undefined): before is Sighting {
  return before !== undefined && before.last_confirmed_at !== null && before.location !== null;
}

/**
 * Looks where the asker says, and where it was before.
 *
 * @throws {CheckError} of the last look, or of one that says nothing: then it may well be there.
 */
async function lookAround(look: OwnLook, question: Question, sighting: Sighting | undefined): Promise<Evidence> {
  const { link, avatar, signature } = question;
  const accountId = sighting?.account_id ?? question.accountId;
  const lookAt = (location: string) =>
    look({ link, avatar, location, ...(accountId === "" ? {} : { accountId }) }, signature);
  try {
    return await lookAt(question.location);
  } catch (error) {
    const soft = error instanceof CheckError && error.severity === "soft";
    if (soft || !sighting || sighting.location === question.location) throw error;
    return lookAt(sighting.location);
  }
}

/** It counts as one more failed look, and is signed from as many on as this node itself believes. */
async function signAbsence({ attester, checks }: Eyes, sighting: Sighting, failure: CheckError): Promise<OwnWord> {
  const { link_id: id, location } = sighting;
  const now = checks.now();
  const after = judge(sighting, { failure }, now, checks);
  await checks.settle(sighting, after, null);
  if (after.strikes < STRIKES) {
    throw new ApiError(409, `${failure.message}; this node signs that when it has seen so again, hours apart`);
  }
  // Where nothing is found, no account is: so all attesters sign the same.
  const statement = { linkId: id, found: false, accountId: "" };
  return { ...statement, location, reason: failure.message, ...attester.sign({ ...statement, checkedAt: now }) };
}
