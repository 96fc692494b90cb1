import { Client } from "pg";

/** Bindings of an avatar: an account and a wallet. */
const BINDINGS_EACH = 2;

/** The handle of the account of one of the avatars. */
export function handleOf(avatar: number): string {
  return `benched-${avatar}`;
}

/** SQL: 32 bytes in hex, made of a kind and the avatar's number `i`. */
const hash = (kind: string) => `encode(sha256(('${kind}' || i)::bytea), 'hex')`;
const ADDRESS = `'0x' || left(${hash("avatar")}, 40)`;

/**
 * Fills the tables of an index that nobody writes to, past the triggers by which it would follow reorgs.
 *
 * @returns how many avatars there are.
 */
export async function fill(databaseUrl: string, bindings: number): Promise<number> {
  const avatars = bindings / BINDINGS_EACH;
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query("SET session_replication_role = replica");
    await client.query(
      `INSERT INTO indexer.avatar (chain_id, address, public_key)
       SELECT 31337, ${ADDRESS}, '0x02' || ${hash("key")} FROM generate_series(1, $1::integer) i`,
      [avatars],
    );
    await client.query(
      `INSERT INTO indexer.link (chain_id, id, avatar, sequence, action, platform, identity, uuid, created_at, signature,
         proof, proof_location, account_id, status, block_number, block_time, transaction_hash, log_index)
       SELECT 31337, '0x' || ${hash("link github")}, ${ADDRESS}, 1, 'create', 'github', 'benched-' || i, md5(i::text)::uuid,
         1763740800 + i, '0x' || ${hash("r")} || ${hash("s")} || '00', '0x', '9d4e1a8e1a4f1c0e4f6b', (10000000 + i)::text,
         'confirmed', i, 1763740800 + i, '0x' || ${hash("transaction")}, 0 FROM generate_series(1, $1::integer) i`,
      [avatars],
    );
    for (const platform of ["github", "ethereum"]) {
      const account = platform === "github";
      await client.query(
        `INSERT INTO indexer.binding (chain_id, key, avatar, identity_key, platform, identity, status, link, account_id,
           proof_location, as_of, attesters, attestations, created_at, updated_at, transaction_hash, log_index)
         SELECT 31337, '0x' || ${hash(`binding ${platform}`)}, ${ADDRESS}, '0x' || ${hash(`identity ${platform}`)},
           '${platform}', ${account ? "'benched-' || i" : `'0x' || left(${hash("wallet")}, 40)`}, 'confirmed',
           '0x' || ${hash(`link ${platform}`)}, ${account ? "(10000000 + i)::text" : "''"}, ${account ? "'9d4e1a8e1a4f1c0e4f6b'" : "''"},
           extract(epoch FROM now())::integer, ${account ? "ARRAY['0x70997970c51812dc3a010c7d01b50e0d17dc79c8']" : "ARRAY[]::text[]"},
           '0x', 1763740800 + i, 1763740800 + i, '0x' || ${hash("transaction")}, 0 FROM generate_series(1, $1::integer) i`,
        [avatars],
      );
    }
    await client.query(
      `INSERT INTO api.checks (chain_id, link_id, last_checked_at, last_confirmed_at, next_due)
       SELECT chain_id, link, as_of, as_of, as_of + 259200 FROM indexer.binding WHERE platform = 'github'`,
    );
    // Also what reads need not look at the tables for (index-only scans).
    await client.query("VACUUM ANALYZE");
  } finally {
    await client.end();
  }
  return avatars;
}
