import { expect } from "chai";

import { createGraph } from "../../api/graph/graph.ts";
import type { Component, Edge, Graph, Level, VertexId } from "../../api/graph/types.ts";
import { byCodePoints, byPlatform } from "../../api/graph/vertexId.ts";
import { sharedStack } from "../helpers/stack.ts";
import { type GraphDatabase, createGraphDatabase } from "./database.ts";
import { Model, type ModelEdge, distances, textOf } from "./model.ts";
import { randomWorld } from "./randomWorld.ts";
import { store } from "./world.ts";

describe("graph, against a model that replays what happened", () => {
  for (const seed of [1, 2, 3]) {
    describe(`world ${seed}`, () => {
      const now = Math.floor(Date.now() / 1000);
      const { world, times, vertices } = randomWorld(seed, now);
      const model = new Model(world, now);
      const moments = [undefined, ...times];
      let database: GraphDatabase;
      let graph: Graph;
      before(async () => {
        database = await createGraphDatabase((await sharedStack()).stack.databaseUrl);
        await database.makeIndexes();
        await store(database.db, world);
        graph = createGraph(database.db);
      });
      after(() => database.drop());

      for (const at of moments) {
        const scope = (level: Level) => (at === undefined ? { level } : { level, at });
        const when = at === undefined ? "now" : `${now - at} s ago`;

        it(`has the same components, ${when}`, async () => {
          for (const level of [1, 2, 3, 4, 5] as const) {
            const edges = model.edges(level, at);
            const components = await graph.components(vertices, scope(level));
            for (const [index, root] of vertices.entries()) expectComponent(components[index]!, edges, root);
          }
        });
      }
    });
  }
});

function expectComponent(component: Component, all: readonly ModelEdge[], root: VertexId): void {
  const near = distances(all, textOf(root));
  const expected = [...near]
    .map(([text, distance]) => ({ vertex: vertexOf(text), distance }))
    .sort((a, b) => a.distance - b.distance || byPlatform(a.vertex, b.vertex))
    .map(({ vertex }) => vertex);
  expect(component.vertices).to.deep.equal(expected);
  expect(component.truncated).to.equal(false);
  expect(component.id).to.equal(textOf(expected.toSorted(byPlatform)[0]!));
  expectEdges(
    component.edges,
    all.filter(({ from }) => near.has(textOf(from))),
  );
}

/** `lastSeen` of what a contract keeps is when it is asked for, which is a moment later than the model's. */
function expectEdges(found: readonly Edge[], expected: readonly ModelEdge[]): void {
  const plain = ({ uuid: _, ...edge }: Edge): ModelEdge => edge;
  expect(found.map(plain).map(comparable).sort(byCodePoints)).to.deep.equal(
    expected.map(comparable).sort(byCodePoints),
  );
  expect(new Set(found.map(({ uuid }) => uuid)).size).to.equal(found.length);
}

function comparable(edge: ModelEdge): string {
  const { kind, source, from, to, evidence, disputed, level, firstSeen, lastSeen, references } = edge;
  const seen = source === "nextid" ? lastSeen : "now";
  const kept = references.map((it) => [
    it.chainId,
    it.linkId,
    it.transactionHash,
    it.logIndex,
    it.block,
    it.proofLocation,
  ]);
  return JSON.stringify([kind, source, textOf(from), textOf(to), evidence, disputed, level, firstSeen, seen, kept]);
}

function vertexOf(text: string): VertexId {
  const comma = text.indexOf(",");
  return { platform: text.slice(0, comma), identity: text.slice(comma + 1) };
}
