import { Pool, type PoolConfig, types } from "pg";

/** Block numbers and row ids come as `bigint` columns and stay far below 2^53. */
types.setTypeParser(types.builtins.INT8, Number);

/** Connections to the one database. */
export function createPool(connectionString: string): Pool {
  return createSturdyPool({ connectionString, max: 10, application_name: "syngraph-api" });
}

/** Milliseconds that a statement over the graph may wait for its connection, and take. */
const GRAPH_TIMEOUT = 5_000;

/**
 * Connections for whoever asks the graph: apart, so that what many ask of it keeps nothing else waiting; and for no longer
 * than somebody waits for the answer. They stay open, since each plans its statements once, which takes longer than to run them.
 */
export function createGraphPool(connectionString: string): Pool {
  const common = { connectionString, application_name: "syngraph-graph", options: optionsOf(GRAPH_TIMEOUT) };
  return createSturdyPool({ ...common, max: 5, connectionTimeoutMillis: GRAPH_TIMEOUT, idleTimeoutMillis: 0 });
}

/** Milliseconds that a statement which only reads may take. */
const READ_TIMEOUT = 2_000;

/**
 * Connections for statements that read by index and have a name: each is planned once a connection, whatever its values.
 * To plan one that tells all of an avatar takes ten times as long as to run it, which PostgreSQL would not believe: left to
 * itself it plans each time anew.
 */
export function createReadPool(connectionString: string): Pool {
  const options = optionsOf(READ_TIMEOUT);
  return createSturdyPool({ connectionString, max: 10, application_name: "syngraph-reads", options });
}

/**
 * A pool whose connections may be lost at any time. One that somebody holds between two statements tells of its end by an
 * event, and without a listener that would end the process; the next statement on it fails, and says why.
 */
function createSturdyPool(config: PoolConfig): Pool {
  const pool = new Pool(config);
  pool.on("connect", (client) => void client.on("error", () => {}));
  return pool;
}

/** Of connections that only read: their named statements are planned once, whatever the values. */
function optionsOf(timeout: number): string {
  const settings = {
    ...{ plan_cache_mode: "force_generic_plan", jit: "off" },
    ...{ default_transaction_read_only: "on", statement_timeout: timeout },
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(" ");
}
