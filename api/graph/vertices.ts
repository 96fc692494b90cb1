import type { Pool } from "pg";

import { FAILURE } from "../proofs/read/bindings.ts";
import { RIVALS } from "./functions.ts";
import type { Vertex, VertexId } from "./types.ts";
import { isStorable, scopeOf } from "./vertexId.ts";

/** Of one vertex no more rows than so many are read for its times. */
const READ = 100;

type Row = Omit<Vertex, keyof VertexId> & { n: number };

/** What is known of vertices beside their edges, in their order. */
const VERTICES = `
  SELECT v.n, coalesce(m.uid, account.id) AS uid,
    CASE WHEN m.uid IS NOT NULL THEN v.identity ELSE agreed.identity END AS "displayName",
    least(bound.added, chain.added, joined.added, m.registered_at) AS "addedAt",
    greatest(bound.updated, chain.updated, joined.updated, m.updated_at) AS "updatedAt",
    m.registered_at AS "registeredAt", m.expires_at::float8 AS "expiresAt", m.resolver, coalesce(m.texts, '{}') AS texts,
    agreed.n IS NOT NULL OR chosen.avatar IS NOT NULL AS "isPrimary"
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS v (platform, identity, n)
  LEFT JOIN LATERAL (
    SELECT m.* FROM indexer.name m
    WHERE m.platform = v.platform AND m.identity = v.identity ORDER BY m.chain_id LIMIT 1
  ) m ON true
  LEFT JOIN LATERAL (
    SELECT min(b.created_at) AS added, max(b.updated_at) AS updated FROM (
      SELECT b.created_at, b.updated_at FROM indexer.binding b
      WHERE b.identity = v.identity AND b.platform = v.platform AND b.created_at <= $4 LIMIT ${READ}
    ) b
  ) bound ON true
  LEFT JOIN LATERAL (
    -- That of the holder whom the graph believes: the one of before had another account.
    SELECT nullif(b.account_id, '') AS id FROM (
      SELECT b.* FROM indexer.binding b
      WHERE b.status = 'confirmed' AND b.platform = v.platform AND b.identity = v.identity ORDER BY b.avatar LIMIT ${RIVALS}
    ) b
    JOIN indexer.link l ON l.chain_id = b.chain_id AND l.id = b.link
    LEFT JOIN api.checks c ON c.chain_id = b.chain_id AND c.link_id = b.link
    WHERE ${FAILURE} = '' ORDER BY least(l.created_at, l.block_time) DESC, b.avatar LIMIT 1
  ) account ON true
  LEFT JOIN LATERAL (
    SELECT min(l.added) AS added, max(l.updated) AS updated FROM (
      SELECT a.chain_id, a.address FROM indexer.avatar a WHERE a.public_key = v.identity LIMIT ${READ}
    ) a CROSS JOIN LATERAL (
      SELECT
        (SELECT l.block_time FROM indexer.link l WHERE l.avatar = a.address AND l.chain_id = a.chain_id ORDER BY l.sequence LIMIT 1) AS added,
        (SELECT l.block_time FROM indexer.link l WHERE l.avatar = a.address AND l.chain_id = a.chain_id AND l.sequence IS NOT NULL
         ORDER BY l.sequence DESC LIMIT 1) AS updated
    ) l
  ) chain ON v.platform = 'nextid'
  LEFT JOIN LATERAL (
    SELECT min(e.since) AS added, max(e.since) AS updated FROM (
      (SELECT e.since FROM indexer.edge e
       WHERE e.from_identity = v.identity AND e.from_platform = v.platform AND e.since <= $4 LIMIT ${READ})
      UNION ALL
      (SELECT e.since FROM indexer.edge e
       WHERE e.to_identity = v.identity AND e.to_platform = v.platform AND e.since <= $4 LIMIT ${READ})
    ) e
  ) joined ON true
  -- The name by which an address goes, or an address that goes by a name: both sides say so.
  LEFT JOIN api.graph_agreeing($1, $2, $3, $4) agreed ON agreed.n = v.n AND (v.platform = 'ethereum' OR m.uid IS NOT NULL)
  LEFT JOIN LATERAL (
    -- A wallet's choice holds while a confirmed binding joins the two.
    SELECT r.avatar FROM indexer.reverse_record r
    JOIN indexer.binding b ON b.chain_id = r.chain_id AND b.avatar = r.avatar AND b.status = 'confirmed'
      AND b.platform = 'ethereum' AND b.identity = r.wallet
    WHERE r.wallet = v.identity LIMIT 1
  ) chosen ON v.platform = 'ethereum'
  ORDER BY v.n`;

const NOTHING: Omit<Row, "n"> = {
  ...{ uid: null, displayName: null, addedAt: null, updatedAt: null, registeredAt: null, expiresAt: null },
  ...{ resolver: null, texts: {}, isPrimary: false },
};

export async function describeVertices(
  db: Pick<Pool, "query">,
  ids: readonly VertexId[],
  at?: number,
): Promise<Vertex[]> {
  const asked = ids.filter(isStorable);
  const scope = scopeOf(at === undefined ? {} : { at });
  const { rows } = await db.query<Row>({
    name: "graph-vertices",
    text: VERTICES,
    values: [asked.map(({ platform }) => platform), asked.map(({ identity }) => identity), scope.past, scope.at],
  });
  const known = new Map(asked.map((id, index) => [id, rows[index]!]));
  return ids.map(({ platform, identity }, index) => {
    const { n: _, ...row } = known.get(ids[index]!) ?? { n: 0, ...NOTHING };
    return { platform, identity, ...row };
  });
}
