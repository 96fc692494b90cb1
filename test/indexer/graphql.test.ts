import { expect } from "chai";

import type { Person, SignedLink } from "../helpers/contractLinks.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { append, attested, claim, somebody } from "../api/stranger.ts";

/** What the queries here are answered with. */
interface GraphqlAnswer {
  data?: { avatar: object; links: { totalCount: number; items: object[] }; bindings: { items: object[] } };
  errors?: { message: string }[];
}

describe("indexer", () => {
  let test: TestStack;
  let person: Person;
  let bound: SignedLink;
  let claimed: SignedLink;
  before(async () => {
    test = await sharedStack();
    person = somebody();
    bound = attested(person, { platform: "github", identity: "indexed", accountId: "70000001", proofLocation: "cc22" });
    claimed = claim(person, { platform: "dns", identity: "indexed.example", after: bound });
    await append(test, [bound, claimed]);
  });

  async function askGraphql(query: string) {
    const response = await fetch(`${test.stack.indexerUrl}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as GraphqlAnswer;
  }

  /** Asks as `@ponder/client` does: superjson in the query. */
  async function askSql(sql: string, params: unknown[] = []) {
    const query = JSON.stringify({ json: { sql, params, typings: params.map(() => "none") } });
    const response = await fetch(`${test.stack.indexerUrl}/sql/db?${new URLSearchParams({ sql: query })}`);
    return { status: response.status, text: await response.text() };
  }

  async function expectBothLinks(): Promise<void> {
    const sql = "SELECT id, sequence FROM link WHERE avatar = $1 ORDER BY sequence";
    const { status, text } = await askSql(sql, [person.wallet]);
    expect(status, text).to.equal(200);
    expect(JSON.parse(text).rows).to.deep.equal([
      { id: bound.id, sequence: 1 },
      { id: claimed.id, sequence: 2 },
    ]);
  }

  describe("GraphQL", () => {
    it("answers an avatar, its links in order, and its bindings", async () => {
      const { data, errors } = await askGraphql(`{
        avatar(chainId: 31337, address: "${person.wallet}") { publicKey importedAfter }
        links(where: {avatar: "${person.wallet}"}, orderBy: "sequence", orderDirection: "asc") {
          totalCount
          items { id sequence action platform identity uuid createdAt previousV signature status }
        }
        bindings(where: {avatar: "${person.wallet}"}, orderBy: "platform", orderDirection: "desc") {
          items { platform identity status link accountId proofLocation }
        }
      }`);
      if (!data) throw new Error(JSON.stringify(errors));
      const { compressed: publicKey } = person.key;
      expect(data.avatar).to.deep.equal({ publicKey, importedAfter: null });
      expect(data.links.totalCount).to.equal(2);
      expect(data.links.items).to.deep.equal(
        [bound, claimed].map(({ id, link, signature }, index) => ({
          ...{ id, sequence: index + 1, action: "create", platform: link.platform, identity: link.identity },
          ...{
            uuid: link.uuid,
            createdAt: link.createdAt,
            previousV: index === 0 ? null : Number(`0x${bound.signature.raw.slice(-2)}`),
          },
          ...{ signature: signature.canonical, status: index === 0 ? "confirmed" : "claimed" },
        })),
      );
      expect(data.bindings.items).to.deep.equal([
        {
          ...{ platform: "github", identity: "indexed", status: "confirmed", link: bound.id },
          ...{ accountId: "70000001", proofLocation: "cc22" },
        },
        {
          ...{ platform: "dns", identity: "indexed.example", status: "claimed", link: claimed.id },
          ...{ accountId: "", proofLocation: "" },
        },
      ]);
    });

    it("changes nothing", async () => {
      const { data, errors } = await askGraphql(`mutation { deleteLink(chainId: 31337, id: "${bound.id}") { id } }`);
      expect(data ?? {}).not.to.have.property("deleteLink");
      expect(errors?.[0]?.message).to.match(/mutation/i);
      await expectBothLinks();
    });
  });

  describe("SQL over HTTP", () => {
    it("answers", async () => {
      await expectBothLinks();
      const joined = await askSql(
        "SELECT a.public_key, b.identity FROM avatar a JOIN binding b ON b.avatar = a.address WHERE b.account_id = $1",
        ["70000001"],
      );
      expect(JSON.parse(joined.text).rows).to.deep.equal([{ public_key: person.key.compressed, identity: "indexed" }]);
    });

    it("refuses to write, by whatever way, and to read what is not the index", async () => {
      for (const sql of [
        "DELETE FROM link",
        "UPDATE binding SET status = 'confirmed'",
        "INSERT INTO avatar (address) VALUES ('0x')",
        "TRUNCATE link",
        "DROP TABLE link",
        "CREATE TABLE mine (id int)",
        "SELECT * INTO mine FROM link",
        "WITH gone AS (DELETE FROM link RETURNING *) SELECT * FROM gone",
        "SELECT 1; DELETE FROM link",
        "SELECT 1; COMMIT; DELETE FROM link",
        "SELECT * FROM link FOR UPDATE",
        "COPY link TO PROGRAM 'id'",
        "SET default_transaction_read_only = off",
        "SELECT set_config('default_transaction_read_only', 'off', false)",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_terminate_backend(1)",
        "SELECT lo_import('/etc/passwd')",
        "DO $$ BEGIN DELETE FROM link; END $$",
        "SELECT * FROM api.submission",
        "SELECT * FROM submission",
        "SELECT * FROM pg_authid",
        "SELECT * FROM pg_shadow",
      ]) {
        const { status, text } = await askSql(sql);
        expect(status, `${sql}: ${text}`).to.equal(500);
        expect(text, sql).not.to.include("root:");
      }
      await expectBothLinks();
    });
  });
});
