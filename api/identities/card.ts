import { didKey, parsePublicKey } from "@syngraph/sdk/protocol";
import { z } from "zod";

import { idOfVertex } from "../graph/identityOf.ts";
import { EVIDENCE_KINDS, type Component, type Edge, type Graph, type Vertex, type VertexId } from "../graph/types.ts";
import { platformOf } from "../platforms/index.ts";
import { addressText, publicKeyText } from "../shapes.ts";
import { edgeShape, levelNumber, printEdge, timeNumber, vertexShape } from "./edges.ts";
import type { Asked } from "./scope.ts";

const identityShape = vertexShape
  .extend({
    uid: z.string().nullable().meta({ description: "The platform's own stable id." }),
    display_name: z.string().nullable(),
    uri: z.string().nullable().meta({ description: "Its profile's address, or a URI of its kind." }),
    is_primary: z.boolean().meta({ description: "Of a name: an address calls it its own. Of an address: it has one." }),
    level: levelNumber,
    evidence: z.enum(EVIDENCE_KINDS),
    first_seen: timeNumber,
    last_seen: timeNumber,
    disputed: z
      .boolean()
      .meta({ description: "Whether somebody else had it confirmed too: `disputed` beside them says who." }),
    registered_at: timeNumber.nullable(),
    expires_at: timeNumber.nullable(),
    texts: z.record(z.string(), z.string()).meta({ description: "What its holder says there; claims only." }),
    edges: z
      .array(z.string())
      .meta({ description: "The `id` of each connection that it has here, the strongest first." }),
  })
  .meta({
    id: "ConnectedIdentity",
    description: "The level, evidence and times are those of its strongest connection.",
  });

const avatarShape = z
  .object({ public_key: publicKeyText, address: addressText, did: z.string() })
  .meta({ id: "ConnectedAvatar" });

/** Who is behind an identity. Of one that nothing is known of, the lists are empty. */
export const cardShape = vertexShape
  .extend({
    as_of: timeNumber,
    level: levelNumber.meta({ description: "Weaker connections were left out." }),
    component: z.string().meta({ description: "The same whoever of the people's identities is asked for." }),
    truncated: z.boolean().meta({ description: "Whether there is more than `cap` allows." }),
    avatars: z.array(avatarShape),
    identities: z.array(identityShape).meta({ description: "From the nearest to the farthest." }),
    edges: z.array(edgeShape),
    disputed: z.array(edgeShape).meta({
      description: "Connections of the identity and its avatars that are too disputed to be among `edges`.",
    }),
  })
  .meta({ id: "IdentityCard" });
export type Card = z.infer<typeof cardShape>;

/** Who is behind some identities, in their order. */
export async function cardsOf(graph: Graph, roots: readonly VertexId[], asked: Asked, cap: number): Promise<Card[]> {
  const { level, at, time } = asked;
  const scope = { level, ...(at !== undefined && { at }) };
  const components = await graph.components(roots, { ...scope, cap, disputes: MAX_DISPUTED });
  // Components of several identities may be the same one.
  const vertices = await graph.vertices(distinct(components.flatMap((component) => component.vertices)), at);
  const details = new Map(vertices.map((vertex) => [idOfVertex(vertex), vertex]));
  return components.map((component, index) => ({
    ...{ platform: roots[index]!.platform, identity: roots[index]!.identity },
    ...{ as_of: time, level, component: component.id, truncated: component.truncated },
    ...printPeople(component, details),
  }));
}

/** Disputed connections that one card tells. */
const MAX_DISPUTED = 500;

function distinct(vertices: readonly VertexId[]): VertexId[] {
  return [...new Map(vertices.map((vertex) => [idOfVertex(vertex), vertex])).values()];
}

function printPeople({ vertices, edges, disputed: disputes }: Component, details: ReadonlyMap<string, Vertex>) {
  const disputed = new Set([...edges, ...disputes].filter((edge) => edge.disputed).flatMap(endsOf));
  const touching = Map.groupBy(
    edges.flatMap((edge) => endsOf(edge).map((id) => ({ id, edge }))),
    ({ id }) => id,
  );
  const joined = vertices.flatMap((vertex) => {
    const own = touching.get(idOfVertex(vertex))?.map(({ edge }) => edge) ?? [];
    return own.length === 0 ? [] : [{ vertex, own: own.toSorted(byStrength) }];
  });
  return {
    avatars: joined.filter(({ vertex }) => isAvatar(vertex)).map(({ vertex }) => printAvatar(vertex)),
    identities: joined
      .filter(({ vertex }) => !isAvatar(vertex))
      .map(({ vertex, own }) => printIdentity(vertex, details.get(idOfVertex(vertex)), own, disputed)),
    edges: edges.map(printEdge),
    disputed: disputes.map(printEdge),
  };
}

/** The ids of its two ends; of one where it leads nowhere. */
function endsOf({ from, to }: Edge): string[] {
  return [...new Set([idOfVertex(from), idOfVertex(to)])];
}

/** Anything can be claimed to be an avatar; only a key is one. */
function isAvatar({ platform, identity }: VertexId): boolean {
  return platform === "nextid" && platformOf(platform)!.uriOf(identity, "") !== null;
}

/** Strongest first; of equally strong ones, what was seen last. */
function byStrength(a: Edge, b: Edge): number {
  return b.level - a.level || b.lastSeen - a.lastSeen || (a.uuid < b.uuid ? -1 : 1);
}

function printAvatar({ identity }: VertexId): z.infer<typeof avatarShape> {
  const key = parsePublicKey(identity);
  return { public_key: key.compressed, address: key.address.toLowerCase(), did: didKey(key) };
}

function printIdentity(
  { platform, identity }: VertexId,
  known: Vertex | undefined,
  edges: readonly Edge[],
  disputed: ReadonlySet<string>,
): z.infer<typeof identityShape> {
  const { level, evidence, firstSeen, lastSeen } = edges[0]!;
  return {
    platform,
    identity,
    uid: known?.uid ?? null,
    display_name: known?.displayName ?? null,
    uri: platformOf(platform)?.uriOf(identity, known?.uid ?? "") ?? null,
    is_primary: known?.isPrimary ?? false,
    level,
    evidence,
    first_seen: firstSeen,
    last_seen: lastSeen,
    disputed: disputed.has(idOfVertex({ platform, identity })),
    registered_at: known?.registeredAt ?? null,
    expires_at: known?.expiresAt ?? null,
    texts: known?.texts ?? {},
    edges: edges.map(({ uuid }) => uuid),
  };
}
