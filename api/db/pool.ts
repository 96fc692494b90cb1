import { Pool, types } from "pg";

/** Block numbers and row ids come as `bigint` columns and stay far below 2^53. */
types.setTypeParser(types.builtins.INT8, Number);

/** Connections to the one database. */
export function createPool(connectionString: string): Pool {
  return new Pool({ connectionString, max: 10, application_name: "syngraph-api" });
}
