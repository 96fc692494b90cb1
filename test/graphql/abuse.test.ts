import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { expect } from "chai";

import { REQUEST_LIMITS, type RequestLimits } from "../../api/graphql/budget.ts";
import { answer } from "../../api/graphql/execute.ts";
import { MAX_VERTICES } from "../../api/graphql/loaders.ts";
import { GROUPS, GROUP_SIZE, GraphWorld, now } from "./graphWorld.ts";

/** As those of every request, but smaller, so that a small world is too much for them. */
const LIMITS: RequestLimits = { vertices: 1_000, edges: 4_000, fields: 40_000, milliseconds: 10_000 };

describe("GraphQL, asked for much,", function () {
  this.timeout(60_000);
  let world: GraphWorld;
  before(async function () {
    this.timeout(120_000);
    world = await GraphWorld.start();
  });
  after(() => world?.drop());

  describe("asks the database", () => {
    it("as often for a hundred as for ten", async () => {
      const counts: number[] = [];
      for (const size of [10, 100]) {
        const ids = Array.from({ length: size }, (_value, index) => `github,group-${index % GROUPS}-1`);
        const before = world.queries;
        const found = await world.data(
          `query ($ids: [String!]) { identities(ids: $ids) {
            id uid displayName status aliases avatar { id } nft { id } neighbor { identity { id ownedBy { id } } } profile { address texts }
          } }`,
          { ids },
        );
        expect(found.identities).to.have.length(size);
        counts.push(world.queries - before);
      }
      expect(counts[1]).to.equal(counts[0]);
      expect(counts[0]).to.be.below(8);
    });

    it("no more once nobody waits", async () => {
      const blocker = await world.db.connect();
      try {
        await blocker.query("BEGIN; LOCK TABLE indexer_test.binding IN ACCESS EXCLUSIVE MODE");
        const gone = new AbortController();
        const before = world.queries;
        const asking = world.ask(
          `{ identity(platform: twitter, identity: "alice") { neighbor { identity { uid } } } }`,
          {},
          gone.signal,
        );
        while (world.queries === before) await new Promise(setImmediate);
        gone.abort();
        const { errors, vertices } = await asking;
        expect(errors?.[0]?.message).to.match(/nobody waits/);
        const asked = world.queries;
        await blocker.query("ROLLBACK");
        await world.data("{ ping }");
        expect(world.queries).to.equal(asked);
        // What ran for them all the same is counted, once it is known.
        expect(vertices).to.be.instanceOf(Promise);
        expect(await vertices).to.be.greaterThan(0);
      } finally {
        blocker.release();
      }
    });
  });

  describe("refuses in bounded work", () => {
    const crowd = `identity(platform: github, identity: "crowd-1")`;
    const nest = (depth: number): string =>
      depth === 0 ? "id" : `neighbor(depth: 5) { identity { ${nest(depth - 1)} } }`;
    const ids = Array.from({ length: 100 }, (_value, index) => `github,group-${index}-1`);
    const abuses: [name: string, query: string, variables: Record<string, unknown>, message: RegExp][] = [
      [
        "neighbours of neighbours of a crowd",
        `{ ${crowd} { ${nest(4)} } }`,
        {},
        /more than 1000 vertices|more than 40000 fields/,
      ],
      [
        "more graphs than one request may have",
        "query ($ids: [String!]) { identitiesWithGraph(ids: $ids) { identityGraph { vertices { id } } } }",
        { ids },
        /more than 1000 vertices/,
      ],
      [
        "a crowd under thirty names",
        `{ ${crowd} { ${Array.from({ length: 30 }, (_value, index) => `a${index}: neighborWithTraversal(depth: 5) { from { id uuid platform } to { id uuid platform } }`).join(" ")} } }`,
        {},
        /more than 40000 fields/,
      ],
      [
        "twenty batches of a hundred",
        `query ($ids: [String!]) { ${Array.from({ length: 20 }, (_value, index) => `a${index}: identities(ids: $ids, asOf: ${now - index}) { addedAt }`).join(" ")} }`,
        { ids },
        /more than 1000 vertices/,
      ],
      [
        "ways between many",
        `{ ${Array.from({ length: 10 }, (_value, index) => `a${index}: path(from: "github,crowd-${index}", to: "github,group-1-1") { level }`).join(" ")} }`,
        {},
        /more than 1000 vertices/,
      ],
      [
        "a batch of more than a hundred",
        "query ($ids: [String!]) { identities(ids: $ids) { id } }",
        { ids: [...ids, "github,a"] },
        /101 ids are too many/,
      ],
    ];
    for (const [name, query, variables, message] of abuses) {
      it(name, async () => {
        const before = world.queries;
        const { errors, data: found } = await answer({ query, variables }, { ...world.sources, limits: LIMITS });
        expect(errors?.[0]?.message, JSON.stringify(errors)?.slice(0, 300)).to.match(message);
        expect(errors!.length).to.be.at.most(20);
        expect(JSON.stringify(found ?? null).length).to.be.below(100_000);
        expect(world.queries - before, "queries").to.be.at.most(130);
      });
    }

    it("a crowd at a hundred times, of which few are looked for", async () => {
      const before = world.queries;
      const graphs = Array.from(
        { length: 99 },
        (_value, index) =>
          `a${index}: identity(platform: github, identity: "crowd-1", asOf: ${now + index}) { identityGraph { graphId } }`,
      );
      const query = `{ ${graphs.join(" ")} }`;
      const { errors } = await answer({ query }, { ...world.sources, limits: LIMITS });
      expect(errors?.[0]?.message).to.match(/more than 1000 vertices/);
      expect(world.queries - before, "queries").to.be.at.most(10);
    });

    const abuse = async (round: number) => {
      // All but the slowest.
      for (const [, query, variables] of abuses.slice(1))
        await answer({ query: `${query} # ${round}`, variables }, { ...world.sources, limits: LIMITS });
    };

    it("and keeps nothing of it", async () => {
      setFlagsFromString("--expose-gc");
      const collect = runInNewContext("gc") as () => void;
      await abuse(0);
      collect();
      const before = process.memoryUsage().heapUsed;
      for (let round = 1; round <= 3; round++) await abuse(round);
      collect();
      // The documents that it keeps take up to 16 MB.
      expect(process.memoryUsage().heapUsed - before).to.be.below(48 * 1024 * 1024);
    });

    it("with room for the largest graph that is answered, ten times", () => {
      expect(REQUEST_LIMITS.vertices)
        .to.be.at.least(10 * MAX_VERTICES)
        .and.at.most(10_000);
    });

    it("but answers what is large and within reason: a crowd, cut off at 500, and said so", async () => {
      const { identity } = await world.data(
        `{ ${crowd} { identityGraph { truncated graphId vertices { id uid displayName } edges { source } } } }`,
      );
      expect(identity.identityGraph.truncated).to.equal(true);
      expect(identity.identityGraph.vertices).to.have.length(500);
      expect(identity.identityGraph.vertices[0].id).to.equal("github,crowd-1");
      const { identitiesWithGraph } = await world.data(
        "query ($ids: [String!]) { identitiesWithGraph(ids: $ids) { identityGraph { truncated vertices { id } } } }",
        { ids: ids.slice(0, 40) },
      );
      for (const { identityGraph } of identitiesWithGraph) expect(identityGraph.vertices).to.have.length(GROUP_SIZE);
    });
  });
});
