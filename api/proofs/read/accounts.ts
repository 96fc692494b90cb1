import type { Pool } from "pg";

import { platformOf } from "../../platforms/index.ts";
import { CheckError } from "../../platforms/types.ts";
import { LINKS, type LinkRow, linkOf } from "./chain.ts";

/**
 * Those of some links that an Ethereum account signed by ECDSA, by linkId: whoever has its key has the same address on every
 * chain. Of other wallets a contract took the signature (ERC-1271), and on another chain the address may be somebody else's.
 */
export async function linksOfAccounts(db: Pick<Pool, "query">, linkIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await db.query<LinkRow>(`${LINKS} WHERE l.id = ANY($1) AND l.platform = 'ethereum'`, [linkIds]);
  return new Set(rows.filter(isSignedByAccount).map(({ id }) => id));
}

function isSignedByAccount(row: LinkRow): boolean {
  try {
    return platformOf("ethereum")!.verifyCounterSignature!(linkOf(row), row.proof).verified;
  } catch (error) {
    if (error instanceof CheckError) return false;
    throw error;
  }
}
