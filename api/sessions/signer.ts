import { type PublicKey, parsePublicKey } from "@syngraph/sdk/protocol";
import type { Pool } from "pg";

import { ApiError, badRequest } from "../errors.ts";

/** Who signed in. */
export interface Signer {
  /** EIP-55. */
  address: string;
  /** Its key; null where a contract signed. */
  key: PublicKey | null;
}

/**
 * The avatar for which a signer may act: its own key's, or one to which it is bound as a wallet. A contract's address is
 * somebody else's on another chain, so only bindings on this one count.
 *
 * @param wanted a public key in any form, where there is a choice.
 * @throws {ApiError} 403 where it is nobody's, 400 where it is several's and none was chosen.
 */
export async function avatarOf(
  db: Pool,
  chainId: number,
  { address, key }: Signer,
  wanted: string | undefined,
): Promise<PublicKey> {
  const wallet = address.toLowerCase();
  const avatars = await avatarsOf(db, chainId, wallet);
  if (key && (wanted !== undefined || (await isKnown(db, wallet)))) avatars.set(key.compressed, key);
  if (wanted !== undefined) {
    const chosen = avatars.get(compressed(wanted));
    if (!chosen) throw new ApiError(403, `${address} is neither the key of avatar ${wanted} nor a wallet bound to it`);
    return chosen;
  }
  const [only, ...others] = avatars.values();
  if (!only) throw new ApiError(403, `${address} is neither an avatar's key nor a wallet bound to an avatar`);
  if (others.length === 0) return only;
  const named = await namedBy(db, chainId, wallet);
  const chosen = [...avatars.values()].find((avatar) => avatar.address.toLowerCase() === named);
  if (chosen) return chosen;
  throw badRequest(`${address} stands for several avatars, choose one: ${[...avatars.keys()].join(", ")}`);
}

/** Avatars with a confirmed binding of a wallet, by compressed public key. */
async function avatarsOf(db: Pool, chainId: number, wallet: string): Promise<Map<string, PublicKey>> {
  const { rows } = await db.query<{ public_key: string }>(
    `SELECT a.public_key FROM indexer.binding b
     JOIN indexer.avatar a ON a.chain_id = b.chain_id AND a.address = b.avatar
     WHERE b.chain_id = $1 AND b.platform = 'ethereum' AND b.identity = $2 AND b.status = 'confirmed'
     ORDER BY a.public_key`,
    [chainId, wallet],
  );
  return new Map(rows.map(({ public_key }) => [public_key, parsePublicKey(public_key)]));
}

/** Whether a key was used as an avatar's. */
async function isKnown(db: Pool, address: string): Promise<boolean> {
  const { rows } = await db.query<{ known: boolean }>(
    `SELECT EXISTS (SELECT FROM indexer.avatar WHERE address = $1)
         OR EXISTS (SELECT FROM api.submission WHERE avatar = $1) AS known`,
    [address],
  );
  return rows[0]!.known;
}

/** The avatar that a wallet named on chain, as an address. */
async function namedBy(db: Pool, chainId: number, wallet: string): Promise<string | undefined> {
  const { rows } = await db.query<{ avatar: string }>(
    "SELECT avatar FROM indexer.reverse_record WHERE chain_id = $1 AND wallet = $2",
    [chainId, wallet],
  );
  return rows[0]?.avatar;
}

function compressed(key: string): string {
  try {
    return parsePublicKey(key).compressed;
  } catch (error) {
    throw badRequest(`avatar: ${key.slice(0, 140)} is no public key`, error);
  }
}
