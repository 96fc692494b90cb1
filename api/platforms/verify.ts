import { type Link, type Signature, parsePublicKey, recoverPublicKey, signPayload } from "@syngraph/sdk/protocol";

import { parseObject } from "./published.ts";
import { CheckError, type Claim, type Platform, type Post, type Published } from "./types.ts";

/** Most signatures in a post that are verified, each of which costs processor time. Posts are written by strangers. */
const MAX_SIGNATURES = 20;

/**
 * Finds the one signature among a post's texts that verifies over the claim's own text for the claim's avatar.
 *
 * @throws {CheckError} saying what is wrong with what is there.
 */
export function findSignature(platform: Platform, post: Post, texts: readonly string[], claim: Claim): Signature {
  const { proofs, damages } = readProofs(platform, post, texts);
  const { uuid } = claim.link;
  const ours = post.several ? proofs.filter((proof) => proof.uuid === uuid) : proofs;
  if (ours.length > MAX_SIGNATURES) {
    throw new CheckError("medium", `the ${post.title} holds more than ${MAX_SIGNATURES} signatures`);
  }
  const found = new Map<string, Signature>();
  const faults: CheckError[] = [];
  for (const proof of ours) {
    const fault = faultOf(proof, claim, post);
    if (fault) faults.push(fault);
    else found.set(proof.signature.canonical, proof.signature);
  }
  const [signature, another] = found.values();
  if (another) {
    // A link is named by its signature: attesters would not agree on which one it is.
    throw new CheckError("medium", `the ${post.title} stands there with two signatures of the avatar: leave one`);
  }
  if (signature) return signature;
  throw faults[0] ?? (post.several ? undefined : damages[0]) ?? absence(post, proofs, damages, uuid);
}

function readProofs(platform: Platform, post: Post, texts: readonly string[]) {
  const proofs: Published[] = [];
  const damages: CheckError[] = [];
  for (const text of texts) {
    try {
      const found = platform.readProof?.(text) ?? [];
      proofs.push(...(Array.isArray(found) ? found : [found]));
    } catch (error) {
      if (!(error instanceof CheckError)) throw error;
      damages.push(new CheckError(error.severity, `the ${post.title} ${error.message}`, { cause: error }));
    }
  }
  return { proofs, damages };
}

function absence(post: Post, proofs: readonly Published[], damages: readonly CheckError[], uuid: string): CheckError {
  if (post.absence !== undefined) return new CheckError("medium", post.absence);
  if (!post.several) return new CheckError("medium", `the ${post.title} holds no signature of an avatar`);
  const others = proofs.slice(0, 3).map((proof) => shown(proof.uuid));
  const there = others.length > 0 ? ` (there is ${others.join(", ")})` : "";
  const damaged = damages.slice(0, 3).map(({ message }) => `; ${message}`);
  return new CheckError("medium", `no ${post.title} has uuid ${uuid}${there}${damaged.join("")}`);
}

function faultOf(proof: Published, { link, avatar }: Claim, post: Post): CheckError | null {
  if (proof.avatar !== undefined && compressed(proof.avatar) !== avatar.compressed) {
    return final(`the ${post.title} carries the key ${shown(proof.avatar)} instead of ${avatar.compressed}`);
  }
  const contradictions = differences({ uuid: proof.uuid, created_at: proof.createdAt, prev: proof.prev }, link);
  if (contradictions.length > 0) {
    return final(`the ${post.title} is for another link: ${contradictions.join(", ")}`);
  }
  const signer = signerOf(signPayload(link), proof.signature);
  if (signer === avatar.compressed) return null;
  for (const { text, fields } of nearbyTexts(proof, link, post)) {
    if (signerOf(text, proof.signature) === avatar.compressed) {
      const causes = differences(fields, link).join(", ") || "its text is written differently";
      return final(`the signature in the ${post.title} is for another link: ${causes}`);
    }
  }
  const made = signer === null ? "was made by nobody" : `was made by ${signer} instead of ${avatar.compressed}`;
  return final(`the ${post.title} carries a signature of another key or over another text: it ${made}`);
}

/** A sign payload's members, by their names in it. */
type Fields = Partial<Record<"action" | "created_at" | "identity" | "platform" | "prev" | "uuid", unknown>>;

/** Texts that a user may have signed by mistake; only to tell where the difference lies. */
function nearbyTexts(proof: Published, link: Link, post: Post): { text: string; fields: Fields }[] {
  const mistakes: [Fields, Partial<Link>][] = [
    [{ identity: post.handle }, { identity: post.handle }],
    [{ prev: null }, { prev: null }],
    [{ created_at: String(link.createdAt * 1000) }, { createdAt: link.createdAt * 1000 }],
    [{ action: "delete" }, { action: "delete" }],
    [{ action: "create" }, { action: "create" }],
  ];
  const texts = mistakes.map(([fields, change]) => ({ fields, text: signPayload({ ...link, ...change }) }));
  const stated = proof.signPayload;
  return stated === undefined ? texts : [{ text: stated, fields: parseObject(stated) ?? {} }, ...texts];
}

function differences(stated: Fields, link: Link): string[] {
  const claimed: Required<Fields> = {
    uuid: link.uuid,
    created_at: String(link.createdAt),
    prev: link.prev,
    identity: link.identity,
    action: link.action,
    platform: link.platform,
  };
  return Object.entries(claimed)
    .map(([name, value]) => ({ name, value, other: stated[name as keyof Fields] }))
    .filter(({ value, other }) => other !== undefined && other !== value)
    .map(({ name, value, other }) => `its ${name} is ${shown(other)} instead of ${shown(value)}`);
}

function signerOf(text: string, signature: Signature): string | null {
  try {
    return recoverPublicKey(text, signature.raw).compressed;
  } catch {
    return null;
  }
}

function compressed(key: string): string | null {
  try {
    return parsePublicKey(key).compressed;
  } catch {
    return null;
  }
}

/** A stranger's value for a message: as it is where it is short and printable. */
function shown(value: unknown): string {
  if (typeof value === "string" && /^[!-~]{1,100}$/.test(value)) return value;
  return value === null ? "null" : JSON.stringify(String(value).slice(0, 40));
}

function final(message: string): CheckError {
  return new CheckError("final", message);
}
