import type { AvatarReply, ChainItem, ProofReply } from "@syngraph/sdk/client";
import { parsePublicKey } from "@syngraph/sdk/protocol";

import { client } from "../app/client.ts";
import type { Place } from "./place.ts";

/** An avatar that a search found. */
export interface Finding {
  /** Compressed public key. */
  avatar: string;
  /** Whether it has the very identity that was searched, and not one that holds it as a part. */
  exact: boolean;
  /** What it is bound to; what was searched comes first. */
  bindings: ProofReply[];
}

/** One page of what a search found. */
export interface Findings {
  /** Exact ones first. */
  found: Finding[];
  /** Number of the next page, 0 on the last. */
  next: number;
}

/** An avatar with its whole proof chain. */
export interface AvatarRecord {
  avatar: AvatarReply;
  items: ChainItem[];
}

/**
 * Avatars with the identity that a place names. An Ethereum address that nobody is bound to is looked up as an avatar's
 * own.
 *
 * @throws {SyngraphError}
 */
export async function findAvatars(place: Place, signal: AbortSignal): Promise<Findings> {
  const { query, platform, any, page } = place;
  const { ids, pagination } = await client.findProofs(
    { identity: query, page, ...(platform !== "" && { platform }), ...(any && { status: "any" }) },
    { signal },
  );
  const found = ids.map(({ avatar, proofs }): Finding => {
    const matching = proofs.filter((proof) => isExact(proof, place));
    return {
      avatar: parsePublicKey(avatar).compressed,
      exact: matching.length > 0,
      bindings: [...matching, ...proofs.filter((proof) => !matching.includes(proof))],
    };
  });
  if (found.length === 0 && page === 1 && /^0x[0-9a-f]{40}$/i.test(query)) {
    const own = await client.avatar(query, { signal });
    if (own)
      found.push({
        avatar: parsePublicKey(own.avatar).compressed,
        exact: isAddressOf(own.avatar, query),
        bindings: [],
      });
  }
  return { found: found.toSorted((a, b) => Number(b.exact) - Number(a.exact)), next: pagination.next };
}

/** An avatar and its chain by public key; null where it has no links. @throws {SyngraphError} */
export async function fetchAvatar(publicKey: string, signal: AbortSignal): Promise<AvatarRecord | null> {
  const [avatar, items] = await Promise.all([client.avatar(publicKey, { signal }), fetchLinks(publicKey, signal)]);
  return avatar && { avatar, items };
}

async function fetchLinks(publicKey: string, signal: AbortSignal): Promise<ChainItem[]> {
  const items: ChainItem[] = [];
  for await (const item of client.eachLink(publicKey, { signal })) items.push(item);
  return items;
}

function isExact(proof: ProofReply, { query, platform }: Place): boolean {
  const wanted = query.toLowerCase();
  return (
    (platform === "" || proof.platform === platform) &&
    [proof.identity, proof.alt_id].some((identity) => identity.toLowerCase() === wanted)
  );
}

function isAddressOf(publicKey: string, address: string): boolean {
  return parsePublicKey(publicKey).address.toLowerCase() === address.toLowerCase();
}
