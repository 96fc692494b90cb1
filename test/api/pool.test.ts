import { expect } from "chai";

import { createPool } from "../../api/db/pool.ts";
import { sharedStack } from "../helpers/stack.ts";

describe("a connection to the database", () => {
  it("may be lost between two statements of who holds it: the next one says so, and the process lives on", async () => {
    const { stack } = await sharedStack();
    const pool = createPool(stack.databaseUrl);
    try {
      const client = await pool.connect();
      const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      const ended = new Promise((resolve) => client.once("end", resolve));
      await pool.query("SELECT pg_terminate_backend($1)", [rows[0]!.pid]);
      await ended;
      const error = await client.query("SELECT 1").catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Error);
      client.release(error as Error);
      expect((await pool.query("SELECT 1 AS one")).rows).to.deep.equal([{ one: 1 }]);
    } finally {
      await pool.end();
    }
  });
});
