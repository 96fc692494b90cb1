import { LRUCache } from "lru-cache";
import type { Pool } from "pg";

import type { Watch } from "../observe/readiness.ts";
import type { Following } from "./asked.ts";

/** How far the index may lie behind the chain, in blocks, before an account may have news that are not answered. */
const MAX_LAG = 10;
/** For how long what this node follows is remembered, in milliseconds: registries are configured, and the chain is asked for each request. */
const AGES = { registries: 60_000, behind: 1_000 } as const;

/**
 * The platforms that stand in `indexer.name`, each found by one look into the index of the primary key: the next chain and
 * platform after the last.
 */
const REGISTRIES = `
  WITH RECURSIVE place AS (
    (SELECT chain_id, platform FROM indexer.name ORDER BY chain_id, platform LIMIT 1)
    UNION ALL
    SELECT next.chain_id, next.platform FROM place, LATERAL (
      SELECT n.chain_id, n.platform FROM indexer.name n
      WHERE (n.chain_id, n.platform) > (place.chain_id, place.platform) ORDER BY n.chain_id, n.platform LIMIT 1
    ) next
  )
  SELECT DISTINCT platform FROM place ORDER BY platform`;

/** Asks database and chain, no more often than answers change. */
export function follow(db: Pool, chainId: number, watch: Watch): Following {
  const known = new LRUCache<keyof typeof AGES, Promise<unknown>>({ max: 2 });
  function remembered<T>(what: keyof typeof AGES, find: () => Promise<T>): Promise<T> {
    const found = known.get(what) as Promise<T> | undefined;
    if (found) return found;
    const finding = find();
    known.set(what, finding, { ttl: AGES[what] });
    finding.catch(() => known.delete(what));
    return finding;
  }
  return {
    chainId,
    registries: () =>
      remembered("registries", async () => {
        const { rows } = await db.query<{ platform: string }>(REGISTRIES);
        return new Set(rows.map(({ platform }) => platform));
      }),
    isBehind: () =>
      remembered("behind", async () => {
        const blocks = await watch.blocks().catch(() => null);
        return blocks === null || blocks.indexed === null || blocks.head - blocks.indexed > MAX_LAG;
      }),
  };
}
