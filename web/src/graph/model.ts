import type { ConnectedIdentity, GraphEdge, IdentityCard, PathReply, Vertex } from "@syngraph/sdk/client";

/** A vertex of the drawing. */
export interface GraphNode extends Vertex {
  id: string;
  isRoot: boolean;
  /** What is known of it beside its connections; null of avatars, and of what only a path or a dispute leads to. */
  known: ConnectedIdentity | null;
  /** Its connections, the strongest first. */
  edges: DrawnEdge[];
}

/** A connection of the drawing. */
export interface DrawnEdge {
  edge: GraphEdge;
  source: string;
  target: string;
  /** Beside how many others between the same two it lies, from the middle: …, -1, 0, 1, … */
  bend: number;
}

/** What is drawn, and listed in the table. */
export interface GraphModel {
  nodes: GraphNode[];
  edges: DrawnEdge[];
  byId: ReadonlyMap<string, GraphNode>;
  root: GraphNode;
  truncated: boolean;
}

/** Names a vertex as the API's parameters do; no platform's name holds a comma. */
export function idOf({ platform, identity }: Vertex): string {
  return `${platform},${identity}`;
}

/** The vertex of such a name; null where it is none. */
export function vertexOf(id: string): Vertex | null {
  const comma = id.indexOf(",");
  return comma > 0 && comma < id.length - 1 ? { platform: id.slice(0, comma), identity: id.slice(comma + 1) } : null;
}

/** All that a card tells, disputed connections too, and the way to another identity. */
export function modelOf(card: IdentityCard, path: PathReply | null): GraphModel {
  const edges = new Map<string, GraphEdge>();
  for (const edge of [...card.edges, ...card.disputed, ...(path?.steps.map((step) => step.edge) ?? [])]) {
    edges.set(edge.id, edge);
  }
  const known = new Map(card.identities.map((identity) => [idOf(identity), identity]));
  const rootId = idOf(card);
  const vertices = new Map<string, Vertex>([[rootId, { platform: card.platform, identity: card.identity }]]);
  const named: Vertex[] = [
    ...card.avatars.map(({ public_key }) => ({ platform: "nextid", identity: public_key })),
    ...card.identities,
    ...[...edges.values()].flatMap(({ from, to }) => [from, to]),
  ];
  for (const vertex of named) vertices.set(idOf(vertex), vertex);
  const nodes = [...vertices].map(([id, { platform, identity }]): GraphNode => ({
    ...{ id, platform, identity },
    ...{ isRoot: id === rootId, known: known.get(id) ?? null, edges: [] },
  }));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const drawn = bent([...edges.values()]);
  for (const one of drawn.toSorted((a, b) => b.edge.level - a.edge.level)) {
    for (const id of new Set([one.source, one.target])) byId.get(id)!.edges.push(one);
  }
  return { nodes, edges: drawn, byId, root: byId.get(rootId)!, truncated: card.truncated };
}

/** Connections between the same two are drawn side by side. One that leads nowhere has no line: the details show it. */
function bent(edges: readonly GraphEdge[]): DrawnEdge[] {
  const groups = Map.groupBy(edges, ({ from, to }) => [idOf(from), idOf(to)].toSorted().join(" "));
  return [...groups.values()].flatMap((group) =>
    group.map((edge, index) => {
      const [source, target] = [idOf(edge.from), idOf(edge.to)];
      const bend = index - (group.length - 1) / 2;
      return { edge, source, target, bend: source < target ? bend : -bend };
    }),
  );
}
