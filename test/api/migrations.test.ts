import { expect } from "chai";

import { migrate } from "../../api/db/migrations.ts";
import { createPool } from "../../api/db/pool.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { rowsOf } from "./proofs.ts";

const NAME = "syngraph_older_version";

describe("a database that an older version has written", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
    await rowsOf(test.stack.databaseUrl, `CREATE DATABASE ${NAME}`);
  });
  after(() => rowsOf(test.stack.databaseUrl, `DROP DATABASE ${NAME} WITH (FORCE)`));

  it("loses what was handed in for contracts that are no more, and is what a new one is", async () => {
    const db = createPool(Object.assign(new URL(test.stack.databaseUrl), { pathname: `/${NAME}` }).href);
    try {
      await migrate(db, 2);
      const old = { action: 0, platform: "github", identity: "alice", signature: "0x00", previous: "0x" };
      const today = { header: "0x00", platform: "github", identity: "bob" };
      for (const [uuid, submission] of Object.entries({ old, today })) {
        await db.query(
          `INSERT INTO api.submission (uuid, link_id, avatar, chain_id, method, submission, state)
           VALUES ($1, '0x01', '0x02', 31337, 'append', $2, 'included')`,
          [uuid, submission],
        );
      }
      await migrate(db);
      await migrate(db);
      const { rows } = await db.query("SELECT uuid FROM api.submission");
      expect(rows).to.deep.equal([{ uuid: "today" }]);
    } finally {
      await db.end();
    }
  });
});
