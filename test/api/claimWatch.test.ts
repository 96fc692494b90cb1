import { randomBytes } from "node:crypto";

import { expect } from "chai";

import { startNode } from "../helpers/node.ts";
import { sharedStack } from "../helpers/stack.ts";
import { until } from "../helpers/until.ts";
import { rowsOf } from "./proofs.ts";

const DAY = 24 * 3600;

describe("claims that nobody looks at any more", () => {
  it("are forgotten once they would not be noticed anew, and no others", async () => {
    const test = await sharedStack();
    const { databaseUrl } = test.stack;
    const note = async (chainId: number, age: number, next: string): Promise<string> => {
      const id = `0x${randomBytes(32).toString("hex")}`;
      await rowsOf(
        databaseUrl,
        `INSERT INTO api.claim_watch (chain_id, link_id, avatar, platform, noticed_at, next_at)
         VALUES ($1, $2, 'avatar', 'github', now() - $3 * interval '1 second', $4)`,
        [chainId, id, age, next],
      );
      return id;
    };
    const old = await note(31337, 9 * DAY, "infinity");
    const kept = [
      await note(31337, 7 * DAY - 60, "infinity"),
      await note(31337, 9 * DAY, "2100-01-01"),
      await note(1, 9 * DAY, "infinity"),
    ];
    const left = async () =>
      (
        await rowsOf<{ link_id: string }>(databaseUrl, "SELECT link_id FROM api.claim_watch WHERE link_id = ANY($1)", [
          [old, ...kept],
        ])
      ).map(({ link_id }) => link_id);
    const node = await startNode(test, { name: "claim-watch", env: {} });
    try {
      await until(async () => !(await left()).includes(old));
      expect(await left()).to.have.members(kept);
    } finally {
      await node.stop();
      await rowsOf(databaseUrl, "DELETE FROM api.claim_watch WHERE link_id = ANY($1)", [kept]);
    }
  });
});
