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

/** SQL: one row `a` per avatar and chain. */
export const CHAINS = "SELECT a.chain_id, a.address, a.public_key, a.length, a.activated_at FROM indexer.avatar a";

/** The chains that an avatar stands on, the longest first. */
export async function chainsOf(db: Pool, address: string): Promise<AvatarChain[]> {
  const { rows } = await db.query<AvatarChain>({
    name: "chains of an avatar",
    text: `${CHAINS} WHERE a.address = $1 ORDER BY a.length DESC, a.chain_id`,
    values: [address],
  });
  return rows;
}

/** In the shape of the read routes. */
export function toAvatarChain({ chain_id, length, activated_at }: AvatarChain): z.infer<typeof avatarChainShape> {
  return { chain_id, length, activated_at: String(activated_at) };
}
