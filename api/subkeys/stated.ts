import type { Pool } from "pg";

import type { Grant, SubkeyFields } from "./request.ts";

/**
 * Keeps how a subkey was handed in: its texts, which answers echo, and the name, which Next.ID's text has not in it. Whoever
 * hands the same in again changes nothing: anybody may, once it is on chain.
 *
 * @param signature of Next.ID's text, `0x` hex, where that is all that there is; null where the chain has it.
 */
export async function keep(
  db: Pool,
  chainId: number,
  { avatar, subkey, id }: Grant,
  fields: SubkeyFields & { name: string },
  signature: string | null,
): Promise<void> {
  await db.query(
    `INSERT INTO api.subkey (chain_id, avatar, subkey_id, avatar_text, algorithm, public_key, rp_id, name, signature, point)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
    [
      ...[chainId, avatar.address.toLowerCase(), id, fields.avatar, fields.algorithm, fields.public_key],
      ...[fields.rp_id, fields.name, signature, subkey.publicKey],
    ],
  );
}
