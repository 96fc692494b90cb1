import { SUBKEY_ALGORITHMS, type SubkeyAlgorithm } from "@syngraph/sdk/protocol";
import type { Pool } from "pg";
import { z } from "zod";

import { hashText } from "../shapes.ts";

/** A subkey in Next.ID's shape, with what we add behind `created_at`. */
export const subkeyShape = z
  .object({
    avatar: z.string().meta({ description: "As it was handed in." }),
    algorithm: z.enum(SUBKEY_ALGORITHMS),
    public_key: z.string().meta({ description: "As it was handed in." }),
    name: z.string().meta({ description: "Signed only where the subkey was authorised with `expires_at`." }),
    rp_id: z.string(),
    created_at: z.int().meta({ description: "Unix seconds." }),
    subkey_id: hashText.meta({ description: "Its name on chain." }),
    expires_at: z.int().meta({ description: "Unix seconds; 0 for never." }),
    nonce: z.int().meta({ description: "What the next authorisation has to name." }),
    is_valid: z.boolean(),
    invalid_reason: z.string(),
    on_chain: z.boolean().meta({
      description:
        "Else this node alone says so, and the subkey has not shown that it agrees: contracts do not know it.",
    }),
    chain_id: z.int(),
  })
  .meta({ id: "Subkey" });
export type SubkeyRecord = z.infer<typeof subkeyShape>;

/** Which subkeys are asked for; what is null does not matter. */
export interface SubkeyQuery {
  /** Address, lower case. */
  avatar: string | null;
  algorithm: SubkeyAlgorithm | null;
  /** X ‖ Y, `0x` hex. */
  publicKey: string | null;
  /** Also those that are not valid any more. */
  ended: boolean;
}

/** Subkeys listed at once at most. */
const MOST = 1000;

interface Row extends Omit<SubkeyRecord, "is_valid" | "invalid_reason"> {
  authorized: boolean;
  expired: boolean;
}

/**
 * Finds subkeys. The chain counts: what was only stated here is shown as long as nothing happened to the subkey there, which
 * is as long as the contract would take that text.
 */
export async function findSubkeys(db: Pool, chainId: number, query: SubkeyQuery): Promise<SubkeyRecord[]> {
  const { rows } = await db.query<Row>(
    `SELECT * FROM (
       SELECT coalesce(s.avatar_text, k.avatar_key) AS avatar, coalesce(k.algorithm::text, s.algorithm) AS algorithm,
         coalesce(s.public_key, k.public_key_text, k.public_key) AS public_key,
         coalesce(nullif(k.name, ''), s.name, '') AS name, coalesce(k.rp_id, s.rp_id) AS rp_id,
         coalesce(k.authorized_at, extract(epoch FROM s.created_at)::integer) AS created_at,
         coalesce(k.subkey_id, s.subkey_id) AS subkey_id, coalesce(k.expires_at, 0)::bigint AS expires_at,
         coalesce(k.nonce, 0) AS nonce, coalesce(k.authorized, true) AS authorized,
         k.expires_at > 0 AND k.expires_at <= extract(epoch FROM now()) AS expired,
         k.subkey_id IS NOT NULL AS on_chain, $1::integer AS chain_id
       FROM (SELECT * FROM indexer.subkey WHERE chain_id = $1 AND ($2::text IS NULL OR avatar = $2)
           AND ($4::text IS NULL OR public_key = $4 OR public_key IS NULL)) k
       FULL JOIN (SELECT * FROM api.subkey WHERE chain_id = $1 AND ($2::text IS NULL OR avatar = $2)
           AND ($4::text IS NULL OR point = $4)) s
         ON s.avatar = k.avatar AND s.subkey_id = k.subkey_id
       WHERE (k.public_key IS NOT NULL OR s.signature IS NOT NULL)
         AND ($4::text IS NULL OR k.public_key = $4 OR s.point = $4)
     ) found
     WHERE ($3::text IS NULL OR algorithm = $3) AND ($5 OR authorized AND NOT coalesce(expired, false))
     ORDER BY created_at, subkey_id LIMIT ${MOST}`,
    [chainId, query.avatar, query.algorithm, query.publicKey, query.ended],
  );
  return rows.map(({ authorized, expired, ...record }) => ({
    ...record,
    ...standing(authorized, expired),
  }));
}

function standing(authorized: boolean, expired: boolean): Pick<SubkeyRecord, "is_valid" | "invalid_reason"> {
  const reason = !authorized ? "revoked" : expired ? "expired" : "";
  return { is_valid: reason === "", invalid_reason: reason };
}
