import type { Pool } from "pg";
import { z } from "zod";

import { base64Text } from "../../shapes.ts";
import { type ChainItem, LINKS, type LinkRow, chainItemShape, toItem } from "./chain.ts";
import type { AvatarChain } from "./chains.ts";

/** Different links that an avatar signed as successors of the same one. */
export const forkShape = z
  .object({
    prev: base64Text.nullable().meta({ description: "The signature that each of them quotes; null where they begin." }),
    links: z
      .array(chainItemShape)
      .meta({ description: "With all that it takes to verify that the avatar signed each." }),
  })
  .meta({ id: "Fork" });
export type Fork = z.infer<typeof forkShape>;

/**
 * Where the chains of an avatar diverge. A contract takes one successor of a link; two different ones on two chains the
 * avatar must have signed both. A chain that is only behind is no fork.
 *
 * @param chains where it stands: on one chain nothing can diverge.
 */
export async function forksOf(db: Pool, avatar: string, chains: readonly AvatarChain[]): Promise<Fork[]> {
  if (chains.length < 2) return [];
  // Places are compared by what is quoted: an imported chain counts its links otherwise. Its first coordinate is enough,
  // which every form of a signature has in common, and no two signatures.
  const { rows: places } = await db.query<{ links: string[] }>({
    name: "forks of an avatar",
    text: `
      SELECT array_agg(DISTINCT x.id) AS links FROM (
        SELECT l.id, l.sequence, CASE WHEN l.previous_v IS NULL THEN '' ELSE
          left(coalesce(lag(l.signature) OVER (PARTITION BY l.chain_id ORDER BY l.sequence), a.imported_after), 66)
        END AS quoted
        FROM indexer.link l JOIN indexer.avatar a ON a.chain_id = l.chain_id AND a.address = l.avatar
        WHERE l.avatar = $1 AND l.sequence IS NOT NULL
      ) x GROUP BY x.quoted HAVING count(DISTINCT x.id) > 1 ORDER BY min(x.sequence)`,
    values: [avatar],
  });
  if (places.length === 0) return [];
  const { rows } = await db.query<LinkRow>(
    `SELECT DISTINCT ON (x.id) x.* FROM (${LINKS} WHERE l.avatar = $1 AND l.id = ANY($2)) x ORDER BY x.id, x.chain_id`,
    [avatar, places.flatMap(({ links }) => links)],
  );
  const items = new Map<string, ChainItem>(rows.map((row) => [row.id, toItem(row)]));
  return places.map(({ links }) => {
    const found = links.map((id) => items.get(id)).filter((item) => item !== undefined);
    return { prev: found[0]?.prev ?? null, links: found };
  });
}
