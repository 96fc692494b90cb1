import type { Pool } from "pg";
import { z } from "zod";

import { timeText } from "../../shapes.ts";

/** Where an avatar stands. */
export const avatarChainShape = z
  .object({
    chain_id: z.int(),
    length: z.int().meta({ description: "Links that it has there." }),
    activated_at: timeText.meta({ description: "`created_at` of the latest of them." }),
  })
  .meta({ id: "AvatarChain" });

/** An avatar on one chain. */
export interface AvatarChain {
  chain_id: number;
  public_key: string;
  /** Links that it has there. */
  length: number;
  /** `created_at` of the latest of them, Unix seconds. */
  activated_at: number;
}

/** SQL: one row per avatar `a` and chain, with how long it is there by its `latest` link, and when that was made. */
export const CHAINS = `
  SELECT a.chain_id, a.address, a.public_key, latest.length, latest.activated_at FROM indexer.avatar a, LATERAL (
    SELECT l.sequence AS length, l.created_at AS activated_at FROM indexer.link l
    WHERE l.avatar = a.address AND l.chain_id = a.chain_id AND l.sequence IS NOT NULL
    ORDER BY l.sequence DESC LIMIT 1
  ) AS latest`;

/** The chains that an avatar stands on, the longest first. */
export async function chainsOf(db: Pool, address: string): Promise<AvatarChain[]> {
  const { rows } = await db.query<AvatarChain>({
    name: "chains of an avatar",
    text: `${CHAINS} WHERE a.address = $1 ORDER BY latest.length DESC, a.chain_id`,
    values: [address],
  });
  return rows;
}

/** In the shape of the read routes. */
export function toAvatarChain({ chain_id, length, activated_at }: AvatarChain): z.infer<typeof avatarChainShape> {
  return { chain_id, length, activated_at: String(activated_at) };
}
