import type { Pool } from "pg";

import { platformIdOf } from "../graph/identityOf.ts";
import type { VertexId } from "../graph/types.ts";
import { badRequest } from "../errors.ts";
import { PLATFORMS, platformOf } from "../platforms/index.ts";
import { PlatformInputError } from "../platforms/types.ts";
import { type Proof, searchProofs, storedForms } from "../proofs/read/search.ts";

/** Somebody who has proved an identity. */
export interface Person extends VertexId {
  /** Compressed public key. */
  avatar: string;
  isValid: boolean;
  /** When it came on chain, Unix seconds. */
  since: number;
}

/** Longest identity that anybody can have, in UTF-16 units. */
const MAX_IDENTITY = 512;

/**
 * Those who have proved an identity, on a platform or on any; those whose proof is gone only where there are no others.
 *
 * @throws {ApiError} 400 for what nobody can be called.
 */
export async function peopleCalled(db: Pool, identity: string, platform: string): Promise<Person[]> {
  const known = platform === "" ? undefined : platformOf(platformIdOf(platform));
  if (platform !== "" && !known) throw badRequest(`platform ${JSON.stringify(platform)} has no accounts to prove`);
  requireName(identity, known?.id);
  const forms = new Set(storedForms(identity, known));
  const search = {
    ...{ identities: [identity], platform: known?.id ?? "", page: 1, exact: true, sort: "created_at" },
    ...{ order: "desc" as const, statuses: ["confirmed", "suspended"] as const },
  };
  const { ids } = await searchProofs(db, search);
  const people = ids.flatMap(({ avatar, proofs }) => {
    const matching = proofs.filter((proof) => isMeant(proof, forms, known?.id));
    const best = matching.find(({ is_valid }) => is_valid) ?? matching[0];
    return best ? [personOf(avatar, best)] : [];
  });
  const valid = people.filter(({ isValid }) => isValid);
  return (valid.length > 0 ? valid : people).toSorted((a, b) => b.since - a.since);
}

function isMeant(proof: Proof, forms: ReadonlySet<string>, platform: string | undefined): boolean {
  if (platform !== undefined && proof.platform !== platform) return false;
  return forms.has(proof.identity) || forms.has(proof.alt_id);
}

function personOf(avatar: string, { platform, identity, is_valid, created_at }: Proof): Person {
  return { avatar, platform, identity, isValid: is_valid, since: Number(created_at) };
}

/** @throws {ApiError} 400 */
function requireName(identity: string, platform: string | undefined): void {
  const short = JSON.stringify(identity.slice(0, 100));
  if (identity.length > MAX_IDENTITY) throw badRequest(`identity ${short}… is longer than ${MAX_IDENTITY}`);
  const platforms = platform === undefined ? PLATFORMS : [platformOf(platform)!];
  const refusals = platforms.map(({ normaliseIdentity }) => {
    try {
      normaliseIdentity(identity);
      return undefined;
    } catch (error) {
      if (error instanceof PlatformInputError) return error.message;
      throw error;
    }
  });
  if (refusals.includes(undefined)) return;
  throw badRequest(`identity ${platform === undefined ? `${short} is none on any platform` : refusals[0]}`);
}
