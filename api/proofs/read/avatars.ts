import type { Pool } from "pg";

import { type Binding, bindingsOf } from "./bindings.ts";

/** An avatar as the read routes print it. */
export interface Avatar {
  /** Address of its key, lower case. */
  address: string;
  /** Compressed public key. */
  public_key: string;
  /** Links of its longest chain. */
  length: number;
  /** `created_at` of its latest link, Unix seconds. */
  activated_at: number;
}

/** Of an avatar `a`: how long its chain is on its row's blockchain, and when its latest link there was made. */
export const LATEST_LINK = `LATERAL (
    SELECT l.sequence AS length, l.created_at AS activated_at FROM indexer.link l
    WHERE l.avatar = a.address AND l.chain_id = a.chain_id AND l.sequence IS NOT NULL
    ORDER BY l.sequence DESC LIMIT 1
  ) AS latest`;

/** One row per avatar, of the chain on which it is longest. */
const AVATARS = `
  SELECT DISTINCT ON (a.address) a.address, a.public_key, latest.length, latest.activated_at
  FROM indexer.avatar a, ${LATEST_LINK}`;

/** Avatars by address, by address of each. */
export async function avatarsOf(db: Pool, addresses: readonly string[]): Promise<Map<string, Avatar>> {
  const { rows } = await db.query<Avatar>(
    `${AVATARS} WHERE a.address = ANY($1) ORDER BY a.address, latest.length DESC, a.chain_id`,
    [addresses],
  );
  return new Map(rows.map((avatar) => [avatar.address, avatar]));
}

/** One avatar with all its bindings, the latest first; undefined where no chain knows it. */
export async function avatarWithBindings(
  db: Pool,
  address: string,
): Promise<{ avatar: Avatar; bindings: Binding[] } | undefined> {
  const avatar = (await avatarsOf(db, [address])).get(address);
  if (!avatar) return undefined;
  const bindings = await bindingsOf(db, [address]);
  return { avatar, bindings: bindings.sort((a, b) => b.created_at - a.created_at) };
}
