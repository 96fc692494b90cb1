import type { EventEmitter } from "node:events";
import type { Socket } from "node:net";

import type { ClientBase, Pool } from "pg";

import { STATEMENT_TIMEOUT, createReader } from "./readerRole.ts";

/** What one who asks over HTTP may use up. */
const LIMITS = {
  /** Milliseconds that a statement may take, and that it may wait for a connection. */
  statement_timeout: STATEMENT_TIMEOUT,
  connectionTimeoutMillis: 5_000,
  /** Statements at once, of all who ask. */
  max: 4,
};

/** Largest answer of the database to one statement, in bytes. */
const MAX_ANSWER = 16 << 20;

/**
 * Bounds of a session. Ponder gives each 512 MB to sort in; what does not fit into so little is sorted on disk, where
 * `temp_file_limit` ends it.
 */
const SESSION = "SET work_mem = '16MB'; SET max_parallel_workers_per_gather = 0";

/** drizzle's, of a database. */
type Transaction = (run: (tx: unknown) => Promise<unknown>, config?: unknown) => Promise<unknown>;

/** What of Ponder's database is used here. It is no part of its API: `ponder` is pinned to one version. */
interface PonderGlobals {
  PONDER_DATABASE: { driver: { readonly: Pool }; readonlyQB: { raw: { transaction?: Transaction } } };
  PONDER_NAMESPACE_BUILD: { schema: string };
}

/**
 * Has Ponder ask for strangers as a database role that may read this index and nothing else. Ponder itself asks as the
 * indexer, who may read all there is, and trusts its parser of SQL alone to keep strangers out.
 *
 * @throws where that cannot be had, for example since DATABASE_URL's role must make no roles.
 */
export async function confineReader(databaseUrl: string): Promise<void> {
  const { PONDER_DATABASE: database, PONDER_NAMESPACE_BUILD: build } = globalThis as unknown as PonderGlobals;
  const pool = database.driver.readonly;
  if (pool.totalCount > 0) throw new Error("Ponder has already asked as the indexer");
  const reader = await createReader(databaseUrl, build.schema);
  const before = { ...pool.options };
  Object.assign(pool.options, LIMITS, { connectionString: reader.url });
  pool.on("connect", confineSession);
  try {
    const { rows } = await pool.query<{ session_user: string }>("SELECT session_user");
    if (rows[0]?.session_user !== reader.role) throw new Error(`Ponder asks as ${rows[0]?.session_user}`);
  } catch (error) {
    Object.assign(pool.options, before);
    pool.off("connect", confineSession);
    throw error;
  }
  // Ponder tries each statement ten times, also one that had its time. What it put in front of drizzle's own method goes.
  const { raw } = database.readonlyQB;
  delete raw.transaction;
  raw.transaction = tellingWhy(raw.transaction!.bind(raw));
}

/** Where a connection is lost, drizzle tells that it could not roll back, and not what was wrong in the first place. */
function tellingWhy(transaction: Transaction): Transaction {
  return async (run, config) => {
    let first: unknown;
    const watched = (tx: unknown) =>
      run(tx).catch((error: unknown) => {
        first = error;
        throw error;
      });
    try {
      return await transaction(watched, config);
    } catch (error) {
      throw first ?? error;
    }
  };
}

function confineSession(client: ClientBase): void {
  const { connection } = client as ClientBase & { connection: EventEmitter & { stream: Socket } };
  client.query(SESSION).catch((error: Error) => connection.stream.destroy(error));
  let received = 0;
  connection.on("readyForQuery", () => (received = 0));
  connection.stream.on("data", (chunk: Buffer) => {
    received += chunk.length;
    if (received > MAX_ANSWER) {
      connection.stream.destroy(new Error(`the answer has more than ${MAX_ANSWER} bytes: ask for less`));
    }
  });
}
