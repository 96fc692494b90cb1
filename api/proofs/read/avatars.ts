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

/** One row per avatar, of the chain on which it is longest. */
const AVATARS = `
  SELECT DISTINCT ON (address) address, public_key, length, activated_at FROM indexer.avatar`;

/** Avatars by address, by address of each. */
export async function avatarsOf(db: Pool, addresses: readonly string[]): Promise<Map<string, Avatar>> {
  const { rows } = await db.query<Avatar>(
    `${AVATARS} WHERE address = ANY($1) ORDER BY address, length DESC, chain_id`,
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
