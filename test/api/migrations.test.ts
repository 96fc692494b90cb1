import { expect } from "chai";

import { migrate } from "../../api/db/migrations.ts";
import { createPool } from "../../api/db/pool.ts";
import { newPerson, payload } from "../helpers/api.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";

describe("a database that an older version has written", () => {
  let test: TestStack;
  before(async () => {
    test = await sharedStack();
  });

  it("loses what was handed in for contracts that are no more, so that nobody's chain waits for it", async () => {
    const person = newPerson();
    const db = createPool(test.stack.databaseUrl);
    try {
      const old = { action: 0, platform: "github", identity: "alice", signature: "0x00", previous: "0x" };
      await db.query(
        `INSERT INTO api.submission (uuid, link_id, avatar, chain_id, method, submission, state)
         VALUES ('u', '0x01', $1, 31337, 'append', $2, 'included')`,
        [person.key.address.toLowerCase(), old],
      );
      await db.query("DELETE FROM api.migration WHERE version > 2");
      await migrate(db);
      await migrate(db);
      const { rows } = await db.query("SELECT * FROM api.submission WHERE uuid = 'u'");
      expect(rows).to.deep.equal([]);
    } finally {
      await db.end();
    }
    const fields = { action: "create", platform: "github", identity: "alice" } as const;
    const { sign_payload } = await payload(test.stack, person, fields);
    expect(JSON.parse(sign_payload).prev).to.equal(null);
  });
});
