import { Pool, type PoolConfig, types } from "pg";

/** Block numbers and row ids come as `bigint` columns and stay far below 2^53. */
types.setTypeParser(types.builtins.INT8, Number);

/** Connections to the one database. */
export function createPool(connectionString: string): Pool {
  return new Pool({ connectionString, max: 10, application_name: "syngraph-api" });
}

/** Milliseconds that a statement over the graph may wait for its connection, and take. */
const GRAPH_TIMEOUT = 5_000;

/**
 * Connections for whoever asks the graph: apart, so that what many ask of it keeps nothing else waiting; and for no longer
 * than somebody waits for the answer.
 */
export function createGraphPool(connectionString: string): Pool {
  const settings = { statement_timeout: GRAPH_TIMEOUT };
  return readOnlyPool({ connectionString, application_name: "syngraph-graph", max: 5 }, settings, GRAPH_TIMEOUT);
}

/** Milliseconds that a statement which only reads may take. */
const READ_TIMEOUT = 2_000;

/**
 * Connections for statements that read by index and have a name: each is planned once a connection, whatever its values.
 * To plan one that tells all of an avatar takes ten times as long as to run it, which PostgreSQL would not believe: left to
 * itself it plans each time anew.
 */
export function createReadPool(connectionString: string): Pool {
  const settings = { plan_cache_mode: "force_generic_plan", jit: "off", statement_timeout: READ_TIMEOUT };
  return readOnlyPool({ connectionString, application_name: "syngraph-reads", max: 10 }, settings);
}

/** @param wait milliseconds for a connection; for ever where not given. */
function readOnlyPool(config: PoolConfig, settings: Record<string, string | number>, wait?: number): Pool {
  const options = Object.entries({ default_transaction_read_only: "on", ...settings })
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(" ");
  return new Pool({ ...config, options, ...(wait === undefined ? {} : { connectionTimeoutMillis: wait }) });
}
