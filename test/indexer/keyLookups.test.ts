import * as schema from "@syngraph/indexer/schema";
import { expect } from "chai";
import { Client } from "pg";

import { lookUpByArrays } from "../../indexer/keyLookups.ts";
import { claim, append, somebody } from "../api/stranger.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";

const TABLE = '"indexer"."binding"';
const KEY = ["chain_id", "avatar", "identity_key"];
const COLUMNS = '"chain_id", "avatar", "identity_key", "identity"';

/** An arm of a look-up, whose first parameter has this number. */
const arm = (first: number, columns = KEY) =>
  `(${columns.map((column, index) => `${TABLE}."${column}" = $${first + index}`).join(" and ")})`;

describe("indexer: look-ups by keys of several columns", () => {
  let test: TestStack;
  let client: Client;
  let other: Client;
  let putBack: () => void;
  const keys: unknown[][] = [];

  before(async () => {
    test = await sharedStack();
    await append(
      test,
      Array.from({ length: 5 }, (_, index) =>
        claim(somebody(), { platform: "github", identity: `looked-up-${index}` }),
      ),
    );
    [client, other] = [await open(), await open()];
    const { rows } = await other.query<Record<string, unknown>>(
      `SELECT ${COLUMNS} FROM ${TABLE} WHERE identity LIKE 'looked-up-%' ORDER BY identity`,
    );
    keys.push(...rows.map((row) => KEY.map((column) => row[column])));
    putBack = lookUpByArrays(schema);
  });
  after(async () => {
    putBack();
    await Promise.all([client.end(), other.end()]);
  });

  async function open(): Promise<Client> {
    const opened = new Client({ connectionString: test.stack.databaseUrl });
    await opened.connect();
    return opened;
  }

  /** Asks as drizzle does, and says also what the server was asked. */
  async function ask(where: string, values: unknown[], from = TABLE) {
    const text = `select ${COLUMNS} from ${from} where ${where}`;
    const { rows } = await client.query<string[]>({ text, rowMode: "array" }, values);
    const pid = (client as unknown as { processID: number }).processID;
    const asked = await other.query<{ query: string }>("SELECT query FROM pg_stat_activity WHERE pid = $1", [pid]);
    return { identities: rows.map((row) => row[3]).sort(), asked: asked.rows[0]!.query, text };
  }

  it("ask for thousands at once by an array of each column, and find what is there", async () => {
    const absent = Array.from({ length: 4000 }, (_, index) => [31337, `0x${index}`, "0x"]);
    const all = [...keys, ...absent];
    const where = `(${all.map((_, index) => arm(3 * index + 1)).join(" or ")})`;
    const { identities, asked } = await ask(where, all.flat());
    expect(identities).to.deep.equal(keys.map((_, index) => `looked-up-${index}`));
    expect(asked).to.match(/ in \(select \* from unnest\(\$1::integer\[\], \$2::text\[\], \$3::text\[\]\)\)$/);
  });

  it("mix the columns of no two keys", async () => {
    const [[chain, avatar], [, , identityKey]] = keys as [unknown[], unknown[]];
    const values = [chain, avatar, identityKey, ...keys[2]!];
    const { identities } = await ask(`(${arm(1)} or ${arm(4)})`, values);
    expect(identities).to.deep.equal(["looked-up-2"]);
  });

  const two = (): unknown[] => keys.slice(0, 2).flat();
  for (const [what, where, values, found] of [
    ["of one key", arm(1), () => keys[0]!, 1],
    ["whose parameters come in another order", `(${arm(4)} or ${arm(1)})`, two, 2],
    ["with a condition more", `((${arm(1)} or ${arm(4)}) and "platform" = 'dns')`, two, 0],
    ["with an arm of another kind", `(${arm(1)} or ${arm(4)} or ("platform" = $7))`, () => [...two(), "nothing"], 2],
    ["of a column of one", `(${TABLE}."identity" = $1 or ${TABLE}."identity" = $2)`, () => ["looked-up-3", "x"], 1],
    ["of another comparison", `(${arm(1)} or ${arm(4).replace(" = ", " >= ")})`, two, 2],
  ] as [string, string, () => unknown[], number][]) {
    it(`leave alone what is none: one ${what}`, async () => {
      const { identities, asked, text } = await ask(where, values());
      expect(identities).to.have.length(found);
      expect(asked).to.equal(text);
    });
  }

  it("leave alone what is of no table that they know", async () => {
    await client.query('CREATE TEMP TABLE other AS SELECT 1 AS "a", 2 AS "b"');
    const text = 'select "a" from "pg_temp"."other" where (("a" = $1 and "b" = $2) or ("a" = $3 and "b" = $4))';
    expect((await client.query({ text }, [1, 2, 3, 4])).rows).to.deep.equal([{ a: 1 }]);
  });
});
