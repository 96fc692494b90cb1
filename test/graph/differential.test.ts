import { expect } from "chai";

import { createGraph } from "../../api/graph/graph.ts";
import { edgeUuid } from "../../api/graph/edges.ts";
import type { Component, Edge, Graph, Level, Neighbourhood, VertexId } from "../../api/graph/types.ts";
import { byCodePoints, byPlatform } from "../../api/graph/vertexId.ts";
import { sharedStack } from "../helpers/stack.ts";
import { type GraphDatabase, createGraphDatabase } from "./database.ts";
import { Model, type ModelEdge, distances, textOf } from "./model.ts";
import { randomWorld } from "./randomWorld.ts";
import { store } from "./world.ts";

describe("graph, against a model that replays what happened", () => {
  for (const seed of [1, 2]) {
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

      it("keeps the nearest where there are too many, and says so", async () => {
        for (const level of [1, 3] as const) {
          const edges = model.edges(level);
          const orders = vertices.map((root) => ordered(edges, textOf(root), level));
          for (const cap of [1, 2, 3, 4, 7, 9]) {
            const components = await graph.components(vertices, { level, cap });
            for (const [index, all] of orders.entries()) {
              const { vertices: kept, edges: told, truncated } = components[index]!;
              expect(truncated).to.equal(all.length > cap);
              expect(kept.map(textOf).sort()).to.deep.equal(all.slice(0, cap).sort());
              const isKept = (end: VertexId) => all.indexOf(textOf(end)) < cap && all.includes(textOf(end));
              expectEdges(told.map(bestOf), edges.filter(({ from, to }) => isKept(from) && isKept(to)).map(bestOf));
            }
          }
        }
      });

      it("finds its own edges by their uuid and by that of their link, and only while they stand", async () => {
        for (const edge of model.edges(1).filter(({ source }) => source === "nextid")) {
          const { linkId } = edge.references[0]!;
          const found = await graph.edge(edgeUuid(linkId!));
          expectEdges([found!], [edge]);
          const { uuid } = world.bindings.find((it) => it.linkId === linkId)!;
          expect(await graph.edge(uuid.toUpperCase())).to.deep.equal(found);
        }
        const standing = new Set(model.edges(1).map(({ references: [best] }) => best!.linkId));
        for (const { linkId, how } of world.bindings) {
          if (how === "link" && !standing.has(linkId)) expect(await graph.edge(edgeUuid(linkId))).to.equal(null);
        }
      });

      it("answers as of now, where all is read anew, as without a time, where only what is not met yet is", async () => {
        for (const cap of [1, 2, 3, 7, 500]) {
          const [fresh, whole] = await Promise.all([
            graph.components(vertices, { cap, disputes: 100 }),
            graph.components(vertices, { cap, disputes: 100, at: now }),
          ]);
          for (const [index, component] of fresh.entries()) {
            const expected = whole[index]!;
            expect(component.vertices).to.deep.equal(expected.vertices);
            expect(component.truncated).to.equal(expected.truncated);
            for (const part of ["edges", "disputed"] as const) {
              expectEdges(component[part].map(bestOf), expected[part].map(bestOf));
            }
          }
        }
      });

      for (const at of moments) {
        const scope = (level: Level) => (at === undefined ? { level } : { level, at });
        const when = at === undefined ? "now" : `${now - at} s ago`;

        it(`has the same components, ${when}`, async () => {
          for (const level of at === undefined ? ([1, 2, 3, 4, 5] as const) : ([1, 3] as const)) {
            const edges = model.edges(level, at);
            const components = await graph.components(vertices, scope(level));
            for (const [index, root] of vertices.entries()) expectComponent(components[index]!, edges, root);
          }
        });

        it(`has the same neighbours, ${when}`, async () => {
          const edges = model.edges(2, at);
          const found = await graph.neighbourhoods(vertices, 2, scope(2));
          for (const [index, root] of vertices.entries()) expectNeighbours(found[index]!, edges, root, 2);
        });

        it(`knows by which names addresses go, ${when}`, async () => {
          const called = model.edges(5, at).filter(({ kind }) => kind === "reverse_resolve");
          for (const vertex of await graph.vertices(vertices, at)) {
            const ends = called.filter(({ from, to }) => [from, to].map(textOf).includes(textOf(vertex)));
            const isNamed = world.names.some(
              ({ identity }) => vertex.platform === "ens" && vertex.identity === identity,
            );
            const [first] = ends.map(({ to }) => to.identity).sort(byCodePoints);
            const goes = vertex.platform === "ethereum" && first !== undefined;
            expect(vertex.isPrimary).to.equal(goes || (isNamed && first !== undefined));
            expect(vertex.displayName).to.equal(isNamed ? vertex.identity : goes ? first : null);
          }
        });

        it(`finds a shortest way with the strongest weakest edge, ${when}`, async () => {
          const edges = model.edges(1, at);
          for (const [index, from] of vertices.entries()) {
            const to = vertices[(index * 7 + 3) % vertices.length]!;
            expectWay(await graph.path(from, to, scope(1)), edges, from, to);
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

function expectNeighbours(found: Neighbourhood, all: readonly ModelEdge[], root: VertexId, depth: number): void {
  const near = distances(all, textOf(root), depth);
  const edges = all.filter(({ from, to }) => near.has(textOf(from)) && near.has(textOf(to)));
  const expected = [...near].slice(1).map(([text, distance]) => ({
    ...{ vertex: vertexOf(text), distance },
    sources: [
      ...new Set(edges.filter((it) => [it.from, it.to].map(textOf).includes(text)).map((it) => it.source)),
    ].sort(),
  }));
  expected.sort((a, b) => a.distance - b.distance || byPlatform(a.vertex, b.vertex));
  expect(found.neighbours).to.deep.equal(expected);
  expectEdges(found.edges, edges);
}

/** A way is right if it is one, none is shorter, and among edges that are stronger than its weakest none is as short. */
function expectWay(way: Edge[] | null, all: readonly ModelEdge[], from: VertexId, to: VertexId): void {
  const length = distances(all, textOf(from)).get(textOf(to));
  if (length === undefined || length > 10) {
    expect(way).to.equal(null);
    return;
  }
  expect(way).to.have.length(length);
  let at = textOf(from);
  for (const edge of way!) {
    const ends = [textOf(edge.from), textOf(edge.to)];
    expect(ends).to.include(at);
    at = ends[0] === at ? ends[1]! : ends[0]!;
  }
  expect(at).to.equal(textOf(to));
  const weakest = Math.min(...way!.map(({ level }) => level));
  const stronger = all.filter(({ level }) => level > weakest);
  if (length > 0) expect(distances(stronger, textOf(from)).get(textOf(to)) ?? Infinity).to.be.greaterThan(length);
}

/**
 * In the order in which they are kept: by distance, then first whom our own links join; and where people are joined, behind all
 * of these what is only held, to which no way leads by holding it.
 */
function ordered(edges: readonly ModelEdge[], root: string, level: Level): string[] {
  const isHeld = ({ kind }: ModelEdge) => kind === "hold" && level > 2;
  const near = distances(edges, root, Infinity, isHeld);
  const held = new Map<string, number>();
  for (const { from, to } of edges.filter(isHeld)) {
    const [distance, name] = [near.get(textOf(from)), textOf(to)];
    if (distance !== undefined && !near.has(name)) {
      held.set(name, Math.min(distance + 1, held.get(name) ?? Infinity));
    }
  }
  const ours = (text: string) =>
    edges.some(
      (edge) =>
        edge.source === "nextid" &&
        [edge.from, edge.to].map(textOf).includes(text) &&
        [edge.from, edge.to].map(textOf).some((other) => near.get(other) === near.get(text)! - 1),
    );
  return [
    ...[...near.keys()].sort(
      (a, b) => near.get(a)! - near.get(b)! || Number(ours(b)) - Number(ours(a)) || byName(a, b),
    ),
    ...[...held.keys()].sort((a, b) => held.get(a)! - held.get(b)! || byName(a, b)),
  ];
}

/** Claims on other chains are not looked at where all that is asked for is stronger. */
function bestOf<E extends ModelEdge>(edge: E): E {
  return { ...edge, references: edge.references.slice(0, 1) };
}

/** `lastSeen` of what a contract keeps is when it is asked for, which is a moment later than the model's. */
function expectEdges(found: readonly Edge[], expected: readonly ModelEdge[]): void {
  expect(found.map(comparable).sort(byCodePoints)).to.deep.equal(expected.map(comparable).sort(byCodePoints));
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

function byName(a: string, b: string): number {
  return byPlatform(vertexOf(a), vertexOf(b));
}

function vertexOf(text: string): VertexId {
  const comma = text.indexOf(",");
  return { platform: text.slice(0, comma), identity: text.slice(comma + 1) };
}
