import type { Pool } from "pg";

import { edgeUuid } from "./edges.ts";
import type { VertexId } from "./types.ts";

/** A link by which an edge is asked for. */
export interface NamedLink {
  linkId: string;
  avatar: VertexId;
  identity: VertexId;
}

interface LinkRow {
  id: string;
  public_key: string;
  platform: string;
  identity: string;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const LINK = `
  SELECT l.id, a.public_key, l.platform, l.identity
  FROM indexer.link l
  JOIN indexer.avatar a ON a.chain_id = l.chain_id AND a.address = l.avatar`;

/** The link of which an edge has its uuid, or which has this uuid itself; of several the first, since a copy comes later. */
export async function linkNamed(db: Pick<Pool, "query">, uuid: string): Promise<NamedLink | undefined> {
  const text = uuid.toLowerCase();
  if (!UUID.test(text)) return undefined;
  const row = (await byEdge(db, text)) ?? (await byOwn(db, text));
  if (!row) return undefined;
  const { id, public_key, platform, identity } = row;
  return { linkId: id, avatar: { platform: "nextid", identity: public_key }, identity: { platform, identity } };
}

/** By what an edge's uuid keeps of the linkId: all of its first 12 digits, then all but what is version and variant. */
async function byEdge(db: Pick<Pool, "query">, uuid: string): Promise<LinkRow | undefined> {
  const start = `0x${uuid.replaceAll("-", "").slice(0, 12)}`;
  const { rows } = await db.query<LinkRow>(
    `${LINK} WHERE l.id >= $1 AND l.id <= $2 AND l.action = 'create' ORDER BY l.id, l.chain_id LIMIT 100`,
    [start.padEnd(66, "0"), start.padEnd(66, "f")],
  );
  return rows.find(({ id }) => edgeUuid(id) === uuid);
}

async function byOwn(db: Pick<Pool, "query">, uuid: string): Promise<LinkRow | undefined> {
  const { rows } = await db.query<LinkRow>(
    `${LINK} WHERE l.uuid = $1 AND l.action = 'create' ORDER BY l.block_time, l.chain_id, l.block_number, l.log_index LIMIT 1`,
    [uuid],
  );
  return rows[0];
}
