import { expect } from "chai";
import { buildClientSchema, getIntrospectionQuery, validate, parse } from "graphql";

import { append, attested, claim, somebody } from "../api/stranger.ts";
import type { Person } from "../helpers/contractLinks.ts";
import { type TestStack, sharedStack } from "../helpers/stack.ts";
import { data, query, send } from "./ask.ts";
import { type ClientDocument, documents } from "./vectors.ts";

/** Lists that clients go through without asking whether they are there. */
const LISTS = new Set([
  ...["neighbor", "neighborWithTraversal", "nft", "vertices", "edges", "sources", "status", "aliases", "addresses"],
  ...["identities", "identitiesWithGraph", "domainAvailableSearch", "nameSuggest", "credentials"],
  ...["ownerAddress", "resolveAddress", "resolvedAddress", "managerAddress"],
]);

/** What they read on without asking. */
const OBJECTS = new Set(["from", "to", "profile", "identityGraph"]);

describe("GraphQL, as clients of RelationService ask", function () {
  let test: TestStack;
  let person: Person;
  let wallet: Person;
  let words: Record<string, string>;
  before(async function () {
    this.timeout(120_000);
    test = await sharedStack();
    [person, wallet] = [somebody(), somebody()];
    const tag = person.wallet.slice(2, 10);
    const handle = attested(person, {
      platform: "twitter",
      identity: `gq_${tag}`,
      proofLocation: "1415362679095635970",
    });
    const github = attested(person, { platform: "github", identity: `gq-${tag}`, after: handle });
    const name = attested(person, { platform: "ens", identity: `gq${tag}.eth`, after: github });
    const owned = claim(person, { platform: "ethereum", identity: wallet.wallet, after: name, cosigner: wallet });
    await append(test, [handle, github, name, owned]);
    const { identity } = await data(
      test,
      `{ identity(platform: twitter, identity: "${handle.link.identity}") { neighborWithTraversal { uuid } } }`,
    );
    words = {
      "@wallet": wallet.wallet,
      "@handle": handle.link.identity,
      "@github": github.link.identity,
      "@name": name.link.identity,
      "@uuid": identity.neighborWithTraversal[0].uuid,
    };
  });

  const named = (text: string): string =>
    text.replace(/@(?:wallet|handle|github|name|uuid)\b/g, (word) => words[word]!);
  const all = documents();
  const document = (name: string): ClientDocument => all.find((one) => one.name === name)!;
  const run = (one: ClientDocument) => query(test, named(one.text), JSON.parse(named(one.variables)));

  for (const one of all) {
    it(`answers ${one.name}`, async () => {
      const answered = await run(one);
      expect(answered.errors, JSON.stringify(answered.errors)).to.equal(undefined);
      expect(answered.status).to.equal(200);
      expectNothingMissing(answered.data, one.name);
    });
  }

  it("answers them for accounts of which nothing is known: records with empty lists", async () => {
    const unknown = {
      ...words,
      "@wallet": `0x${"00".repeat(19)}99`,
      "@handle": "nobody_knows_me",
      "@name": "nobody-knows-me.eth",
    };
    for (const one of all) {
      const words_ = { ...unknown };
      const told = (text: string) =>
        text.replace(/@(\w+)/g, (word) => (words_ as Record<string, string>)[word] ?? word);
      const answered = await query(test, told(one.text), JSON.parse(told(one.variables)));
      expect(answered.errors, `${one.name} ${JSON.stringify(answered.errors)}`).to.equal(undefined);
      expectNothingMissing(answered.data, one.name);
      if ("identity" in answered.data) expect(answered.data.identity, one.name).to.be.an("object");
    }
  });

  it("tells Maskbook the handles of a wallet", async () => {
    const { data: found } = await run(document("maskbook-2024"));
    const ends = found.identity.neighborWithTraversal.flatMap(({ from, to }: Record<string, object>) => [from, to]);
    const known = new Map(ends.map((end: { uuid: string }) => [end.uuid, end]));
    const ids = [...known.values()].map(
      (end) => `${(end as { platform: string }).platform},${(end as { identity: string }).identity}`,
    );
    expect(ids).to.have.members([
      `nextid,${person.key.compressed}`,
      `ethereum,${wallet.wallet}`,
      `twitter,${words["@handle"]}`,
      `github,${words["@github"]}`,
      `ens,${words["@name"]}`,
    ]);
    expect(known.size).to.equal(ids.length);
  });

  it("gives proofs in both directions, as the old server had them", async () => {
    const { data: found } = await run(document("docs-2023-identity"));
    const pairs = found.identity.neighborWithTraversal.map(
      ({ from, to }: Record<string, { platform: string }>) => `${from!.platform}>${to!.platform}`,
    );
    expect(pairs).to.include.members(["nextid>twitter", "twitter>nextid", "nextid>github", "github>nextid"]);
    const { proof } = (await run(document("docs-2023-proof"))).data;
    expect(proof.uuid).to.equal(words["@uuid"]);
    expect([proof.source, proof.fetcher]).to.deep.equal(["nextid", "relation_service"]);
    expect(proof.from).to.include({ platform: "nextid", identity: person.key.compressed });
    expect(proof.recordId).to.match(/^0x[0-9a-f]{64}$/);
  });

  it("maps a batch to its ids, whatever these look like", async () => {
    const { identities } = await data(test, `query ($ids: [String!]!) { identities(ids: $ids) { id aliases } }`, {
      ids: [`Twitter,@${words["@handle"]!.toUpperCase()}`, "nonsense", "reddit,Somebody", `eth,${wallet.wallet}`],
    });
    expect(identities.map(({ id }: { id: string }) => id)).to.deep.equal([
      `twitter,${words["@handle"]}`,
      "reddit,Somebody",
      `ethereum,${wallet.wallet}`,
    ]);
    expect(identities[0].aliases).to.include.members([`Twitter,@${words["@handle"]!.toUpperCase()}`]);
  });

  it("has the graph's vertices under the ids that its edges name", async () => {
    const { data: found } = await run(document("docs-2025-identity"));
    const { vertices, edges } = found.identity.identityGraph;
    const ids = new Set(vertices.map(({ id }: { id: string }) => id));
    expect(vertices[0].id).to.equal(`ens,${words["@name"]}`);
    for (const { source, target } of edges) expect([ids.has(source), ids.has(target)]).to.deep.equal([true, true]);
    expect(edges.map(({ edgeType, dataSource }: Record<string, string>) => `${edgeType} ${dataSource}`)).to.include(
      "Proof nextid",
    );
  });

  it("says why, and how sure it is", async () => {
    const { identity, path } = await data(
      test,
      `query ($a: String, $b: String) {
        identity(platform: twitter, identity: "${words["@handle"]}") {
          avatar { id } avatars { id } status uid
          identityGraph { graphId truncated edges { target evidence level kind firstSeen lastSeen references { chainId linkId proofLocation } } }
        }
        path(from: $a, to: $b) { level vertices { id } edges { uuid kind evidence } }
      }`,
      { a: `ethereum,${wallet.wallet}`, b: `twitter,${words["@handle"]}` },
    );
    const avatar = `nextid,${person.key.compressed}`;
    expect(identity.avatar.id).to.equal(avatar);
    expect(identity.avatars).to.deep.equal([{ id: avatar }]);
    expect(identity.status).to.deep.equal(["cached"]);
    expect(identity.uid).to.match(/^\d+$/);
    const edge = identity.identityGraph.edges.find(
      ({ target }: { target: string }) => target === `twitter,${words["@handle"]}`,
    );
    expect(edge).to.include({ evidence: "account", level: 4, kind: "proof" });
    expect(edge.references[0]).to.include({ chainId: 31337, proofLocation: "1415362679095635970" });
    expect(path.vertices.map(({ id }: { id: string }) => id)).to.deep.equal([
      `ethereum,${wallet.wallet}`,
      avatar,
      `twitter,${words["@handle"]}`,
    ]);
    expect(path.level).to.equal(4);
    const strict = await data(
      test,
      `{ path(from: "ethereum,${wallet.wallet}", to: "twitter,${words["@handle"]}", level: 5) { level } }`,
    );
    expect(strict.path).to.equal(null);
  });

  it("finds who begins so", async () => {
    const { identitiesBeginningWith: found } = await data(
      test,
      `{ identitiesBeginningWith(prefix: "${words["@handle"]!.slice(0, 8).toUpperCase()}", platforms: [TWITTER]) { id } }`,
    );
    expect(found).to.deep.equal([{ id: `twitter,${words["@handle"]}` }]);
  });

  it("forgets what was taken back at once, and remembers it as of then", async () => {
    const [who, gone] = [somebody(), `gone_${person.wallet.slice(2, 9)}`];
    const made = attested(who, { platform: "twitter", identity: gone });
    await append(test, [made]);
    const asked = `query ($at: Int) { identity(platform: "twitter", identity: "${gone}", asOf: $at) { neighbor { identity { id } } } }`;
    const before = await data(test, asked);
    expect(before.identity.neighbor).to.have.length(1);
    const blocks = await test.provider.getBlock("latest");
    await test.provider.send("evm_increaseTime", [5]);
    await append(test, [claim(who, { action: "delete", platform: "twitter", identity: gone, after: made })]);
    expect((await data(test, asked)).identity.neighbor).to.deep.equal([]);
    expect((await data(test, asked, { at: blocks!.timestamp })).identity.neighbor).to.deep.equal(
      before.identity.neighbor,
    );
  });

  it("does not take a stranger's claim for a proof", async () => {
    const stranger = somebody();
    await append(test, [claim(stranger, { platform: "twitter", identity: words["@handle"]! })]);
    const { identity } = await data(
      test,
      `{ identity(platform: twitter, identity: "${words["@handle"]}") {
        avatars { id } all: avatars(level: 1) { id } identityGraph { vertices { id } } neighborWithTraversal(depth: 5) { from { id } to { id } }
      } }`,
    );
    const strange = `nextid,${stranger.key.compressed}`;
    expect(identity.avatars).to.deep.equal([{ id: `nextid,${person.key.compressed}` }]);
    expect(JSON.stringify([identity.identityGraph, identity.neighborWithTraversal])).not.to.include(strange);
    expect(identity.all).to.deep.include({ id: strange });
  });

  it("answers null for what can be no account, and an error for what is no platform", async () => {
    const found = await data(
      test,
      `{ a: identity(platform: "ethereum", identity: "0x12") { id } b: identity(platform: github, identity: "-") { id } }`,
    );
    expect(found).to.deep.equal({ a: null, b: null });
    const refused = await query(test, `{ identity(platform: "nowhere", identity: "a") { id } }`);
    expect(refused.status).to.equal(200);
    expect(refused.data).to.deep.equal({ identity: null });
    expect(refused.errors![0]).to.deep.include({ message: 'platform "nowhere" is not known', path: ["identity"] });
    const wrong = await query(
      test,
      `query ($a: Int, $b: [String!]) { a: identity(platform: $a, identity: "a") { id } b: identity(platform: github, identity: $a) { id }
      c: identity(platform: github, identity: $b) { id } d: identity(platform: github, identity: "a") { neighbor(depth: $b) { distance } } }`,
      { a: 1, b: ["x"] },
    );
    expect(wrong.errors!.map(({ message }) => message)).to.have.length(4);
    for (const { extensions } of wrong.errors!) expect(extensions).to.deep.equal({ code: "BAD_USER_INPUT" });
    const missing = await query(test, "query ($a: String) { identity(platform: $a) { id } }");
    expect(missing.errors![0]!.message).to.equal("identity: platform and identity are missing");
  });

  it("tells its schema to code generators, with which clients' documents can be checked", async () => {
    const introspected = await data(test, getIntrospectionQuery());
    const schema = buildClientSchema(introspected);
    const strict = all.filter(({ text }) => validate(schema, parse(named(text))).length > 0);
    expect(strict.length, "documents that are refused for their variables' types").to.be.within(1, all.length - 1);
    for (const { text } of strict)
      for (const { message } of validate(schema, parse(named(text))))
        expect(message).to.match(/used in position expecting/);
  });

  describe("over HTTP", () => {
    const ping = JSON.stringify({ query: "{ ping }" });
    const headers = { origin: "https://mask.example" };

    it("at every address, and in every form, that clients use", async () => {
      for (const path of ["/", "/graphql", "/graphql/", "/GraphQL"]) {
        for (const type of ["application/json", "text/plain;charset=UTF-8", "application/graphql+json", ""]) {
          const init = { method: "POST", body: Buffer.from(ping), headers: { ...headers, "content-type": type } };
          const { status, data: found, headers: answered } = await send(test, path, init);
          expect([status, found], `${path} ${type}`).to.deep.equal([200, { ping: "Pong!" }]);
          expect(answered.get("access-control-allow-origin")).to.equal("*");
          expect(answered.get("content-type")).to.match(/^application\/json/);
        }
        const variables = JSON.stringify({ a: "twitter" });
        const search = new URLSearchParams({
          query: 'query Q($a: String) { identity(platform: $a, identity: "a") { id } }',
          variables,
          operationName: "Q",
        });
        expect((await send(test, `${path}?${search}`)).data, path).to.deep.equal({ identity: { id: "twitter,a" } });
      }
      const page = await fetch(`${test.stack.apiUrl}/`);
      expect(page.headers.get("content-type")).to.match(/^text\/html/);
    });

    it("refuses what is no request in words for clients of both kinds", async () => {
      for (const [init, status, words_] of [
        [{ method: "POST", body: "{" }, 400, /not JSON/],
        [{ method: "POST", body: `[${ping},${ping}]` }, 400, /expected object, received array/],
        [{ method: "POST", body: '{"variables":{}}' }, 400, /missing: query/],
        [{ method: "POST", body: '{"query":1}' }, 400, /query/],
        [{ method: "POST", body: '{"query":"{ping}","variables":[1]}' }, 400, /variables/],
        [{ method: "POST", body: JSON.stringify({ query: "#".repeat(1024 * 1024) }) }, 413, /too large/],
        [{ method: "PUT", body: ping }, 405, /only GET, POST/],
        [{ headers: { accept: "application/json" } }, 400, /Param missing: query/],
      ] as const) {
        const { status: found, message, errors, data: none } = await send(test, "/graphql", init);
        expect(found, message).to.equal(status);
        expect(message).to.match(words_);
        expect(errors).to.deep.equal([{ message }]);
        expect(none).to.equal(undefined);
      }
      const variables = await send(test, `/graphql?query={ping}&variables=${encodeURIComponent("[]")}`);
      expect([variables.status, variables.errors!.length]).to.deep.equal([400, 1]);
    });

    it("answers faults of a query with 200 and errors", async () => {
      for (const text of [
        "{ nothing }",
        "{",
        "mutation { ping }",
        "subscription { ping }",
        "query A { ping } query B { ping }",
      ]) {
        const { status, errors, message } = await query(test, text);
        expect([status, message], text).to.deep.equal([200, undefined]);
        expect(errors, text).to.have.length.of.at.least(1);
      }
      expect((await query(test, "query A { ping } query B { apiVersion }", undefined, "B")).data).to.deep.equal({
        apiVersion: "0.1",
      });
    });

    it("leads browsers to a page of its own", async () => {
      const response = await fetch(`${test.stack.apiUrl}/graphql`, {
        headers: { accept: "text/html,*/*;q=0.8" },
        redirect: "manual",
      });
      expect([response.status, response.headers.get("location")]).to.deep.equal([303, "/graphiql"]);
    });
  });
});

/** Fails where a client would find nothing in a place at which it reads on. */
function expectNothingMissing(value: unknown, where: string): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    // The query of this name may know of none, and the field not.
    if (key === "nft" && inner === null && !where.includes(".")) continue;
    const here = `${where}.${key}`;
    if (LISTS.has(key)) expect(inner, here).to.be.an("array");
    if (OBJECTS.has(key)) expect(inner, here).to.be.an("object");
    if (key === "uuid" || key === "id") expect(inner, here).to.be.a("string").that.is.not.empty;
    expectNothingMissing(inner, here);
  }
}
