import { createHmac } from "node:crypto";

import { Client } from "pg";

/** Milliseconds that a stranger's statement may take. */
export const STATEMENT_TIMEOUT = 5_000;

/** A database role, and how it connects. */
export interface Reader {
  role: string;
  password: string;
  url: string;
}

/**
 * Who reads the database for strangers. The password is made of the indexer's own URL: it is the same for all processes
 * with this database, so that none locks another out, and nobody has to keep it.
 */
export function readerOf(databaseUrl: string): Reader {
  const url = new URL(databaseUrl);
  const role = `${decodeURIComponent(url.pathname.slice(1))}_reader`;
  const password = createHmac("sha256", databaseUrl).update(role).digest("hex");
  url.username = role;
  url.password = password;
  return { role, password, url: url.href };
}

/** Makes the role, unless it is there, and lets it read the tables of one schema, and nothing else. */
export async function createReader(databaseUrl: string, schema: string): Promise<Reader> {
  const reader = readerOf(databaseUrl);
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const [name, space] = [reader.role, schema].map((text) => client.escapeIdentifier(text));
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [reader.role]);
    const { rows } = await client.query<{ may_more: boolean }>(
      `SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
         OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid) AS may_more
       FROM pg_roles r WHERE rolname = $1`,
      [reader.role],
    );
    // Somebody else's: strangers must not read as it, nor may its password change.
    if (rows[0]?.may_more) throw new Error(`the role ${reader.role} is there already, and may do more than read`);
    if (rows.length === 0) await client.query(`CREATE ROLE ${name} NOINHERIT`);
    await client.query(`ALTER ROLE ${name} LOGIN PASSWORD ${client.escapeLiteral(reader.password)}`);
    await client.query(`GRANT USAGE ON SCHEMA ${space} TO ${name}`);
    await client.query(`GRANT SELECT ON ALL TABLES IN SCHEMA ${space} TO ${name}`);
    // The indexer's sessions set them as well; this bounds whoever else comes to log in so.
    await client.query(`ALTER ROLE ${name} SET statement_timeout = '${STATEMENT_TIMEOUT}'`);
    await client.query(`ALTER ROLE ${name} SET work_mem = '16MB'`);
    // A superuser's to set; without it the time that a statement has bounds what it can write.
    await client.query("SAVEPOINT bound");
    await client
      .query(`ALTER ROLE ${name} SET temp_file_limit = '256MB'`)
      .catch(() => client.query("ROLLBACK TO bound"));
    await client.query("COMMIT");
    return reader;
  } finally {
    await client.end();
  }
}
