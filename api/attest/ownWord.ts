import { type Attestation, isCosigned, linkId } from "@syngraph/sdk/protocol";

import { ApiError, badRequest } from "../errors.ts";
import { CheckError, type Evidence } from "../platforms/types.ts";
import { isSignedBy } from "../proofs/signed.ts";
import type { Attester, Word } from "./attester.ts";
import type { OwnLook } from "./look.ts";
import type { AttestedLink } from "./quorum.ts";
import type { Sighting, Sightings } from "./sightings.ts";

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
  sightings: Sightings;
  look: OwnLook;
  /** How long a proof must have been gone before that is signed, in seconds. */
  absence: number;
}

/**
 * What this node alone can say of a link, from a look that it takes now. It signs that a proof is there only where the avatar
 * signed the text that is rebuilt here and the post shows so; and that it is gone only of what it saw itself, at the place
 * where it saw it, and that it saw missing some time ago already: else anybody could have a moment of trouble notarised.
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
  const sighting = named === null ? undefined : await eyes.sightings.find(named);
  try {
    const evidence = await lookAround(eyes.look, question, sighting);
    const id = named ?? linkId(link, evidence.signature.raw);
    const { accountId, location, checkedAt } = evidence;
    await eyes.sightings.saw(id, { accountId, location, seenAt: checkedAt });
    const statement = { linkId: id, found: true, accountId };
    return { ...statement, location, reason: "", ...eyes.attester.sign({ ...statement, checkedAt }) };
  } catch (error) {
    if (!(error instanceof CheckError) || error.severity === "soft" || named === null || !sighting) throw error;
    return signAbsence(eyes, named, sighting, error);
  }
}

/**
 * Looks where the asker says, and where it was before.
 *
 * @throws {CheckError} of the last look, or of one that says nothing: then it may well be there.
 */
async function lookAround(look: OwnLook, question: Question, sighting: Sighting | undefined): Promise<Evidence> {
  const expected = sighting?.accountId ?? question.accountId;
  const lookAt = async (location: string) => {
    const evidence = await look({ link: question.link, avatar: question.avatar, location }, question.signature);
    if (expected === "" || evidence.accountId === expected) return evidence;
    throw new CheckError("final", `it belongs to account ${evidence.accountId} and not to ${expected}`);
  };
  try {
    return await lookAt(question.location);
  } catch (error) {
    const soft = error instanceof CheckError && error.severity === "soft";
    if (soft || !sighting || sighting.location === question.location) throw error;
    return lookAt(sighting.location);
  }
}

async function signAbsence(
  { attester, sightings, absence }: Eyes,
  id: string,
  { accountId, location }: Sighting,
  { message }: CheckError,
): Promise<OwnWord> {
  const checkedAt = Math.floor(Date.now() / 1000);
  const since = await sightings.missed(id, checkedAt);
  const left = since + absence - checkedAt;
  if (left > 0) throw new ApiError(409, `${message}; this node signs that in ${left} s if it is still so: ask again`);
  const statement = { linkId: id, found: false, accountId };
  return { ...statement, location, reason: message, ...attester.sign({ ...statement, checkedAt }) };
}
